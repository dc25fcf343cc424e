namespace UNetSharp.Data.Layouts;

/// <summary>Images in one folder, masks in another one, in both perhaps in folders of the same names.</summary>
internal static class FolderPairs
{
    private const int MaxDepth = 3;

    /// <summary>Pairs what two folders hold. Pairs in folders called val or the like are to validate with.</summary>
    /// <param name="images">Folder of the images.</param>
    /// <param name="masks">Folder of the masks.</param>
    /// <param name="countPages">Counts the pages of TIFF files.</param>
    public static FoundPairs Find(string images, string masks, PageCounter countPages)
    {
        ILookup<string, string> imagesIn = Group(images);
        ILookup<string, string> masksIn = Group(masks);
        List<ImagePair> pairs = [];
        List<string> withoutMask = [];
        List<string> withoutImage = [];
        List<string> notes = [];
        foreach (string folder in imagesIn.Select(group => group.Key)
            .Union(masksIn.Select(group => group.Key)).Order(NaturalOrder.Instance))
        {
            FoundPart part = SplitNames.FindPart(folder);
            if (part == FoundPart.Test)
            {
                notes.Add($"{Path.Combine(images, folder)} is for testing and not used.");
                continue;
            }

            string[] imageFiles = [.. imagesIn[folder]];
            string[] maskFiles = [.. masksIn[folder]];
            RequireOneEach(imageFiles);
            IReadOnlyList<(string Image, string Mask)> matched = NameMatching.Match(imageFiles, maskFiles);
            withoutMask.AddRange(imageFiles.Except(matched.Select(pair => pair.Image)));
            withoutImage.AddRange(maskFiles.Except(matched.Select(pair => pair.Mask)));
            pairs.AddRange(
                from pair in matched
                from page in ImageStacks.Pages(
                    new ImagePair(Path.GetFileNameWithoutExtension(pair.Image), pair.Image, pair.Mask), countPages)
                select page with
                {
                    Part = part == FoundPart.Validation ? DataPart.Validation : DataPart.Training,
                });
        }

        return new FoundPairs(images, masks, RenameTwins(pairs, images))
        {
            ImagesWithoutMask = withoutMask,
            MasksWithoutImage = withoutImage,
            Notes = notes,
        };
    }

    private static ILookup<string, string> Group(string root) => DataFolder.ImageFiles(root, MaxDepth)
        .ToLookup(path => Path.GetDirectoryName(Path.GetRelativePath(root, path)) ?? "");

    /// <summary>Images of one name in several folders bear the folder's name too.</summary>
    private static IReadOnlyList<ImagePair> RenameTwins(List<ImagePair> pairs, string root)
    {
        HashSet<string> twins =
            [.. pairs.GroupBy(pair => pair.Name).Where(group => group.Count() > 1).Select(group => group.Key)];
        return
        [
            .. pairs.Select(pair => !twins.Contains(pair.Name) ? pair : pair with
            {
                Name = Path.GetRelativePath(root, Path.GetDirectoryName(pair.ImagePath)!)
                    .Replace('/', '_').Replace('\\', '_') + "_" + pair.Name,
            }),
        ];
    }

    private static void RequireOneEach(IReadOnlyList<string> images)
    {
        foreach (IGrouping<string, string> same in images.GroupBy(NameMatching.NameOf).Where(g => g.Count() > 1))
        {
            throw new DataException($"{same.Last()}: has the same name as {Path.GetFileName(same.First())}, so it "
                + "is not clear which one is meant. Remove or rename one of them.");
        }
    }
}
