namespace UNetSharp.Data.Layouts;

/// <summary>
/// Folders of images and folders of their masks, told by the words in their names; what is left of both names without
/// the words is the same: <c>images</c> and <c>masks</c>, <c>DUTS-TR-Image</c> and <c>DUTS-TR-Mask</c>,
/// <c>imagesTr</c> and <c>labelsTr</c>, <c>train</c> and <c>trainannot</c>.
/// </summary>
internal static class FolderRoles
{
    private static readonly char[] Separators = ['_', '-', ' ', '.'];

    // The longer of two that begin alike comes first; of two folders of masks the one whose word comes first.
    private static readonly string[] MaskWords =
    [
        "masks", "mask", "labels", "label", "segmentationclassaug", "segmentationclass", "segmentations",
        "segmentation", "segs", "seg", "annotations", "annotation", "annots", "annot", "groundtruths", "groundtruth",
        "ground_truth", "ground-truth", "ground truth", "gtfine", "gtcoarse", "gts", "gt", "1st_manual", "manual1",
        "manual", "targets", "target", "png_masks",
    ];

    private static readonly string[] ImageWords =
    [
        "images", "image", "imgs", "img", "jpegimages", "leftimg8bit", "pictures", "picture", "photos", "photo",
        "inputs", "input", "originals", "original", "frames", "scans", "raw", "rgb", "src",
    ];

    /// <summary>Words that, written to the end of a name without a gap, still are words.</summary>
    private static readonly string[] Joined = ["annot", "annotations", "masks", "labels", "images"];

    /// <summary>The folders in a folder that belong together, masks of a word that comes first before others.</summary>
    public static IReadOnlyList<(string Images, string Masks, string Part)> Find(string directory)
    {
        string[] folders = [.. Directory.GetDirectories(directory)
            .Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
        List<(string Images, string Masks, string Part)> found = [];
        foreach ((string masks, int word, string rest) in folders
            .Select(path => (path, Match(path, MaskWords))).Where(folder => folder.Item2.Word >= 0)
            .Select(folder => (folder.path, folder.Item2.Word, folder.Item2.Part)).OrderBy(folder => folder.Word))
        {
            string? images = folders.FirstOrDefault(path => Match(path, MaskWords).Word < 0
                    && Match(path, ImageWords) is { Word: >= 0 } image && image.Part == rest)
                ?? folders.FirstOrDefault(path => Match(path, MaskWords).Word < 0 && NameOf(path) == rest);
            if (images is not null && found.All(pair => pair.Images != images))
            {
                found.Add((images, masks, rest));
            }
        }

        return found;
    }

    /// <summary>A file's name without the words for images and masks, numbers of channels and the like.</summary>
    public static string Strip(string name)
    {
        string stripped = name;
        string before;
        do
        {
            before = stripped;
            stripped = StripWord(stripped, MaskWords) ?? StripWord(stripped, ImageWords) ?? stripped;
        }
        while (stripped != before);
        return stripped;
    }

    private static string NameOf(string path) => Path.GetFileName(path).ToLowerInvariant();

    private static (int Word, string Part) Match(string path, string[] words)
    {
        string name = NameOf(path);
        for (int i = 0; i < words.Length; i++)
        {
            if (StripOne(name, words[i]) is { } rest)
            {
                string plain = words == MaskWords ? StripWord(rest, ImageWords) ?? rest : rest;
                return (i, plain);
            }
        }

        return (-1, name);
    }

    private static string? StripWord(string name, string[] words) =>
        words.Select(word => StripOne(name, word)).FirstOrDefault(rest => rest is not null);

    /// <summary>The name without a word at its beginning or end; null if it is not there.</summary>
    private static string? StripOne(string name, string word)
    {
        if (name == word)
        {
            return "";
        }

        if (name.EndsWith(word, StringComparison.OrdinalIgnoreCase)
            && (Separators.Contains(name[^(word.Length + 1)]) || Joined.Contains(word)))
        {
            return name[..^word.Length].TrimEnd(Separators);
        }

        // imagesTr and imagesTs have no gap either.
        return name.StartsWith(word, StringComparison.OrdinalIgnoreCase)
            && (Separators.Contains(name[word.Length]) || (word.EndsWith('s') && name.Length <= word.Length + 2))
                ? name[word.Length..].TrimStart(Separators)
                : null;
    }
}
