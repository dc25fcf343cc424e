namespace UNetSharp.Data;

/// <summary>Images or masks that cannot be used; the message is one line that names the file and what to do.</summary>
public sealed class DataException(string message, Exception? inner = null) : UNetSharpException(message, inner)
{
    /// <summary>Images of several sizes that are to be in one batch.</summary>
    /// <param name="sizes">Which images have which sizes, as a sentence.</param>
    internal static DataException MixedSizes(string sizes) =>
        new($"{sizes} Bring images to one size, crop them to one, or make batches of one image.")
        {
            Settings = ["Size", "Crop", "BatchSize"],
        };
}
