using UNetSharp.Data;

namespace UNetSharp.Losses;

/// <summary>Settings of the losses of <see cref="LossCatalog"/>; each loss uses its own.</summary>
public sealed record LossOptions
{
    /// <summary>The target value that is ignored unless another one is chosen; PNG masks mark unknown pixels
    /// so.</summary>
    public const int DefaultIgnoredClass = MaskClasses.Ignored;

    /// <summary>What holds unless something is said.</summary>
    public static LossOptions Default { get; } = new();

    /// <summary>Target value of pixels that count in no loss; null if all pixels count, as with 256 classes.</summary>
    public int? IgnoredClass { get; init; } = DefaultIgnoredClass;

    /// <summary>Weight of every class in ce and focal; null for 1.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }

    /// <summary>Weight of the foreground in bce.</summary>
    public float PositiveWeight { get; init; } = 1;

    /// <summary>Whether dice, tversky and lovasz take the pixels of a batch as one set, not image by image.</summary>
    public bool OverBatch { get; init; }

    /// <summary>Smoothing of dice and tversky.</summary>
    public float Smooth { get; init; } = 1;

    /// <summary>Weight of the foreground in focal for one class, 0..1; that of the background is the rest to
    /// 1.</summary>
    public float FocalAlpha { get; init; } = 0.25f;

    /// <summary>How much less the pixels count in focal that are right already.</summary>
    public float FocalGamma { get; init; } = 2;

    /// <summary>Weight of false positives in tversky.</summary>
    public float TverskyAlpha { get; init; } = 0.3f;

    /// <summary>Weight of false negatives in tversky.</summary>
    public float TverskyBeta { get; init; } = 0.7f;
}
