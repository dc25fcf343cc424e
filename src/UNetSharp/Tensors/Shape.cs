namespace UNetSharp.Tensors;

/// <summary>
/// Sizes of an image tensor: <paramref name="N"/> images of <paramref name="H"/> rows, <paramref name="W"/> columns and
/// <paramref name="C"/> channels. In memory the channels of one pixel lie together (NHWC); text is written in
/// PyTorch's order, (N, C, H, W).
/// </summary>
public readonly record struct Shape(int N, int H, int W, int C)
{
    /// <summary>Number of values, N · H · W · C.</summary>
    public long Count => (long)N * H * W * C;

    /// <summary>Number of pixels, N · H · W.</summary>
    public long Pixels => (long)N * H * W;

    /// <summary>The shape of a single number.</summary>
    public static Shape Scalar => new(1, 1, 1, 1);

    /// <summary>This shape with another number of channels.</summary>
    public Shape WithChannels(int channels) => this with { C = channels };

    /// <summary>The shape as PyTorch writes it: (N, C, H, W).</summary>
    public override string ToString() => $"({N}, {C}, {H}, {W})";
}
