using UNetSharp.Data.Layouts;

namespace UNetSharp.Data;

/// <summary>An image and its mask: two files, or two pages of the same number in files of several pages.</summary>
/// <param name="Name">File name of the image without its extension; of a page with its number, as in stack[7].</param>
/// <param name="ImagePath">File of the image.</param>
/// <param name="MaskPath">File of the mask, or of what the mask is drawn from.</param>
/// <param name="Page">Page in both files, the first is 0; null if they have but one.</param>
public sealed record ImagePair(string Name, string ImagePath, string MaskPath, int? Page = null)
{
    /// <summary>The part of the data set in which it lies.</summary>
    public DataPart Part { get; init; }

    /// <summary>What the mask is drawn from; null if it is an image.</summary>
    internal Annotation? Annotation { get; init; }

    /// <summary>Whether the mask is turned as its image's EXIF entry says, as it was drawn on the stored
    /// pixels.</summary>
    internal bool IsMaskStored { get; init; }

    /// <summary>The image as messages name it.</summary>
    public string ImageText => ImagePath + PageText;

    /// <summary>The mask as messages name it.</summary>
    public string MaskText => MaskPath + PageText;

    private string PageText => Page is { } page ? $"[{page}]" : "";

    /// <summary>Decodes the image.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public Picture ReadImage(PictureReader read) => read(ImagePath, Page ?? 0);

    /// <summary>Decodes or draws the mask.</summary>
    /// <param name="read">Decodes a file.</param>
    /// <param name="image">The image.</param>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public Picture ReadMask(PictureReader read, Picture image)
    {
        Picture mask = Annotation is { } annotation
            ? annotation.Draw(MaskPath, new PictureSize(image.Height, image.Width), read)
            : read(MaskPath, Page ?? 0);
        return IsMaskStored ? ExifOrientation.Apply(mask, image.Orientation) : mask;
    }
}

/// <summary>A part of a data set.</summary>
public enum DataPart
{
    /// <summary>To train on, or to choose a validation share from.</summary>
    Training,

    /// <summary>To validate with, as the data set itself says.</summary>
    Validation,
}
