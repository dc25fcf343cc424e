using UNetSharp.Data.Layouts;

namespace UNetSharp.Data;

/// <summary>
/// Pairs of images and masks in the folder layouts that people have: two folders, each with a part of the data set in
/// it or each in a part; VOC, nnU-Net, DUTS, Carvana, CamVid, Cityscapes, DRIVE, the Data Science Bowl; images and
/// masks in one folder; stacks; and masks that are drawn from the polygons of COCO, YOLO, labelme, CVAT and Label
/// Studio. Files with several pages are a pair for each page.
/// </summary>
public sealed class DataFolder
{
    private static readonly HashSet<string> Extensions =
        new(
            [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".avif", ".gif"],
            StringComparer.OrdinalIgnoreCase);

    private DataFolder(FoundPairs found, string? classes)
    {
        (ImagesPath, MasksPath, Pairs, ClassesPath) = (found.ImagesPath, found.MasksPath, found.Pairs, classes);
        (ImagesWithoutMask, MasksWithoutImage) = (found.ImagesWithoutMask, found.MasksWithoutImage);
        (Classes, Notes) = (found.Classes, found.Notes);
    }

    private DataFolder(DataFolder folder, IEnumerable<ImagePair> pairs)
    {
        (ImagesPath, MasksPath, Pairs, ImagesWithoutMask) = (folder.ImagesPath, folder.MasksPath, [.. pairs], []);
        (MasksWithoutImage, ClassesPath) = (folder.MasksWithoutImage, folder.ClassesPath);
        (Classes, Notes) = (folder.Classes, folder.Notes);
    }

    /// <summary>Folder of the images, or the file with all of them.</summary>
    public string ImagesPath { get; }

    /// <summary>Folder of the masks, or the file with all of them.</summary>
    public string MasksPath { get; }

    /// <summary>File that says what mask values mean, <c>classes.json</c>; null if there is none.</summary>
    public string? ClassesPath { get; }

    /// <summary>What mask values mean, where the layout says it; null if it does not.</summary>
    public MaskClasses? Classes { get; }

    /// <summary>The pairs, by name as people count: 2 before 10.</summary>
    public IReadOnlyList<ImagePair> Pairs { get; }

    /// <summary>Images for which no mask was found.</summary>
    public IReadOnlyList<string> ImagesWithoutMask { get; }

    /// <summary>Masks for which no image was found.</summary>
    public IReadOnlyList<string> MasksWithoutImage { get; }

    /// <summary>What was done with the folder, or left out, a line each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Finds the pairs below a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="countPages">Counts the pages of TIFF files; null to take the first of each alone.</param>
    /// <exception cref="DataException">There is no such folder, or no pair in it.</exception>
    public static DataFolder Find(string directory, PageCounter? countPages = null)
    {
        countPages ??= _ => 1;
        RequireFolder(directory);
        (FoundPairs Pairs, string Root)? found = FindRoot(directory, countPages);
        if (found is null)
        {
            (FoundPairs Pairs, string Root)[] nested =
            [
                .. ListFolders(directory).Select(folder => FindRoot(folder, countPages))
                    .OfType<(FoundPairs, string)>(),
            ];
            found = nested.Length == 1 ? nested[0]
                : nested.Length > 1 ? throw new DataException(
                    $"{directory}: holds several data sets, {string.Join(", ", nested.Take(3).Select(n => n.Root))}"
                        + $"{(nested.Length > 3 ? ", …" : "")}. Name one of them.")
                : throw NothingFound(directory);
        }

        string[] roots =
            [directory, found.Value.Root, Path.GetDirectoryName(found.Value.Pairs.ImagesPath) ?? directory];
        string? classes = roots.Select(root => Path.Combine(root, ClassTable.FileName)).LastOrDefault(File.Exists);
        return RequirePairs(new DataFolder(found.Value.Pairs, classes));
    }

    /// <summary>Pairs the images of one folder with the masks of another one.</summary>
    /// <param name="images">Folder of the images.</param>
    /// <param name="masks">Folder of the masks.</param>
    /// <param name="countPages">Counts the pages of TIFF files; null to take the first of each alone.</param>
    /// <exception cref="DataException">There are no such folders, or no pair in them.</exception>
    public static DataFolder Find(string images, string masks, PageCounter? countPages = null)
    {
        RequireFolder(images);
        RequireFolder(masks);
        string classes = Path.Combine(masks, ClassTable.FileName);
        return RequirePairs(new DataFolder(
            FolderPairs.Find(images, masks, countPages ?? (_ => 1)), File.Exists(classes) ? classes : null));
    }

    /// <summary>The same folder with some of its pairs alone.</summary>
    internal DataFolder Subset(IEnumerable<ImagePair> pairs) => new(this, pairs);

    /// <summary>The same folder with other pairs, and all that is without a partner.</summary>
    internal DataFolder WithPairs(IReadOnlyList<ImagePair> pairs) => new(
        new FoundPairs(ImagesPath, MasksPath, pairs)
        {
            ImagesWithoutMask = ImagesWithoutMask,
            MasksWithoutImage = MasksWithoutImage,
            Classes = Classes,
            Notes = Notes,
        },
        ClassesPath);

    /// <summary>The image files of a folder, by name as people count; hidden files are left out.</summary>
    public static IReadOnlyList<string> ImageFiles(string directory) => ImageFiles(directory, depth: 0);

    /// <summary>The image files of a folder and of those in it, down to a depth.</summary>
    internal static IReadOnlyList<string> ImageFiles(string directory, int depth) =>
    [
        .. Directory.GetFiles(directory).Where(path => IsImageName(path) && !IsHidden(path))
            .Order(NaturalOrder.Instance),
        .. depth == 0 ? [] : ListFolders(directory).SelectMany(folder => ImageFiles(folder, depth - 1)),
    ];

    /// <summary>Whether a name ends as image files do.</summary>
    internal static bool IsImageName(string path) => Extensions.Contains(Path.GetExtension(path));

    /// <summary>The image file of a path without extension; null if there is none.</summary>
    internal static string? FindImage(string stem) =>
        Extensions.Select(extension => stem + extension).FirstOrDefault(File.Exists);

    /// <summary>A folder in another one, whatever the case of its letters; null if there is none.</summary>
    internal static string? FindSubfolder(string root, string name) =>
        Directory.GetDirectories(root).Order(StringComparer.Ordinal).FirstOrDefault(
            path => string.Equals(Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> ListFolders(string directory) => Directory.GetDirectories(directory)
        .Where(path => !IsHidden(path) && new DirectoryInfo(path).LinkTarget is null).Order(NaturalOrder.Instance);

    private static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');

    /// <summary>What lies in a folder, or in its parts called train, val and test.</summary>
    private static (FoundPairs Pairs, string Root)? FindRoot(string directory, PageCounter countPages)
    {
        if (FindIn(directory, countPages) is { } found)
        {
            return (found, directory);
        }

        if (SplitNames.FindFolder(directory, FoundPart.Training) is not { } train
            || FindIn(train, countPages) is not { } training)
        {
            return null;
        }

        string? val = SplitNames.FindFolder(directory, FoundPart.Validation);
        string? test = SplitNames.FindFolder(directory, FoundPart.Test);
        training = test is null ? training : training with
        {
            Notes = [.. training.Notes, $"{test} is for testing and not used."],
        };
        return (
            val is not null && FindIn(val, countPages) is { } validation
                ? FoundPairs.Join(training, validation.In(DataPart.Validation))
                : training,
            train);
    }

    private static FoundPairs? FindIn(string directory, PageCounter countPages) =>
        Voc.Find(directory, countPages)
        ?? NnuNet.Find(directory, countPages)
        ?? FindTwoFolders(directory, countPages)
        ?? Yolo.Find(directory)
        ?? Coco.Find(directory)
        ?? Labelme.Find(directory)
        ?? Cvat.Find(directory)
        ?? LabelStudio.Find(directory)
        ?? FindStacks(directory, countPages)
        ?? ObjectFolders.Find(directory)
        ?? SideBySide.Find(directory, countPages);

    private static FoundPairs? FindTwoFolders(string directory, PageCounter countPages)
    {
        const int MaxDepth = 3;
        (string Images, string Masks, string Part)[] roles =
        [
            .. FolderRoles.Find(directory).Where(
                pair => ImageFiles(pair.Masks, MaxDepth).Count > 0 && ImageFiles(pair.Images, MaxDepth).Count > 0),
        ];
        (string Images, string Masks, FoundPart Part)[] parts =
        [
            .. roles.Select(pair => (pair.Images, pair.Masks, Name: pair.Part, Part: SplitNames.FindPart(pair.Part)))
                .Where(pair => pair.Name.Length == 0 || pair.Part != FoundPart.None || roles.Length == 1)
                .Select(pair => (pair.Images, pair.Masks, pair.Part)),
        ];
        FoundPairs? found = null;
        List<string> notes = [];
        foreach ((string images, string masks, FoundPart part) in parts.OrderBy(pair => pair.Part))
        {
            if (part == FoundPart.Test && found is not null)
            {
                notes.Add($"{images} is for testing and not used.");
                continue;
            }

            FoundPairs more = FolderPairs.Find(images, masks, countPages);
            more = part == FoundPart.Validation ? more.In(DataPart.Validation) : more;
            found = found is null ? more : FoundPairs.Join(found, more);
        }

        return found is null ? null : found with { Notes = [.. found.Notes, .. notes] };
    }

    private static FoundPairs? FindStacks(string directory, PageCounter countPages)
    {
        IReadOnlyList<ImagePair> stacks = ImageStacks.Find(directory);
        (string images, string masks) =
            stacks is [ImagePair only] ? (only.ImagePath, only.MaskPath) : (directory, directory);
        return stacks.Count == 0
            ? null
            : new FoundPairs(
                images, masks, [.. stacks.SelectMany(stack => ImageStacks.Pages(stack, countPages))]);
    }

    private static void RequireFolder(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DataException($"{directory}: there is no such folder.");
        }
    }

    private static DataException NothingFound(string directory) => new(
        $"{directory}: no images with masks here.{UnreadFormats.Describe(directory)} Expected two folders such as "
        + "images/ and masks/, imgs/ and masks/, Training_Images/ and Training_Labels/, or train/image and "
        + "train/label, two TIFF files such as train-volume.tif and train-labels.tif, or files of COCO, YOLO, labelme, "
        + $"CVAT or Label Studio; found {ListContents(directory)}. Other folders can be named as images and masks.")
    {
        Settings = ["images"],
    };

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
            + $"name, or that and _mask, _seg, _label or the like; found for example {image} and {mask}.");
    }

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
}
