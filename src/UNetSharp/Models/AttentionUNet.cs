using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// Attention U-Net (Oktay et al. 2018, https://arxiv.org/abs/1804.03999, figures 1 and 2): a U-Net in which what comes
/// from below decides, for every pixel of the skip, how much of it passes. (N, channels, H, W) → logits
/// (N, classes, H, W), for every H and W of at least 16.
/// </summary>
public sealed class AttentionUNet : Network
{
    private readonly DoubleConv _conv1, _conv2, _conv3, _conv4, _conv5;
    private readonly Up _up5, _up4, _up3, _up2;
    private readonly Conv2d _out;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="baseChannels">Channels at the image's full size, which double with every step down.</param>
    /// <param name="seed">Chooses the starting values.</param>
    public AttentionUNet(int channels, int classes, int baseChannels = 64, int seed = 0)
        : base(channels, classes)
    {
        int w = baseChannels;
        _conv1 = Add("Conv1", ConvBlock(channels, w));
        _conv2 = Add("Conv2", ConvBlock(w, 2 * w));
        _conv3 = Add("Conv3", ConvBlock(2 * w, 4 * w));
        _conv4 = Add("Conv4", ConvBlock(4 * w, 8 * w));
        _conv5 = Add("Conv5", ConvBlock(8 * w, 16 * w));
        _up5 = AddUp(5, 16 * w);
        _up4 = AddUp(4, 8 * w);
        _up3 = AddUp(3, 4 * w);
        _up2 = AddUp(2, 2 * w);
        _out = Add("Conv_1x1", Conv2d.ForScores(w, classes));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("attention-unet", Channels: 3, Classes: 1),
        "Attention U-Net: gates on the skips",
        "Oktay et al. 2018, arXiv 1804.03999",
        new PictureSize(512, 512),
        [nameof(ModelSettings.BaseChannels)],
        (s, seed) => new AttentionUNet(s.Channels, s.Classes, s.BaseChannels, seed),
        Recognize);

    /// <inheritdoc/>
    public override Value Forward(Value image)
    {
        Value x1 = _conv1.Forward(image);
        Value x2 = _conv2.Forward(x1.MaxPool(2));
        Value x3 = _conv3.Forward(x2.MaxPool(2));
        Value x4 = _conv4.Forward(x3.MaxPool(2));
        Value y = _conv5.Forward(x4.MaxPool(2));
        y = _up5.Forward(y, skip: x4);
        y = _up4.Forward(y, skip: x3);
        y = _up3.Forward(y, skip: x2);
        y = _up2.Forward(y, skip: x1);
        return _out.Forward(y);
    }

    private static DoubleConv ConvBlock(int inC, int outC) => new(inC, outC, hasBias: true, name: "conv");

    private Up AddUp(int number, int inC) => new(
        Add($"Up{number}", new UpConv(inC, inC / 2)),
        Add($"Att{number}", new AttentionGate(inC / 2, inC / 4)),
        Add($"Up_conv{number}", ConvBlock(inC, inC / 2)));

    private static ModelSettings? Recognize(TensorShapes arrays) =>
        arrays.Has("Conv1.conv.0.weight") && arrays.Has("Att5.psi.0.weight")
            ? Entry.Default with
            {
                Channels = arrays.GetFilterSize("Conv1.conv.0.weight", 1),
                Classes = arrays.GetFilterSize("Conv_1x1.weight", 0),
                BaseChannels = arrays.GetFilterSize("Conv1.conv.0.weight", 0),
            }
            : null;

    /// <summary>
    /// One step up: double the image, gate the skip by it, put it behind the skip, then two convolutions.
    /// </summary>
    private sealed record Up(UpConv Double, AttentionGate Gate, DoubleConv Conv)
    {
        public Value Forward(Value deep, Value skip)
        {
            Value x = Double.Forward(deep, skip.Shape.H, skip.Shape.W);
            return Conv.Forward(Value.Concat(Gate.Forward(skip, gating: x), x));
        }
    }

    /// <summary>Nearest-neighbour resizing, then 3x3 convolution, batch norm, ReLU.</summary>
    private sealed class UpConv : Module
    {
        private readonly Conv2d _conv;
        private readonly BatchNorm2d _norm;

        public UpConv(int inC, int outC)
        {
            _conv = Add("up.1", new Conv2d(inC, outC, kernel: 3, padding: 1));
            _norm = Add("up.2", new BatchNorm2d(outC));
        }

        public Value Forward(Value x, int height, int width) =>
            _norm.Forward(_conv.Forward(x.ResizeNearest(height, width))).Relu();
    }

    /// <summary>x · sigmoid(ψ(relu(W_g · g + W_x · x))), figure 2.</summary>
    private sealed class AttentionGate : Module
    {
        private readonly Conv2d _gating, _skip, _psi;
        private readonly BatchNorm2d _gatingNorm, _skipNorm, _psiNorm;

        public AttentionGate(int inC, int midC)
        {
            // Where there are few channels, at least one stays.
            int mid = Math.Max(1, midC);
            _gating = Add("W_g.0", new Conv2d(inC, mid, kernel: 1));
            _gatingNorm = Add("W_g.1", new BatchNorm2d(mid));
            _skip = Add("W_x.0", new Conv2d(inC, mid, kernel: 1));
            _skipNorm = Add("W_x.1", new BatchNorm2d(mid));
            _psi = Add("psi.0", new Conv2d(mid, 1, kernel: 1));
            _psiNorm = Add("psi.1", new BatchNorm2d(1));
        }

        public Value Forward(Value x, Value gating)
        {
            Value sum = _gatingNorm.Forward(_gating.Forward(gating)) + _skipNorm.Forward(_skip.Forward(x));
            return x.Gate(_psiNorm.Forward(_psi.Forward(sum.Relu())).Sigmoid());
        }
    }
}
