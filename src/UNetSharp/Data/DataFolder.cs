namespace UNetSharp.Data;

/// <summary>
/// Pairs of images and masks in the folder layouts that people have. A mask bears its image's name, or that and
/// "_mask"; the extensions may differ. Files with several pages are a pair for each page.
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
        new(
            [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".avif", ".gif"],
            StringComparer.OrdinalIgnoreCase);

    private DataFolder(string images, string masks, PageCounter countPages)
    {
        Dictionary<string, string> imageByName = IndexByName(images, path => Path.GetFileNameWithoutExtension(path));
        Dictionary<string, string> maskByName = IndexByName(masks, path => GetImageName(path, imageByName));
        ImagesPath = images;
        MasksPath = masks;
        Pairs =
        [
            .. from image in imageByName
               where maskByName.ContainsKey(image.Key)
               from pair in ImageStacks.Pages(new ImagePair(image.Key, image.Value, maskByName[image.Key]), countPages)
               select pair,
        ];
        ImagesWithoutMask = [.. imageByName.Where(image => !maskByName.ContainsKey(image.Key)).Select(i => i.Value)];
        MasksWithoutImage = [.. maskByName.Where(mask => !imageByName.ContainsKey(mask.Key)).Select(m => m.Value)];
    }

    private DataFolder(DataFolder folder, IEnumerable<ImagePair> pairs)
    {
        (ImagesPath, MasksPath, Pairs, ImagesWithoutMask) = (folder.ImagesPath, folder.MasksPath, [.. pairs], []);
        (MasksWithoutImage, ClassesPath) = (folder.MasksWithoutImage, folder.ClassesPath);
    }

    private DataFolder(string directory, IReadOnlyList<ImagePair> stacks, PageCounter countPages)
    {
        (ImagesPath, MasksPath) = stacks is [ImagePair only] ? (only.ImagePath, only.MaskPath) : (directory, directory);
        Pairs = [.. stacks.SelectMany(stack => ImageStacks.Pages(stack, countPages))];
        (ImagesWithoutMask, MasksWithoutImage) = ([], []);
    }

    /// <summary>Folder of the images, or the file with all of them.</summary>
    public string ImagesPath { get; }

    /// <summary>Folder of the masks, or the file with all of them.</summary>
    public string MasksPath { get; }

    /// <summary>File that says what mask values mean, <c>classes.json</c>; null if there is none.</summary>
    public string? ClassesPath { get; private init; }

    /// <summary>The pairs, by name as people count: 2 before 10.</summary>
    public IReadOnlyList<ImagePair> Pairs { get; }

    /// <summary>Images for which no mask was found.</summary>
    public IReadOnlyList<string> ImagesWithoutMask { get; }

    /// <summary>Masks for which no image was found.</summary>
    public IReadOnlyList<string> MasksWithoutImage { get; }

    /// <summary>Finds the pairs below a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="countPages">Counts the pages of TIFF files; null to take the first of each alone.</param>
    /// <exception cref="DataException">There is no such folder, or no pair in it.</exception>
    public static DataFolder Find(string directory, PageCounter? countPages = null)
    {
        countPages ??= _ => 1;
        if (!Directory.Exists(directory))
        {
            throw new DataException($"{directory}: there is no such folder.");
        }

        string[] roots =
            [directory, .. FindSubfolder(directory, "train") is { } train ? [train] : Array.Empty<string>()];
        string? classes = roots.Select(root => Path.Combine(root, ClassTable.FileName)).LastOrDefault(File.Exists);
        foreach (string root in roots)
        {
            foreach ((string images, string masks) in Layouts)
            {
                if (FindSubfolder(root, images) is { } imagesPath && FindSubfolder(root, masks) is { } masksPath)
                {
                    return RequirePairs(new DataFolder(imagesPath, masksPath, countPages) { ClassesPath = classes });
                }
            }

            if (ImageStacks.Find(root) is { Count: > 0 } stacks)
            {
                return new DataFolder(root, stacks, countPages) { ClassesPath = classes };
            }
        }

        throw new DataException($"{directory}: no images with masks here. Expected two folders such as images/ and "
            + "masks/, imgs/ and masks/, Training_Images/ and Training_Labels/, or train/image and train/label, or "
            + $"two TIFF files such as train-volume.tif and train-labels.tif; found {ListContents(directory)}.");
    }

    /// <summary>The same folder with some of its pairs alone.</summary>
    internal DataFolder Subset(IEnumerable<ImagePair> pairs) => new(this, pairs);

    /// <summary>The image files of a folder, by name as people count; hidden files are left out.</summary>
    public static IReadOnlyList<string> ImageFiles(string directory) =>
    [
        .. Directory.GetFiles(directory)
            .Where(path => Extensions.Contains(Path.GetExtension(path)) && !Path.GetFileName(path).StartsWith('.'))
            .Order(NaturalOrder.Instance),
    ];

    private static DataFolder RequirePairs(DataFolder folder)
    {
        if (folder.Pairs.Count > 0)
        {
            return folder;
        }

        string image = folder.ImagesWithoutMask.Select(Path.GetFileName).FirstOrDefault("no image")!;
        string mask = folder.MasksWithoutImage.Select(Path.GetFileName).FirstOrDefault("no mask")!;
        throw new DataException(
            $"{folder.ImagesPath}: no image has a mask in {folder.MasksPath}. A mask bears its image's "
            + $"name, or that and {MaskSuffix}; found for example {image} and {mask}.");
    }

    private static string? FindSubfolder(string root, string name) =>
        Directory.GetDirectories(root).Order(StringComparer.Ordinal).FirstOrDefault(
            path => string.Equals(Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first few things in a folder, for messages.</summary>
    private static string ListContents(string directory)
    {
        const int MaxNames = 8;
        string[] names = [.. Directory.GetFileSystemEntries(directory)
            .Select(path => Path.GetFileName(path) + (Directory.Exists(path) ? "/" : ""))
            .Order(NaturalOrder.Instance)];
        string shown = string.Join(", ", names.Take(MaxNames));
        return names.Length switch
        {
            0 => "nothing",
            <= MaxNames => shown,
            _ => $"{shown} and {names.Length - MaxNames} more",
        };
    }

    /// <summary>The name of a mask's image: its own without "_mask", unless an image bears that too.</summary>
    private static string GetImageName(string path, Dictionary<string, string> imageByName)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        bool hasSuffix = name.EndsWith(MaskSuffix, StringComparison.OrdinalIgnoreCase);
        return hasSuffix && !imageByName.ContainsKey(name) ? name[..^MaskSuffix.Length] : name;
    }

    private static Dictionary<string, string> IndexByName(string folder, Func<string, string> nameOf)
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
