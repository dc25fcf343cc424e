namespace UNetSharp.Data.Layouts;

/// <summary>
/// The folders of PASCAL VOC: JPEGImages, of which some have a mask in SegmentationClass, and lists of those to train
/// on and to validate with in ImageSets/Segmentation.
/// </summary>
internal static class Voc
{
    /// <summary>Looks for such folders in a folder; null if there are none.</summary>
    public static FoundPairs? Find(string directory, PageCounter countPages)
    {
        if (DataFolder.FindSubfolder(directory, "JPEGImages") is not { } images
            || DataFolder.FindSubfolder(directory, "SegmentationClass") is not { } masks)
        {
            return null;
        }

        FoundPairs found = FolderPairs.Find(images, masks, countPages);
        HashSet<string> training = ReadList(directory, "train.txt");
        HashSet<string> validation = ReadList(directory, "val.txt");
        bool isSplit = validation.Count > 0 && found.Pairs.Any(pair => training.Contains(pair.Name));
        return found with
        {
            // Most of VOC's images have boxes alone.
            ImagesWithoutMask = [],
            Pairs = !isSplit ? found.Pairs :
            [
                .. found.Pairs.Where(pair => training.Contains(pair.Name) || validation.Contains(pair.Name))
                    .Select(pair => validation.Contains(pair.Name) ? pair with { Part = DataPart.Validation } : pair),
            ],
        };
    }

    private static HashSet<string> ReadList(string directory, string name)
    {
        FileInfo file = new(Path.Combine(directory, "ImageSets", "Segmentation", name));
        return file.Exists && file.Length > 0
            ? [.. File.ReadLines(file.FullName).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : [];
    }
}
