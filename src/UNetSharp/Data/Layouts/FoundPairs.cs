namespace UNetSharp.Data.Layouts;

/// <summary>What a layout makes of a folder.</summary>
/// <param name="ImagesPath">Folder of the images, or the file with all of them.</param>
/// <param name="MasksPath">Folder of the masks, or the file with all of them.</param>
/// <param name="Pairs">The pairs.</param>
internal sealed record FoundPairs(string ImagesPath, string MasksPath, IReadOnlyList<ImagePair> Pairs)
{
    /// <summary>Images for which no mask was found.</summary>
    public IReadOnlyList<string> ImagesWithoutMask { get; init; } = [];

    /// <summary>Masks for which no image was found.</summary>
    public IReadOnlyList<string> MasksWithoutImage { get; init; } = [];

    /// <summary>What mask values mean, where the layout says it.</summary>
    public MaskClasses? Classes { get; init; }

    /// <summary>What the user should know, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Both together.</summary>
    public static FoundPairs Join(FoundPairs first, FoundPairs second) => first with
    {
        Pairs = [.. first.Pairs, .. second.Pairs],
        ImagesWithoutMask = [.. first.ImagesWithoutMask, .. second.ImagesWithoutMask],
        MasksWithoutImage = [.. first.MasksWithoutImage, .. second.MasksWithoutImage],
        Notes = [.. first.Notes.Union(second.Notes)],
    };

    /// <summary>The same with every pair in one part of the data set.</summary>
    public FoundPairs In(DataPart part) => this with { Pairs = [.. Pairs.Select(pair => pair with { Part = part })] };
}
