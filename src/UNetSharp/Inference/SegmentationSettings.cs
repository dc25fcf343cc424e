namespace UNetSharp.Inference;

/// <summary>
/// Over which turned and mirrored copies of an image probabilities are averaged (test-time augmentation).
/// </summary>
public enum TestTimeAugmentation
{
    /// <summary>The image alone.</summary>
    None,

    /// <summary>The image, mirrored across, mirrored down, and both: four runs.</summary>
    Flips,

    /// <summary>All turns by quarters, each also mirrored (the dihedral group of the square): eight runs.</summary>
    D4,
}

/// <summary>How pictures are segmented.</summary>
/// <param name="Tile">
/// Side of the tiles into which larger pictures are cut, rounded up to a multiple of 32; null to
/// cut only what would take more than a gigabyte, as little as needed.
/// </param>
/// <param name="Overlap">
/// Pixels that neighbouring tiles share, rounded up to a multiple of 32; null for what the network needs: none for one
/// without padding, else a quarter of the tile and at most 128.
/// </param>
/// <param name="Augmentation">Copies of the image that are averaged.</param>
/// <param name="Scale">
/// Size of the image that the network reads, by the picture's; results have the picture's size.
/// </param>
public sealed record SegmentationSettings(
    int? Tile = null,
    int? Overlap = null,
    TestTimeAugmentation Augmentation = TestTimeAugmentation.None,
    double Scale = 1);
