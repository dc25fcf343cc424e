using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// The fully convolutional network that the U-Net is compared with (Long, Shelhamer and Darrell 2015,
/// https://arxiv.org/abs/1411.4038, figure 3, FCN-8s): class scores of the lowest three levels, each brought to the
/// size of the level above and added. Unlike the paper's, its encoder has the U-Net's blocks and widths, it has no
/// fully connected head, and up-sampling is bilinear without learning, so that a comparison is about the fusion alone;
/// names and shapes are our own. (N, channels, H, W) → logits (N, classes, H, W).
/// </summary>
public sealed class Fcn8s : Network
{
    private readonly DoubleConv[] _blocks;
    private readonly Conv2d _score3, _score4, _score5;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="baseChannels">Channels of the first block, which double with every block.</param>
    /// <param name="seed">Chooses the starting values.</param>
    public Fcn8s(int channels, int classes, int baseChannels = 64, int seed = 0)
        : base(channels, classes)
    {
        _blocks =
        [
            .. Enumerable.Range(0, 5).Select(i => Add(
                $"block{i + 1}", new DoubleConv(i == 0 ? channels : baseChannels << (i - 1), baseChannels << i))),
        ];
        _score3 = Add("score3", Conv2d.ForScores(4 * baseChannels, classes));
        _score4 = Add("score4", Conv2d.ForScores(8 * baseChannels, classes));
        _score5 = Add("score5", Conv2d.ForScores(16 * baseChannels, classes));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("fcn8s", Channels: 3, Classes: 2),
        "FCN-8s with the U-Net's encoder: skips are added, not concatenated",
        "after Long et al. 2015, arXiv 1411.4038",
        new PictureSize(512, 512),
        [nameof(ModelSettings.BaseChannels)],
        (s, seed) => new Fcn8s(s.Channels, s.Classes, s.BaseChannels, seed),
        Recognize);

    /// <inheritdoc/>
    public override int InputSide(int outputSide) => Math.Max(32, outputSide);

    /// <inheritdoc/>
    public override Value Forward(Value image)
    {
        Value pool2 = Block(2, Block(1, image));
        Value pool3 = Block(3, pool2);                         // H/8   ──────────────────►┐
        Value pool4 = Block(4, pool3);                         //  H/16  ──────────────►┐  │
        Value y = _score5.Forward(Block(5, pool4));            //   H/32                │  │
        y = ResizeLike(pool4, y) + _score4.Forward(pool4);         //  H/16  ◄──────────────┘  │
        y = ResizeLike(pool3, y) + _score3.Forward(pool3);         // H/8   ◄──────────────────┘
        return ResizeLike(image, y);
    }

    private Value Block(int number, Value x) => _blocks[number - 1].Forward(x).MaxPool(2);

    private static Value ResizeLike(Value target, Value x) =>
        x.Resize(target.Shape.H, target.Shape.W, alignCorners: false);

    private static ModelSettings? Recognize(TensorShapes arrays)
    {
        const string First = "block1.double_conv.0.weight";
        return arrays.Has(First) && arrays.Has("score3.weight")
            ? Entry.Default with
            {
                Channels = arrays.GetFilterSize(First, 1),
                Classes = arrays.GetFilterSize("score3.weight", 0),
                BaseChannels = arrays.GetFilterSize(First, 0),
            }
            : null;
    }
}
