namespace UNetSharp.Data.Layouts;

/// <summary>Images and masks in one folder: <c>a.png</c> beside <c>a_mask.png</c>.</summary>
internal static class SideBySide
{
    /// <summary>Looks for such files in a folder; null if there are none.</summary>
    public static FoundPairs? Find(string directory, PageCounter countPages)
    {
        IReadOnlyList<string> files = DataFolder.ImageFiles(directory);
        string[] masks = [.. files.Where(file => NameMatching.FindSuffix(NameMatching.NameOf(file)) is not null)];
        string[] images = [.. files.Except(masks)];
        if (masks.Length == 0)
        {
            return null;
        }

        IReadOnlyList<(string Image, string Mask)> matched = NameMatching.Match(images, masks);
        return matched.Count == 0 ? null : new FoundPairs(
            directory,
            directory,
            [
                .. matched.SelectMany(pair => ImageStacks.Pages(
                    new ImagePair(Path.GetFileNameWithoutExtension(pair.Image), pair.Image, pair.Mask), countPages)),
            ])
        {
            ImagesWithoutMask = [.. images.Except(matched.Select(pair => pair.Image))],
            MasksWithoutImage = [.. masks.Except(matched.Select(pair => pair.Mask))],
        };
    }
}
