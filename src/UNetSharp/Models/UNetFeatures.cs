using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// A U-Net of any depth (after Ronneberger, Fischer and Brox 2015, https://arxiv.org/abs/1505.04597): a list of widths,
/// one for each level from the image's full size down, and below them a bottleneck twice as wide as the last. What
/// comes up by a 2x2 transposed convolution is brought to the skip's size by bilinear interpolation where they differ.
/// (N, channels, H, W) → logits (N, classes, H, W).
/// </summary>
public sealed class UNetFeatures : Network
{
    private readonly DoubleConv[] _downs;
    private readonly DoubleConv _bottleneck;
    private readonly (ConvTranspose2d Up, DoubleConv Conv)[] _ups;
    private readonly Conv2d _final;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="levelChannels">Channels of every level.</param>
    /// <param name="hasBias">Whether the 3x3 convolutions have biases.</param>
    /// <param name="upHasBias">Whether the transposed convolutions have biases.</param>
    /// <param name="seed">Chooses the starting values.</param>
    public UNetFeatures(
        int channels, int classes, IReadOnlyList<int> levelChannels, bool hasBias =
            true, bool upHasBias = true, int seed = 0)
        : base(channels, classes)
    {
        int[] before = [channels, .. levelChannels];
        int[] below = [.. levelChannels.Skip(1), 2 * levelChannels[^1]];

        // PyTorch lists parameters in the order in which the lists of layers are created: the way up comes first.
        _ups =
        [
            .. levelChannels.Zip(below).Reverse().Select(
                (pair, i) => AddUp(i, pair.Second, pair.First, hasBias, upHasBias)),
        ];
        _downs = [.. levelChannels.Select((baseChannels, level) =>
            Add($"downs.{level}", new DoubleConv(before[level], baseChannels, hasBias: hasBias, name: "conv")))];
        _bottleneck =
            Add("bottleneck", new DoubleConv(levelChannels[^1], 2 * levelChannels[^1], hasBias: hasBias, name: "conv"));
        _final = Add("final_conv", Conv2d.ForScores(levelChannels[0], classes));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("unet-features", Channels: 3, Classes: 1)
        {
            LevelChannels = [64, 128, 256, 512],
            Bias = true,
        },
        "U-Net with a list of widths",
        "after Ronneberger et al. 2015, arXiv 1505.04597",
        new PictureSize(512, 512),
        [nameof(ModelSettings.LevelChannels), nameof(ModelSettings.Bias), nameof(ModelSettings.UpBias)],
        (s, seed) => new UNetFeatures(s.Channels, s.Classes, s.LevelChannels, s.Bias, s.UpBias, seed),
        Recognize);

    /// <inheritdoc/>
    public override int InputSide(int outputSide) => Math.Max(1 << _downs.Length, outputSide);

    /// <inheritdoc/>
    public override Value Forward(Value image)
    {
        Stack<Value> skips = [];
        Value x = image;
        foreach (DoubleConv down in _downs)
        {
            skips.Push(down.Forward(x));
            x = skips.Peek().MaxPool(2);
        }

        x = _bottleneck.Forward(x);
        foreach ((ConvTranspose2d up, DoubleConv conv) in _ups)
        {
            Value skip = skips.Pop();
            x = up.Forward(x).Resize(skip.Shape.H, skip.Shape.W, alignCorners: true);
            x = conv.Forward(Value.Concat(skip, x));
        }

        return _final.Forward(x);
    }

    private (ConvTranspose2d Up, DoubleConv Conv) AddUp(int i, int deepC, int outC, bool hasBias, bool upHasBias) => (
        Add($"ups.{2 * i}", new ConvTranspose2d(deepC, outC, kernel: 2, stride: 2, hasBias: upHasBias)),
        Add($"ups.{(2 * i) + 1}", new DoubleConv(2 * outC, outC, hasBias: hasBias, name: "conv")));

    private static ModelSettings? Recognize(TensorShapes arrays)
    {
        if (!arrays.Has("downs.0.conv.0.weight") || !arrays.Has("bottleneck.conv.0.weight"))
        {
            return null;
        }

        int levels = 0;
        while (arrays.Has($"downs.{levels}.conv.0.weight"))
        {
            levels++;
        }

        return Entry.Default with
        {
            Channels = arrays.GetFilterSize("downs.0.conv.0.weight", 1),
            Classes = arrays.GetFilterSize("final_conv.weight", 0),
            LevelChannels =
                [.. Enumerable.Range(0, levels).Select(i => arrays.GetFilterSize($"downs.{i}.conv.0.weight", 0))],
            Bias = arrays.Has("downs.0.conv.0.bias"),
            UpBias = arrays.Has("ups.0.bias"),
        };
    }
}
