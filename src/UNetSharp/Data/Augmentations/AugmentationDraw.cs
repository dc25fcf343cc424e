namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Everything that chance decides about one sample of one epoch. It is drawn before the sample is looked at, always the
/// same number of draws in the same order: threads and the order of samples change nothing, and switching one
/// augmentation off leaves the others as they were.
/// </summary>
internal readonly record struct AugmentationDraw
{
    public AugmentationDraw()
    {
    }

    /// <summary>Place of a crop, 0 to below 1 from the first possible row or column to the last.</summary>
    public (double Row, double Column) Window { get; init; }

    /// <summary>Which pixel of the foreground a crop must hold, 0 to below 1, or null for any.</summary>
    public double? ForegroundPick { get; init; }

    public bool IsFlippedHorizontally { get; init; }

    public bool IsFlippedVertically { get; init; }

    /// <summary>Turns by 90° clockwise, 0 to 3.</summary>
    public int QuarterTurns { get; init; }

    /// <summary>Shift down and right as shares of the sides.</summary>
    public (double Down, double Right) Shift { get; init; }

    /// <summary>Rotation in radians.</summary>
    public double Angle { get; init; }

    /// <summary>Factor of enlargement.</summary>
    public double Zoom { get; init; } = 1;

    /// <summary>Standard deviation of the elastic deformation in pixels; 0 for none.</summary>
    public float Elastic { get; init; }

    /// <summary>Random vectors of the elastic deformation along each side.</summary>
    public int ElasticGrid { get; init; } = 3;

    public ulong ElasticSeed { get; init; }

    /// <summary>What is added, as a share of the range of the image.</summary>
    public float Brightness { get; init; }

    /// <summary>Factor of the distance from the mean.</summary>
    public float Contrast { get; init; } = 1;

    /// <summary>Power that values are raised to.</summary>
    public float Gamma { get; init; } = 1;

    /// <summary>Standard deviation of the noise, as a share of the range of the image.</summary>
    public float Noise { get; init; }

    public ulong NoiseSeed { get; init; }

    /// <summary>Standard deviation of the blur in pixels.</summary>
    public float Blur { get; init; }

    /// <summary>Draws.</summary>
    public static AugmentationDraw Create(AugmentationSettings settings, Random random)
    {
        (double, double) window = (random.NextDouble(), random.NextDouble());
        bool isFlipped = IsApplied(settings.Flips, random);
        bool isUpsideDown = IsApplied(settings.VerticalFlips, random);
        (bool isTurned, int turns) = (IsApplied(settings.QuarterTurns, random), random.Next(1, 4));
        (bool isShifted, double down, double right) =
            (IsApplied(settings.Shift, random), DrawSigned(random), DrawSigned(random));
        double pick = random.NextDouble();
        return new AugmentationDraw
        {
            Window = window,
            IsFlippedHorizontally = isFlipped,
            IsFlippedVertically = isUpsideDown,
            QuarterTurns = isTurned ? turns : 0,
            Shift = isShifted ? (down * settings.Shift.Strength, right * settings.Shift.Strength) : (0, 0),
            ForegroundPick = IsApplied(settings.Foreground, random) ? pick : null,
            Angle = DrawValue(settings.Rotate, random, (share, most) => share * most * Math.PI / 180, none: 0),
            Zoom = DrawValue(settings.Scale, random, DrawFactor, none: 1),
            Elastic = IsApplied(settings.Elastic, random) ? settings.Elastic.Strength : 0,
            ElasticGrid = settings.ElasticGrid,
            ElasticSeed = (ulong)random.NextInt64(),
            Brightness = (float)DrawValue(settings.Brightness, random, (share, most) => share * most, none: 0),
            Contrast = (float)DrawValue(settings.Contrast, random, DrawFactor, none: 1),
            Gamma = (float)DrawValue(settings.Gamma, random, DrawFactor, none: 1),
            Noise = (float)DrawValue(settings.Noise, random, (share, most) => Math.Abs(share) * most, none: 0),
            NoiseSeed = (ulong)random.NextInt64(),
            Blur = (float)DrawValue(settings.Blur, random, (share, most) => Math.Abs(share) * most, none: 0),
        };
    }

    private static bool IsApplied(Augmentation augmentation, Random random) =>
        random.NextDouble() < augmentation.Probability;

    /// <summary>−1 to below 1.</summary>
    private static double DrawSigned(Random random) => (2 * random.NextDouble()) - 1;

    private static double DrawValue(
        Augmentation augmentation, Random random, Func<double, double, double> value, double none)
    {
        (bool happens, double share) = (IsApplied(augmentation, random), DrawSigned(random));
        return happens ? value(share, augmentation.Strength) : none;
    }

    /// <summary>1 / (1 + most) to 1 + most, so that making larger and smaller are equally likely.</summary>
    private static double DrawFactor(double share, double max) => Math.Pow(1 + max, share);
}
