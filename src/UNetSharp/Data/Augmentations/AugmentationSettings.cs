namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Which random changes are made to samples in training. Image and mask move together; grey values change in the image
/// alone. What is not named does not happen.
/// </summary>
public sealed record AugmentationSettings
{
    /// <summary>Samples as they are.</summary>
    public static readonly AugmentationSettings None = new();

    /// <summary>Left and right change places.</summary>
    public Augmentation Flips { get; init; }

    /// <summary>Top and bottom change places.</summary>
    public Augmentation VerticalFlips { get; init; }

    /// <summary>Turned by 90°, 180° or 270°; what is not square by 180° or not at all.</summary>
    public Augmentation QuarterTurns { get; init; }

    /// <summary>Shifted by whole pixels, up to a share of the side each way; not crops, which lie at random.</summary>
    public Augmentation Shift { get; init; }

    /// <summary>Rotated by up to so many degrees either way.</summary>
    public Augmentation Rotate { get; init; }

    /// <summary>Enlarged or made smaller by up to a factor of 1 + strength.</summary>
    public Augmentation Scale { get; init; }

    /// <summary>Deformed by <see cref="ElasticField"/>; the strength is the standard deviation in pixels.</summary>
    public Augmentation Elastic { get; init; }

    /// <summary>Random vectors of the elastic deformation along each side.</summary>
    public int ElasticGrid { get; init; } = 3;

    /// <summary>Crops are placed so that they hold a pixel of the foreground, if there is any.</summary>
    public Augmentation Foreground { get; init; }

    /// <summary>
    /// Up to a share of the image's range, four standard deviations of its values, is added or
    /// taken away.
    /// </summary>
    public Augmentation Brightness { get; init; }

    /// <summary>The distance from the mean grows or shrinks by up to a factor of 1 + strength.</summary>
    public Augmentation Contrast { get; init; }

    /// <summary>Values are raised to a power between 1 / (1 + strength) and 1 + strength.</summary>
    public Augmentation Gamma { get; init; }

    /// <summary>Gaussian noise of a standard deviation of up to a share of the image's range.</summary>
    public Augmentation Noise { get; init; }

    /// <summary>Gaussian blur of a standard deviation of up to so many pixels.</summary>
    public Augmentation Blur { get; init; }

    /// <summary>The settings as <see cref="AugmentationCatalog.Parse"/> reads them.</summary>
    public override string ToString() => AugmentationCatalog.Format(this);
}
