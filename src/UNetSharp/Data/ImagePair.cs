namespace UNetSharp.Data;

/// <summary>An image and its mask: two files, or two pages of the same number in files of several pages.</summary>
/// <param name="Name">File name of the image without its extension; of a page with its number, as in stack[7].</param>
/// <param name="ImagePath">File of the image.</param>
/// <param name="MaskPath">File of the mask.</param>
/// <param name="Page">Page in both files, the first is 0; null if they have but one.</param>
public sealed record ImagePair(string Name, string ImagePath, string MaskPath, int? Page = null)
{
    /// <summary>The image as messages name it.</summary>
    public string ImageText => ImagePath + PageText;

    /// <summary>The mask as messages name it.</summary>
    public string MaskText => MaskPath + PageText;

    private string PageText => Page is { } page ? $"[{page}]" : "";

    /// <summary>Decodes the image.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public Picture ReadImage(PictureReader read) => read(ImagePath, Page ?? 0);

    /// <summary>Decodes the mask.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public Picture ReadMask(PictureReader read) => read(MaskPath, Page ?? 0);
}
