using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// U-Net (Ronneberger, Fischer and Brox 2015, https://arxiv.org/abs/1505.04597, figure 1) in the form in which it is
/// mostly used today: convolutions are padded, so that the mask has the size of the image, and followed by batch norm.
/// (N, channels, H, W) → logits (N, classes, H, W), for every H and W of at least 16.
/// </summary>
/// <remarks>
/// PyTorch code has two definitions of it under the same names, which <see cref="DecoderWidths"/> distinguishes.
/// Channels with a base of w, bottleneck first:
/// <code>
///                      bottleneck  up1                up2              up3              up4
/// wide, bilinear       8w          16w → 8w → 4w      8w → 4w → 2w     4w → 2w → w      2w → w → w
/// wide, transposed     16w         16w → 8w → 8w      8w → 4w → 4w     4w → 2w → 2w     2w → w → w
/// narrow, either way   8w          16w → 4w → 4w      8w → 2w → 2w     4w → w → w       2w → w → w
/// </code>
/// </remarks>
public sealed class UNet : Network
{
    private readonly DoubleConv _inc;
    private readonly Down _down1, _down2, _down3, _down4;
    private readonly Up _up1, _up2, _up3, _up4;
    private readonly OutConv _outc;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="baseChannels">Channels at the image's full size, which double with every step down; 64 in the
    /// paper.</param>
    /// <param name="up">How feature maps are enlarged.</param>
    /// <param name="fusion">How skips meet what comes from below; sums instead of concatenations to compare
    /// with.</param>
    /// <param name="hasBias">
    /// Whether the 3x3 convolutions have biases; null for what is usual with the decoder, see <see cref="UsualBias"/>.
    /// </param>
    /// <param name="seed">Chooses the starting values.</param>
    /// <param name="decoder">How many channels the bottleneck and the blocks of the way up have.</param>
    public UNet(
        int channels,
        int classes,
        int baseChannels = 64,
        UpSampling up = UpSampling.Bilinear,
        SkipFusion fusion = SkipFusion.Concat,
        bool? hasBias = null,
        int seed = 0,
        DecoderWidths decoder = DecoderWidths.Wide)
        : base(channels, classes)
    {
        int w = baseChannels;
        bool bias = hasBias ?? UsualBias(decoder);
        bool isNarrow = decoder == DecoderWidths.Narrow;
        int halved = isNarrow || up == UpSampling.Bilinear ? 2 : 1;
        _inc = Add("inc", new DoubleConv(channels, w, hasBias: bias));
        _down1 = Add("down1", new Down(w, 2 * w, bias));
        _down2 = Add("down2", new Down(2 * w, 4 * w, bias));
        _down3 = Add("down3", new Down(4 * w, 8 * w, bias));
        _down4 = Add("down4", new Down(8 * w, 16 * w / halved, bias));
        _up1 = Add("up1", new Up(16 * w, 8 * w / halved, up, fusion, bias, isNarrow));
        _up2 = Add("up2", new Up(8 * w, 4 * w / halved, up, fusion, bias, isNarrow));
        _up3 = Add("up3", new Up(4 * w, 2 * w / halved, up, fusion, bias, isNarrow));
        _up4 = Add("up4", new Up(2 * w, w, up, fusion, bias, isNarrow));
        _outc = Add("outc", new OutConv(w, classes));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("unet", Channels: 3, Classes: 2),
        "U-Net, padded, with batch norm",
        "Ronneberger et al. 2015, arXiv 1505.04597",
        new PictureSize(512, 512),
        [
            nameof(ModelSettings.BaseChannels),
            nameof(ModelSettings.Up),
            nameof(ModelSettings.Decoder),
            nameof(ModelSettings.Fusion),
            nameof(ModelSettings.Bias),
        ],
        (s, seed) => new UNet(s.Channels, s.Classes, s.BaseChannels, s.Up, s.Fusion, s.Bias, seed, s.Decoder),
        Recognize);

    /// <summary>Whether 3x3 convolutions usually have biases: those of the narrow decoder's definition have.</summary>
    public static bool UsualBias(DecoderWidths decoder) => decoder == DecoderWidths.Narrow;

    /// <inheritdoc/>
    public override Value Forward(Value image)
    {
        Value x1 = _inc.Forward(image);       // H       ────────────────────────────────►┐
        Value x2 = _down1.Forward(x1);        //  H/2     ───────────────────────────►┐   │
        Value x3 = _down2.Forward(x2);        //   H/4     ──────────────────────►┐   │   │
        Value x4 = _down3.Forward(x3);        //    H/8     ─────────────────►┐   │   │   │
        Value y = _down4.Forward(x4);         //     H/16                     │   │   │   │
        y = _up1.Forward(y, skip: x4);        //    H/8     ◄─────────────────┘   │   │   │
        y = _up2.Forward(y, skip: x3);        //   H/4     ◄──────────────────────┘   │   │
        y = _up3.Forward(y, skip: x2);        //  H/2     ◄───────────────────────────┘   │
        y = _up4.Forward(y, skip: x1);        // H       ◄────────────────────────────────┘
        return _outc.Forward(y);              // one logit for each class and pixel
    }

    private static ModelSettings? Recognize(TensorShapes arrays)
    {
        const string First = "inc.double_conv.0.weight";
        if (!arrays.Has(First) || !arrays.Has("up4.conv.double_conv.0.weight") || arrays.Has("up1.up.0.weight"))
        {
            return null;
        }

        bool isTransposed = arrays.Has("up1.up.weight");
        int width = arrays.GetFilterSize(First, 0);
        return Entry.Default with
        {
            Channels = arrays.GetFilterSize(First, 1),
            Classes = arrays.GetFilterSize("outc.conv.weight", 0),
            BaseChannels = width,
            Up = isTransposed ? UpSampling.Transpose : UpSampling.Bilinear,
            Decoder = arrays.GetFilterSize("up1.conv.double_conv.0.weight", 0) == 4 * width
                ? DecoderWidths.Narrow
                : DecoderWidths.Wide,
            Fusion = arrays.GetFilterSize("up4.conv.double_conv.0.weight", 1) == width
                ? SkipFusion.Add
                : SkipFusion.Concat,
            Bias = arrays.Has("inc.double_conv.0.bias"),
        };
    }

    /// <summary>One step down: halve the image, then two convolutions.</summary>
    private sealed class Down : Module
    {
        private readonly DoubleConv _conv;

        public Down(int inC, int outC, bool hasBias) =>
            _conv = Add("maxpool_conv.1", new DoubleConv(inC, outC, hasBias: hasBias));

        public Value Forward(Value x) => _conv.Forward(x.MaxPool(2));
    }

    /// <summary>One step up: double the image, put the skip in front (or add it), then two convolutions.</summary>
    private sealed class Up : Module
    {
        private readonly ConvTranspose2d? _up;
        private readonly DoubleConv _conv;
        private readonly SkipFusion _fusion;

        public Up(int inC, int outC, UpSampling up, SkipFusion fusion, bool hasBias, bool isNarrow)
        {
            int skipC = inC / 2;
            int deepC = isNarrow ? skipC : inC;
            int midC = isNarrow ? outC : skipC;
            _up = up == UpSampling.Transpose
                ? Add("up", new ConvTranspose2d(deepC, skipC, kernel: 2, stride: 2))
                : null;
            _conv = Add("conv", new DoubleConv(fusion == SkipFusion.Concat ? inC : skipC, outC, midC, hasBias));
            _fusion = fusion;
        }

        public Value Forward(Value deep, Value skip)
        {
            Value x = _up?.Forward(deep) ?? deep.Resize(2 * deep.Shape.H, 2 * deep.Shape.W, alignCorners: true);

            // Where the image's size was odd on the way down, a row or column is missing.
            x = x.PadToSize(skip.Shape.H, skip.Shape.W);
            return _conv.Forward(_fusion == SkipFusion.Concat ? Value.Concat(skip, x) : skip + x);
        }
    }

    private sealed class OutConv : Module
    {
        private readonly Conv2d _conv;

        public OutConv(int inC, int classes) => _conv = Add("conv", Conv2d.ForScores(inC, classes));

        public Value Forward(Value x) => _conv.Forward(x);
    }
}
