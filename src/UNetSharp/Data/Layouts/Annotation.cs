namespace UNetSharp.Data.Layouts;

/// <summary>What a mask is drawn from where it is no image of its own.</summary>
internal abstract class Annotation
{
    /// <summary>Draws the mask: the class of each pixel, 0 where there is none.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="image">Size of the image.</param>
    /// <param name="read">Decodes a file.</param>
    /// <exception cref="DataException">It cannot be drawn.</exception>
    public abstract Picture Draw(string name, PictureSize image, PictureReader read);
}
