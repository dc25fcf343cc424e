namespace UNetSharp.Data.Layouts;

/// <summary>
/// The Data Science Bowl of 2018 and its kin: a folder for each image, in it <c>images</c> with the image and
/// <c>masks</c> with a file for each object.
/// </summary>
internal static class ObjectFolders
{
    /// <summary>Looks for such folders in a folder; null if there are none.</summary>
    public static FoundPairs? Find(string directory)
    {
        List<ImagePair> pairs = [];
        List<string> lost = [];
        bool areNamed = true; // the bowl's folders are named after their images
        foreach (string folder in Directory.GetDirectories(directory).Order(NaturalOrder.Instance))
        {
            if (SplitNames.FindPart(Path.GetFileName(folder)) != FoundPart.None
                || DataFolder.FindSubfolder(folder, "images") is not { } images
                || DataFolder.FindSubfolder(folder, "masks") is not { } masks)
            {
                continue;
            }

            if (DataFolder.ImageFiles(images) is [var image])
            {
                areNamed &= NameMatching.NameOf(image) == Path.GetFileName(folder);
                pairs.Add(new ImagePair(Path.GetFileName(folder), image, masks)
                {
                    Annotation = new ObjectFiles(DataFolder.ImageFiles(masks)),
                });
            }
            else
            {
                lost.Add(images);
            }
        }

        // Folders with many images are parts of a data set, not images.
        bool areParts = pairs.Count <= lost.Count || (pairs.Count == 1 && !areNamed);
        return areParts ? null : new FoundPairs(directory, directory, pairs)
        {
            MasksWithoutImage = lost,
            Classes = new ClassNames(directory, ["object"]).Masks,
            Notes = ["Every image has a mask for each object: together they are the foreground."],
        };
    }
}
