using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// UNet++ (Zhou et al. 2018, https://arxiv.org/abs/1807.10165, figure 1a): between the way down and the way up lies a
/// triangle of further nodes. Node X(i, j) at depth i reads all nodes before it at its depth and the one below:
/// <code>
/// X(i, 0) = conv(pool(X(i − 1, 0)))        X(i, j) = conv(X(i, 0), …, X(i, j − 1), up(X(i + 1, j − 1)))
/// </code>
/// The result comes from X(0, 4); with deep supervision training has outputs of X(0, 1) to X(0, 3) as well.
/// (N, channels, H, W) → logits (N, classes, H, W), for every H and W of at least 16.
/// </summary>
public sealed class UNetPlusPlus : Network
{
    private const int Depth = 5;

    private readonly Block[,] _blocks = new Block[Depth, Depth];
    private readonly Conv2d[] _finals;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="baseChannels">Channels at the image's full size, which double with every step down; 32 in the
    /// paper.</param>
    /// <param name="deepSupervision">Whether there are outputs of all four nodes at full size, or of the last one only.
    /// </param>
    /// <param name="seed">Chooses the starting values.</param>
    public UNetPlusPlus(int channels, int classes, int baseChannels = 32, bool deepSupervision = true, int seed = 0)
        : base(channels, classes)
    {
        for (int j = 0; j < Depth; j++)
        {
            for (int i = 0; i < Depth - j; i++)
            {
                int above = i == 0 ? channels : baseChannels << (i - 1);
                int inC = j == 0 ? above : (j * (baseChannels << i)) + (baseChannels << (i + 1));
                _blocks[i, j] = Add($"conv{i}_{j}", new Block(inC, baseChannels << i));
            }
        }

        string[] names = deepSupervision ? ["final1", "final2", "final3", "final4"] : ["final"];
        _finals = [.. names.Select(name => Add(name, Conv2d.ForScores(baseChannels, classes)))];
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("unet++", Channels: 3, Classes: 1) { BaseChannels = 32 },
        "UNet++: nested skips, deep supervision",
        "Zhou et al. 2018, arXiv 1807.10165",
        new PictureSize(512, 512),
        [nameof(ModelSettings.BaseChannels), nameof(ModelSettings.DeepSupervision)],
        (s, seed) => new UNetPlusPlus(s.Channels, s.Classes, s.BaseChannels, s.DeepSupervision, seed),
        Recognize);

    /// <inheritdoc/>
    public override int SideOutputCount => _finals.Length - 1;

    /// <inheritdoc/>
    public override Value Forward(Value image) => _finals[^1].Forward(ForwardNodes(image)[Depth - 1]);

    /// <summary>The output of X(0, 4), then those of X(0, 3), X(0, 2) and X(0, 1).</summary>
    public override IReadOnlyList<Value> ForwardWithSideOutputs(Value image)
    {
        Value[] nodes = ForwardNodes(image);
        return [.. _finals.Reverse().Select((final, back) => final.Forward(nodes[Depth - 1 - back]))];
    }

    /// <summary>X(0, 0) to X(0, 4).</summary>
    private Value[] ForwardNodes(Value image)
    {
        var x = new Value[Depth, Depth];
        for (int i = 0; i < Depth; i++)
        {
            x[i, 0] = _blocks[i, 0].Forward(i == 0 ? image : x[i - 1, 0].MaxPool(2));
        }

        for (int j = 1; j < Depth; j++)
        {
            for (int i = 0; i < Depth - j; i++)
            {
                Value below = x[i + 1, j - 1].Resize(x[i, 0].Shape.H, x[i, 0].Shape.W, alignCorners: true);
                Value[] before = [.. Enumerable.Range(0, j).Select(k => x[i, k]), below];
                x[i, j] = _blocks[i, j].Forward(Value.Concat(before));
            }
        }

        return [.. Enumerable.Range(0, Depth).Select(j => x[0, j])];
    }

    private static ModelSettings? Recognize(TensorShapes arrays)
    {
        const string First = "conv0_0.conv1.weight";
        string final = arrays.Has("final4.weight") ? "final4.weight" : "final.weight";
        return arrays.Has(First) && arrays.Has("conv0_4.conv1.weight")
            ? Entry.Default with
            {
                Channels = arrays.GetFilterSize(First, 1),
                Classes = arrays.GetFilterSize(final, 0),
                BaseChannels = arrays.GetFilterSize(First, 0),
                DeepSupervision = final == "final4.weight",
            }
            : null;
    }

    /// <summary>(3x3 convolution, batch norm, ReLU) twice.</summary>
    private sealed class Block : Module
    {
        private readonly Conv2d _conv1, _conv2;
        private readonly BatchNorm2d _norm1, _norm2;

        public Block(int inC, int outC)
        {
            _conv1 = Add("conv1", new Conv2d(inC, outC, kernel: 3, padding: 1));
            _norm1 = Add("bn1", new BatchNorm2d(outC));
            _conv2 = Add("conv2", new Conv2d(outC, outC, kernel: 3, padding: 1));
            _norm2 = Add("bn2", new BatchNorm2d(outC));
        }

        public Value Forward(Value x)
        {
            x = _norm1.Forward(_conv1.Forward(x)).Relu();
            return _norm2.Forward(_conv2.Forward(x)).Relu();
        }
    }
}
