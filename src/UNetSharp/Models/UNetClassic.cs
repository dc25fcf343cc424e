using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// The U-Net as it was published (Ronneberger, Fischer and Brox 2015, https://arxiv.org/abs/1505.04597, figure 1): no
/// padding, so every convolution takes a border of one pixel, skips are cropped to their centres, and there is no batch
/// norm. (N, channels, H, W) → logits (N, classes, H − 184, W − 184); 572 → 388 in the paper. H and W must be 16 · k +
/// 12, so that every pooling halves an even size.
/// </summary>
public sealed class UNetClassic : Network
{
    // Height of the lowest map. With less, the way up has nothing left to crop to.
    private const int MinBottleneckSide = 8;

    private readonly Convolutions _conv1, _conv2, _conv3, _conv4, _conv5, _conv6, _conv7, _conv8, _conv9;
    private readonly ConvTranspose2d _up4, _up3, _up2, _up1;
    private readonly Conv2d _result;
    private readonly float _dropout;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="baseChannels">Channels at the image's full size, which double with every step down; 64 in the
    /// paper.</param>
    /// <param name="activation">What follows each 3x3 convolution; ReLU in the paper.</param>
    /// <param name="seed">Chooses the starting values.</param>
    /// <param name="dropout">Share of the two lowest levels' values that training drops at the end of the way
    /// down.</param>
    public UNetClassic(
        int channels,
        int classes,
        int baseChannels = 64,
        Activation activation = Activation.Relu,
        int seed = 0,
        float dropout = 0)
        : base(channels, classes)
    {
        _dropout = dropout;
        int w = baseChannels;
        _conv1 = Add("conv_1", new Convolutions(channels, w, activation));
        _conv2 = Add("conv_2", new Convolutions(w, 2 * w, activation));
        _conv3 = Add("conv_3", new Convolutions(2 * w, 4 * w, activation));
        _conv4 = Add("conv_4", new Convolutions(4 * w, 8 * w, activation));
        _conv5 = Add("conv_5", new Convolutions(8 * w, 16 * w, activation));
        _up4 = Add("up_conv_4.0", new ConvTranspose2d(16 * w, 8 * w, kernel: 2, stride: 2));
        _conv6 = Add("conv_6", new Convolutions(16 * w, 8 * w, activation));
        _up3 = Add("up_conv_3.0", new ConvTranspose2d(8 * w, 4 * w, kernel: 2, stride: 2));
        _conv7 = Add("conv_7", new Convolutions(8 * w, 4 * w, activation));
        _up2 = Add("up_conv_2.0", new ConvTranspose2d(4 * w, 2 * w, kernel: 2, stride: 2));
        _conv8 = Add("conv_8", new Convolutions(4 * w, 2 * w, activation));
        _up1 = Add("up_conv_1.0", new ConvTranspose2d(2 * w, w, kernel: 2, stride: 2));
        _conv9 = Add("conv_9", new Convolutions(2 * w, w, activation));
        _result = Add("result", Conv2d.ForScores(w, classes));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("unet-classic", Channels: 1, Classes: 2),
        "the U-Net of 2015: unpadded, cropped skips, no batch norm",
        "Ronneberger et al. 2015, arXiv 1505.04597",
        new PictureSize(572, 572),
        [nameof(ModelSettings.BaseChannels), nameof(ModelSettings.Activation), nameof(ModelSettings.Dropout)],
        (s, seed) => new UNetClassic(s.Channels, s.Classes, s.BaseChannels, s.Activation, seed, s.Dropout),
        Recognize);

    /// <inheritdoc/>
    public override int InputSide(int outputSide)
    {
        // A lowest map of b pixels comes from 16 · b + 60 pixels and leads to 16 · b − 124.
        int bottom = Math.Max(MinBottleneckSide, (outputSide + 124 + 15) / 16);
        return (16 * bottom) + 60;
    }

    /// <inheritdoc/>
    public override Value Forward(Value image)
    {
        Value x1 = _conv1.Forward(image);               // 572 → 568 ─────────── crop ──────────►┐
        Value x2 = _conv2.Forward(x1.MaxPool(2));       //  284 → 280 ────────── crop ───────►┐  │
        Value x3 = _conv3.Forward(x2.MaxPool(2));       //   140 → 136 ───────── crop ────►┐  │  │
        Value x4 = _conv4.Forward(x3.MaxPool(2));       //    68 → 64 ────────── crop ─►┐  │  │  │
        x4 = x4.Dropout(_dropout, layer: 4);            //                              │  │  │  │
        Value y = _conv5.Forward(x4.MaxPool(2));        //     32 → 28                  │  │  │  │
        y = y.Dropout(_dropout, layer: 5);              //                              │  │  │  │
        y = _conv6.Forward(ConcatCropped(x4, _up4.Forward(y)));  //    56 → 52 ◄─────────────────┘  │  │  │
        y = _conv7.Forward(ConcatCropped(x3, _up3.Forward(y)));  //   104 → 100 ◄───────────────────┘  │  │
        y = _conv8.Forward(ConcatCropped(x2, _up2.Forward(y)));  //  200 → 196 ◄───────────────────────┘  │
        y = _conv9.Forward(ConcatCropped(x1, _up1.Forward(y)));  // 392 → 388 ◄───────────────────────────┘
        return _result.Forward(y);
    }

    private static Value ConcatCropped(Value skip, Value x) => Value.Concat(skip.CropCenter(x.Shape.H, x.Shape.W), x);

    private static ModelSettings? Recognize(TensorShapes arrays) =>
        arrays.Has("conv_1.0.weight") && arrays.Has("up_conv_4.0.weight")
            ? Entry.Default with
            {
                Channels = arrays.GetFilterSize("conv_1.0.weight", 1),
                Classes = arrays.GetFilterSize("result.weight", 0),
                BaseChannels = arrays.GetFilterSize("conv_1.0.weight", 0),
            }
            : null;

    /// <summary>Two 3x3 convolutions without padding: H → H − 4.</summary>
    private sealed class Convolutions : Module
    {
        private readonly Conv2d _first, _second;
        private readonly Activation _activation;

        public Convolutions(int inC, int outC, Activation activation)
        {
            _first = Add("0", new Conv2d(inC, outC, kernel: 3));
            _second = Add("1", new Conv2d(outC, outC, kernel: 3));
            _activation = activation;
        }

        public Value Forward(Value x) => Activate(_second.Forward(Activate(_first.Forward(x))));

        private Value Activate(Value x) => _activation == Activation.Relu ? x.Relu() : x;
    }
}
