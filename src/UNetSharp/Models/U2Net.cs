using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// U²-Net (Qin et al. 2020, https://arxiv.org/abs/2005.09007, figure 5): a U-Net whose blocks are U-Nets themselves,
/// with an output at every level of the way up and the fusion of all six as the result. The light version is 16 wide
/// inside and 64 outside of every block. (N, channels, H, W) → logits (N, classes, H, W).
/// </summary>
public sealed class U2Net : Network
{
    private readonly UBlock[] _stages;
    private readonly UBlock[] _decoders = new UBlock[5];
    private readonly Conv2d[] _sides;
    private readonly Conv2d _outconv;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="isLight">Whether this is the light version.</param>
    /// <param name="seed">Chooses the starting values.</param>
    public U2Net(int channels, int classes, bool isLight = false, int seed = 0)
        : base(channels, classes)
    {
        //                 stage 1   2    3    4    5    6
        int[] inside = isLight ? [16, 16, 16, 16, 16, 16] : [32, 32, 64, 128, 256, 256];
        int[] outside = isLight ? [64, 64, 64, 64, 64, 64] : [64, 128, 256, 512, 512, 512];
        int[] insideUp = isLight ? [16, 16, 16, 16, 16] : [16, 32, 64, 128, 256];
        int[] outsideUp = isLight ? [64, 64, 64, 64, 64] : [64, 64, 128, 256, 512];
        _stages =
        [
            .. Enumerable.Range(0, 6).Select(i => AddStage(
                $"stage{i + 1}", i, i == 0 ? channels : outside[i - 1], inside[i], outside[i])),
        ];
        for (int i = 4; i >= 0; i--)
        {
            int below = i == 4 ? outside[5] : outsideUp[i + 1];
            _decoders[i] = AddStage($"stage{i + 1}d", i, below + outside[i], insideUp[i], outsideUp[i]);
        }

        int[] sideC = [.. outsideUp, outside[5]];
        _sides = [.. sideC.Select((c, i) => Add($"side{i + 1}", Conv2d.ForScores(c, classes, kernel: 3, padding: 1)))];
        _outconv = Add("outconv", new Conv2d(6 * classes, classes, kernel: 1));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about the full network.</summary>
    public static ModelEntry Entry { get; } =
        CreateEntry("u2net", "U²-Net: nested U-Nets, six side outputs", isLight: false);

    /// <summary>What the catalog knows about the light version.</summary>
    public static ModelEntry LightEntry { get; } = CreateEntry("u2netp", "U²-Net, the light version", isLight: true);

    /// <inheritdoc/>
    public override int SideOutputCount => _sides.Length;

    /// <inheritdoc/>
    public override Value Forward(Value image) => ForwardWithSideOutputs(image)[0];

    /// <summary>
    /// The fused map, and the six side outputs from the image's full size down, all at the image's size.
    /// </summary>
    public override IReadOnlyList<Value> ForwardWithSideOutputs(Value image)
    {
        var down = new Value[6];
        Value x = image;
        for (int i = 0; i < 6; i++)
        {
            x = _stages[i].Forward(i == 0 ? image : Downsample(x));
            down[i] = x;
        }

        var up = new Value[6];
        up[5] = x;
        for (int i = 4; i >= 0; i--)
        {
            x = _decoders[i].Forward(Value.Concat(ResizeLike(down[i], x), down[i]));
            up[i] = x;
        }

        Value[] sides = [.. _sides.Select((side, i) => ResizeLike(image, side.Forward(up[i])))];
        return [_outconv.Forward(Value.Concat(sides)), .. sides];
    }

    private static Value Downsample(Value x) => x.MaxPool(2, ceilMode: true);

    private static Value ResizeLike(Value target, Value x) =>
        x.Resize(target.Shape.H, target.Shape.W, alignCorners: false);

    /// <summary>
    /// RSU-7, 6, 5 and 4 at the first four levels, RSU-4F at the lowest two, whose maps are small already.
    /// </summary>
    private UBlock AddStage(string name, int level, int inC, int midC, int outC) => Add<UBlock>(
        name, level < 4 ? new ResidualUBlock(7 - level, inC, midC, outC) : new DilatedUBlock(inC, midC, outC));

    private static ModelEntry CreateEntry(string name, string about, bool isLight) => new(
        new ModelSettings(name, Channels: 3, Classes: 1),
        about,
        "Qin et al. 2020, arXiv 2005.09007",
        new PictureSize(320, 320),
        [],
        (s, seed) => new U2Net(s.Channels, s.Classes, isLight, seed),
        arrays => Recognize(arrays, name, isLight))
    {
        ForeignPreparation = ChoosePreparation,
    };

    /// <summary>The published weights find what is salient in colour images, and all take them in one way.</summary>
    private static Preparation ChoosePreparation(ModelSettings settings) => settings is { Channels: 3, Classes: 1 }
        ? new Preparation(new PictureSize(320, 320), Normalization.Saliency)
        : new Preparation();

    private static ModelSettings? Recognize(TensorShapes arrays, string name, bool isLight)
    {
        const string First = "stage1.rebnconvin.conv_s1.weight";
        bool isThis = arrays.Has(First) && arrays.Has("outconv.weight")
            && arrays.GetFilterSize("stage1.rebnconv1.conv_s1.weight", 0) == 16 == isLight;
        return isThis
            ? new ModelSettings(name, arrays.GetFilterSize(First, 1), arrays.GetFilterSize("outconv.weight", 0))
            : null;
    }

    /// <summary>3x3 convolution, batch norm, ReLU. (N, inC, H, W) → (N, outC, H, W).</summary>
    private sealed class ConvNormRelu : Module
    {
        private readonly Conv2d _conv;
        private readonly BatchNorm2d _norm;

        public ConvNormRelu(int inC, int outC, int dilation = 1)
        {
            _conv = Add("conv_s1", new Conv2d(inC, outC, kernel: 3, padding: dilation, dilation: dilation));
            _norm = Add("bn_s1", new BatchNorm2d(outC));
        }

        public Value Forward(Value x) => _norm.Forward(_conv.Forward(x)).Relu();
    }

    /// <summary>A block of the outer network. (N, inC, H, W) → (N, outC, H, W).</summary>
    private abstract class UBlock : Module
    {
        public abstract Value Forward(Value x);
    }

    /// <summary>
    /// RSU-L, figure 2(e): a U-Net of L levels, the lowest one dilated instead of halved, whose result is added to what
    /// the first convolution made of the input.
    /// </summary>
    private sealed class ResidualUBlock : UBlock
    {
        private readonly ConvNormRelu _in;
        private readonly ConvNormRelu[] _down;
        private readonly ConvNormRelu[] _up;

        public ResidualUBlock(int levels, int inC, int midC, int outC)
        {
            _in = Add("rebnconvin", new ConvNormRelu(inC, outC));
            _down =
            [
                .. Enumerable.Range(1, levels).Select(i => Add($"rebnconv{i}", new ConvNormRelu(
                    i == 1 ? outC : midC, midC, dilation: i == levels ? 2 : 1))),
            ];
            _up =
            [
                .. Enumerable.Range(1, levels - 1).Reverse().Select(i => Add(
                    $"rebnconv{i}d", new ConvNormRelu(2 * midC, i == 1 ? outC : midC))),
            ];
        }

        public override Value Forward(Value x)
        {
            Value residual = _in.Forward(x);
            Stack<Value> skips = [];
            Value y = residual;
            for (int i = 0; i < _down.Length; i++)
            {
                // The two lowest levels have one size.
                y = _down[i].Forward(i == 0 || i == _down.Length - 1 ? y : Downsample(y));
                skips.Push(y);
            }

            y = skips.Pop();
            foreach (ConvNormRelu up in _up)
            {
                Value skip = skips.Pop();
                y = up.Forward(Value.Concat(ResizeLike(skip, y), skip));
            }

            return y + residual;
        }
    }

    /// <summary>RSU-4F: the same with dilation instead of pooling throughout, 1, 2, 4, 8 on the way down.</summary>
    private sealed class DilatedUBlock : UBlock
    {
        private readonly ConvNormRelu _in, _down1, _down2, _down3, _bottom, _up3, _up2, _up1;

        public DilatedUBlock(int inC, int midC, int outC)
        {
            _in = Add("rebnconvin", new ConvNormRelu(inC, outC));
            _down1 = Add("rebnconv1", new ConvNormRelu(outC, midC));
            _down2 = Add("rebnconv2", new ConvNormRelu(midC, midC, dilation: 2));
            _down3 = Add("rebnconv3", new ConvNormRelu(midC, midC, dilation: 4));
            _bottom = Add("rebnconv4", new ConvNormRelu(midC, midC, dilation: 8));
            _up3 = Add("rebnconv3d", new ConvNormRelu(2 * midC, midC, dilation: 4));
            _up2 = Add("rebnconv2d", new ConvNormRelu(2 * midC, midC, dilation: 2));
            _up1 = Add("rebnconv1d", new ConvNormRelu(2 * midC, outC));
        }

        public override Value Forward(Value x)
        {
            Value residual = _in.Forward(x);
            Value x1 = _down1.Forward(residual);
            Value x2 = _down2.Forward(x1);
            Value x3 = _down3.Forward(x2);
            Value y = _bottom.Forward(x3);
            y = _up3.Forward(Value.Concat(y, x3));
            y = _up2.Forward(Value.Concat(y, x2));
            y = _up1.Forward(Value.Concat(y, x1));
            return y + residual;
        }
    }
}
