namespace UNetSharp.Data;

/// <summary>
/// Stacks of images, as microscopes and the ISBI challenge of 2012 save them: TIFF files with many pages, of which page
/// n of the image and page n of the mask belong together.
/// </summary>
internal static class ImageStacks
{
    // How the names of an image stack and its mask stack end.
    private static readonly (string Images, string Masks)[] Endings =
    [
        ("volume", "labels"), ("volume", "label"), ("images", "masks"), ("images", "labels"), ("image", "mask"),
        ("image", "label"),
    ];

    /// <summary>The files of a folder that are stacks of images and of their masks, by name.</summary>
    public static IReadOnlyList<ImagePair> Find(string directory)
    {
        string[] files = [.. DataFolder.ImageFiles(directory).Where(IsTiff)];
        IEnumerable<ImagePair> found =
            from images in files
            let stem = Path.GetFileNameWithoutExtension(images)
            from ending in Endings
            where stem.EndsWith(ending.Images, StringComparison.OrdinalIgnoreCase)
            let wanted = stem[..^ending.Images.Length] + ending.Masks
            from masks in files
            where string.Equals(Path.GetFileNameWithoutExtension(masks), wanted, StringComparison.OrdinalIgnoreCase)
            select new ImagePair(stem, images, masks);
        return [.. found.DistinctBy(pair => pair.ImagePath)];
    }

    /// <summary>A pair for every page of two files; the pair itself where they have but one.</summary>
    /// <exception cref="DataException">One file has more pages than the other.</exception>
    public static IEnumerable<ImagePair> Pages(ImagePair files, PageCounter countPages)
    {
        if (TryCountPages(files.ImagePath, countPages) is not { } images
            || TryCountPages(files.MaskPath, countPages) is not { } masks)
        {
            return [files]; // reading it says what is wrong, beside everything else that is
        }

        if (images != masks)
        {
            throw new DataException($"{files.MaskPath}: has {FormatPageCount(masks)}, but {files.ImagePath} has "
                + $"{FormatPageCount(images)}. Save a mask for every page of the image, in the same order.");
        }

        return images == 1
            ? [files]
            : Enumerable.Range(0, images).Select(page => files with { Name = $"{files.Name}[{page}]", Page = page });
    }

    private static string FormatPageCount(int pages) => pages == 1 ? "1 page" : $"{pages} pages";

    /// <summary>Pages of a file; null if it cannot be read.</summary>
    private static int? TryCountPages(string path, PageCounter countPages)
    {
        try
        {
            return IsTiff(path) ? countPages(path) : 1;
        }
        catch (DataException)
        {
            return null;
        }
    }

    private static bool IsTiff(string path) => Path.GetExtension(path).ToUpperInvariant() is ".TIF" or ".TIFF";
}
