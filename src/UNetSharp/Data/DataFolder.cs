namespace UNetSharp.Data;

/// <summary>An image and its mask.</summary>
/// <param name="Name">File name of the image without its extension.</param>
/// <param name="ImagePath">The image.</param>
/// <param name="MaskPath">The mask.</param>
public sealed record ImagePair(string Name, string ImagePath, string MaskPath);

/// <summary>
/// Pairs of images and masks in the folder layouts that people have. A mask bears its image's name, or that and
/// "_mask"; the extensions may differ.
/// </summary>
public sealed class DataFolder
{
    private const string MaskSuffix = "_mask";

    private static readonly (string Images, string Masks)[] Layouts =
    [
        ("images", "masks"), ("imgs", "masks"), ("image", "mask"), ("images", "labels"), ("image", "label"),
        ("Training_Images", "Training_Labels"),
    ];

    private static readonly HashSet<string> Extensions =
        new([".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif"], StringComparer.OrdinalIgnoreCase);

    private DataFolder(string images, string masks)
    {
        Dictionary<string, string> imageByName = ByName(images, path => Path.GetFileNameWithoutExtension(path));
        Dictionary<string, string> maskByName = ByName(masks, path => NameOfMask(path, imageByName));
        ImagesPath = images;
        MasksPath = masks;
        Pairs =
        [
            .. from image in imageByName
               where maskByName.ContainsKey(image.Key)
               select new ImagePair(image.Key, image.Value, maskByName[image.Key]),
        ];
        ImagesWithoutMask = [.. imageByName.Where(image => !maskByName.ContainsKey(image.Key)).Select(i => i.Value)];
        MasksWithoutImage = [.. maskByName.Where(mask => !imageByName.ContainsKey(mask.Key)).Select(m => m.Value)];
    }

    /// <summary>Folder of the images.</summary>
    public string ImagesPath { get; }

    /// <summary>Folder of the masks.</summary>
    public string MasksPath { get; }

    /// <summary>The pairs, by name as people count: 2 before 10.</summary>
    public IReadOnlyList<ImagePair> Pairs { get; }

    /// <summary>Images for which no mask was found.</summary>
    public IReadOnlyList<string> ImagesWithoutMask { get; }

    /// <summary>Masks for which no image was found.</summary>
    public IReadOnlyList<string> MasksWithoutImage { get; }

    /// <summary>Finds the pairs below a folder.</summary>
    /// <exception cref="DataException">There is no such folder, or no pair in it.</exception>
    public static DataFolder Find(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DataException($"{directory}: there is no such folder.");
        }

        foreach (string root in new[] { directory, Subfolder(directory, "train") }.OfType<string>())
        {
            foreach ((string images, string masks) in Layouts)
            {
                if (Subfolder(root, images) is { } imagesPath && Subfolder(root, masks) is { } masksPath)
                {
                    return NotEmpty(new DataFolder(imagesPath, masksPath));
                }
            }
        }

        throw new DataException($"{directory}: no images with masks here. Expected two folders such as images/ and "
            + "masks/, imgs/ and masks/, Training_Images/ and Training_Labels/, or train/image and train/label; found "
            + $"{Seen(directory)}.");
    }

    /// <summary>The image files of a folder, by name as people count; hidden files are left out.</summary>
    public static IReadOnlyList<string> ImageFiles(string directory) =>
    [
        .. Directory.GetFiles(directory)
            .Where(path => Extensions.Contains(Path.GetExtension(path)) && !Path.GetFileName(path).StartsWith('.'))
            .Order(NaturalOrder.Instance),
    ];

    private static DataFolder NotEmpty(DataFolder folder)
    {
        if (folder.Pairs.Count > 0)
        {
            return folder;
        }

        string image = folder.ImagesWithoutMask.Select(Path.GetFileName).FirstOrDefault("no image")!;
        string mask = folder.MasksWithoutImage.Select(Path.GetFileName).FirstOrDefault("no mask")!;
        throw new DataException($"{folder.ImagesPath}: no image has a mask in {folder.MasksPath}. A mask bears its image's "
            + $"name, or that and {MaskSuffix}; found for example {image} and {mask}.");
    }

    private static string? Subfolder(string root, string name) =>
        Directory.GetDirectories(root).Order(StringComparer.Ordinal).FirstOrDefault(
            path => string.Equals(Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first few things in a folder, for messages.</summary>
    private static string Seen(string directory)
    {
        const int Most = 8;
        string[] names = [.. Directory.GetFileSystemEntries(directory)
            .Select(path => Path.GetFileName(path) + (Directory.Exists(path) ? "/" : ""))
            .Order(NaturalOrder.Instance)];
        string shown = string.Join(", ", names.Take(Most));
        return names.Length switch { 0 => "nothing", <= Most => shown, _ => $"{shown} and {names.Length - Most} more" };
    }

    /// <summary>The name of a mask's image: its own without "_mask", unless an image bears that too.</summary>
    private static string NameOfMask(string path, Dictionary<string, string> imageByName)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        bool hasSuffix = name.EndsWith(MaskSuffix, StringComparison.OrdinalIgnoreCase);
        return hasSuffix && !imageByName.ContainsKey(name) ? name[..^MaskSuffix.Length] : name;
    }

    private static Dictionary<string, string> ByName(string folder, Func<string, string> nameOf)
    {
        Dictionary<string, string> byName = [];
        foreach (string path in ImageFiles(folder))
        {
            if (!byName.TryAdd(nameOf(path), path))
            {
                throw new DataException($"{path}: has the same name as {Path.GetFileName(byName[nameOf(path)])}, so it "
                    + "is not clear which one is meant. Remove or rename one of them.");
            }
        }

        return byName;
    }
}
