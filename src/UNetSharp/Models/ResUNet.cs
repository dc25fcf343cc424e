using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;

namespace UNetSharp.Models;

/// <summary>
/// Deep residual U-Net (Zhang, Liu and Wang 2018, https://arxiv.org/abs/1711.10684, figure 2): every block adds its
/// input to its result, norm and rectifier come before the convolution, and a stride of 2 halves the image instead of
/// pooling. (N, channels, H, W) → logits (N, classes, H, W).
/// </summary>
public sealed class ResUNet : Network
{
    private readonly InputBlock _input;
    private readonly ResidualBlock _down1, _down2, _bridge;
    private readonly Up _up1, _up2, _up3;
    private readonly Conv2d _output;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="classes">Channels of the result.</param>
    /// <param name="baseChannels">Channels at the image's full size, which double with every step down; 64 in the
    /// paper.</param>
    /// <param name="seed">Chooses the starting values.</param>
    public ResUNet(int channels, int classes, int baseChannels = 64, int seed = 0)
        : base(channels, classes)
    {
        int w = baseChannels;
        _input = new InputBlock(
            Add("input_layer.0", new Conv2d(channels, w, kernel: 3, padding: 1)),
            Add("input_layer.1", new BatchNorm2d(w)),
            Add("input_layer.3", new Conv2d(w, w, kernel: 3, padding: 1)),
            Add("input_skip.0", new Conv2d(channels, w, kernel: 3, padding: 1)));
        _down1 = Add("residual_conv_1", new ResidualBlock(w, 2 * w, stride: 2));
        _down2 = Add("residual_conv_2", new ResidualBlock(2 * w, 4 * w, stride: 2));
        _bridge = Add("bridge", new ResidualBlock(4 * w, 8 * w, stride: 2));
        _up1 = AddUp(1, deepC: 8 * w, skipC: 4 * w);
        _up2 = AddUp(2, deepC: 4 * w, skipC: 2 * w);
        _up3 = AddUp(3, deepC: 2 * w, skipC: w);
        _output = Add("output_layer.0", Conv2d.ForScores(w, classes));
        Initialize(seed);
    }

    /// <summary>What the catalog knows about it.</summary>
    public static ModelEntry Entry { get; } = new(
        new ModelSettings("resunet", Channels: 3, Classes: 1),
        "deep residual U-Net",
        "Zhang et al. 2018, arXiv 1711.10684",
        new PictureSize(512, 512),
        [nameof(ModelSettings.BaseChannels)],
        (s, seed) => new ResUNet(s.Channels, s.Classes, s.BaseChannels, seed),
        Recognize);

    /// <inheritdoc/>
    public override Value Forward(Value image)
    {
        Value x1 = _input.Forward(image);
        Value x2 = _down1.Forward(x1);
        Value x3 = _down2.Forward(x2);
        Value y = _bridge.Forward(x3);
        y = _up1.Forward(y, skip: x3);
        y = _up2.Forward(y, skip: x2);
        y = _up3.Forward(y, skip: x1);
        return _output.Forward(y);
    }

    private Up AddUp(int number, int deepC, int skipC) => new(
        Add($"upsample_{number}.upsample", new ConvTranspose2d(deepC, deepC, kernel: 2, stride: 2)),
        Add($"up_residual_conv{number}", new ResidualBlock(deepC + skipC, skipC, stride: 1)));

    private static ModelSettings? Recognize(TensorShapes arrays) =>
        arrays.Has("input_layer.0.weight") && arrays.Has("up_residual_conv3.conv_block.2.weight")
            ? Entry.Default with
            {
                Channels = arrays.GetFilterSize("input_layer.0.weight", 1),
                Classes = arrays.GetFilterSize("output_layer.0.weight", 0),
                BaseChannels = arrays.GetFilterSize("input_layer.0.weight", 0),
            }
            : null;

    private sealed record InputBlock(Conv2d First, BatchNorm2d Norm, Conv2d Second, Conv2d Skip)
    {
        public Value Forward(Value x) =>
            Second.Forward(Norm.Forward(First.Forward(x)).Relu()) + Skip.Forward(x);
    }

    /// <summary>One step up: double the image, put it before the skip, then a residual block.</summary>
    private sealed record Up(ConvTranspose2d Double, ResidualBlock Block)
    {
        public Value Forward(Value deep, Value skip)
        {
            // Where the image's size was odd on the way down, a row or column is too many.
            Value x = Double.Forward(deep).CropCenter(skip.Shape.H, skip.Shape.W);
            return Block.Forward(Value.Concat(x, skip));
        }
    }

    /// <summary>(Batch norm, ReLU, 3x3 convolution) twice, plus a 3x3 convolution of the input.</summary>
    private sealed class ResidualBlock : Module
    {
        private readonly BatchNorm2d _norm1, _norm2, _skipNorm;
        private readonly Conv2d _conv1, _conv2, _skip;

        public ResidualBlock(int inC, int outC, int stride)
        {
            _norm1 = Add("conv_block.0", new BatchNorm2d(inC));
            _conv1 = Add("conv_block.2", new Conv2d(inC, outC, kernel: 3, stride, padding: 1));
            _norm2 = Add("conv_block.3", new BatchNorm2d(outC));
            _conv2 = Add("conv_block.5", new Conv2d(outC, outC, kernel: 3, padding: 1));
            _skip = Add("conv_skip.0", new Conv2d(inC, outC, kernel: 3, stride, padding: 1));
            _skipNorm = Add("conv_skip.1", new BatchNorm2d(outC));
        }

        public Value Forward(Value x)
        {
            Value y = _conv1.Forward(_norm1.Forward(x).Relu());
            y = _conv2.Forward(_norm2.Forward(y).Relu());
            return y + _skipNorm.Forward(_skip.Forward(x));
        }
    }
}
