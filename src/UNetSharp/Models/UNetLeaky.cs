using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// A light U-Net (after Ronneberger, Fischer and Brox 2015, https://arxiv.org/abs/1505.04597): 16 channels at full
/// size, leaky rectifiers, and up-sampling by 3x3 transposed convolutions of stride 2, whose result is one pixel too
/// large and loses its first row and column. (N, channels, H, W) → logits (N, classes, H, W), for every H and W of at
/// least 16.
/// </summary>
public sealed class UNetLeaky : Network
{
    private readonly DoubleConv _inc;
    private readonly Down _down1, _down2, _down3, _down4;
    private readonly Up _up1, _up2, _up3, _up4;
    private readonly Conv2d _outc;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="baseChannels">Channels at the image's full size, which double with every step down.</param>
    /// <param name="hasBias">Whether the 3x3 convolutions have biases.</param>
    /// <param name="upHasBias">Whether the transposed convolutions have biases.</param>
    /// <param name="seed">Chooses the starting values.</param>
    /// <param name="slope">Slope of the rectifiers for negative values; 0 for plain ones.</param>
    public UNetLeaky(
        int channels,
        int classes,
        int baseChannels = 16,
        bool hasBias = true,
        bool upHasBias = true,
        int seed = 0,
        float slope = 0.1f)
        : base(channels, classes)
    {
        int w = baseChannels;
        _inc = Add("inc", new DoubleConv(channels, w, hasBias: hasBias, slope: slope));
        _down1 = Add("down1", new Down(w, 2 * w, hasBias, slope));
        _down2 = Add("down2", new Down(2 * w, 4 * w, hasBias, slope));
        _down3 = Add("down3", new Down(4 * w, 8 * w, hasBias, slope));
        _down4 = Add("down4", new Down(8 * w, 16 * w, hasBias, slope));
        _up1 = Add("up1", new Up(16 * w, 8 * w, hasBias, upHasBias, slope));
        _up2 = Add("up2", new Up(8 * w, 4 * w, hasBias, upHasBias, slope));
        _up3 = Add("up3", new Up(4 * w, 2 * w, hasBias, upHasBias, slope));
        _up4 = Add("up4", new Up(2 * w, w, hasBias, upHasBias, slope));
        _outc = Add("outc.conv", Conv2d.ForScores(w, classes));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("unet-leaky", Channels: 3, Classes: 2) { BaseChannels = 16, Bias = true },
        "a light U-Net with leaky rectifiers",
        "after Ronneberger et al. 2015, arXiv 1505.04597",
        new PictureSize(512, 512),
        [
            nameof(ModelSettings.BaseChannels),
            nameof(ModelSettings.Slope),
            nameof(ModelSettings.Bias),
            nameof(ModelSettings.UpBias),
        ],
        (s, seed) => new UNetLeaky(s.Channels, s.Classes, s.BaseChannels, s.Bias, s.UpBias, seed, s.Slope),
        Recognize);

    /// <inheritdoc/>
    public override Value Forward(Value image)
    {
        Value x1 = _inc.Forward(image);
        Value x2 = _down1.Forward(x1);
        Value x3 = _down2.Forward(x2);
        Value x4 = _down3.Forward(x3);
        Value y = _down4.Forward(x4);
        y = _up1.Forward(y, skip: x4);
        y = _up2.Forward(y, skip: x3);
        y = _up3.Forward(y, skip: x2);
        y = _up4.Forward(y, skip: x1);
        return _outc.Forward(y);
    }

    private static ModelSettings? Recognize(TensorShapes arrays) =>
        arrays.Has("inc.double_conv.0.weight") && arrays.Has("up1.up.0.weight")
            ? Entry.Default with
            {
                Channels = arrays.GetFilterSize("inc.double_conv.0.weight", 1),
                Classes = arrays.GetFilterSize("outc.conv.weight", 0),
                BaseChannels = arrays.GetFilterSize("inc.double_conv.0.weight", 0),
                Bias = arrays.Has("inc.double_conv.0.bias"),
                UpBias = arrays.Has("up1.up.0.bias"),
            }
            : null;

    private sealed class Down : Module
    {
        private readonly DoubleConv _conv;

        public Down(int inC, int outC, bool hasBias, float slope) =>
            _conv = Add("maxpool_conv.1", new DoubleConv(inC, outC, hasBias: hasBias, slope: slope));

        public Value Forward(Value x) => _conv.Forward(x.MaxPool(2));
    }

    private sealed class Up : Module
    {
        private readonly ConvTranspose2d _up;
        private readonly BatchNorm2d _norm;
        private readonly DoubleConv _conv;
        private readonly float _slope;

        public Up(int inC, int outC, bool hasBias, bool upHasBias, float slope)
        {
            _up = Add("up.0", new ConvTranspose2d(inC, inC / 2, kernel: 3, stride: 2, hasBias: upHasBias));
            _norm = Add("up.1", new BatchNorm2d(inC / 2));
            _conv = Add("conv", new DoubleConv(inC, outC, hasBias: hasBias, slope: slope));
            _slope = slope;
        }

        public Value Forward(Value deep, Value skip)
        {
            Value x = _norm.Forward(_up.Forward(deep)).Relu(_slope);
            return _conv.Forward(Value.Concat(skip, x.PadToSize(skip.Shape.H, skip.Shape.W)));
        }
    }
}
