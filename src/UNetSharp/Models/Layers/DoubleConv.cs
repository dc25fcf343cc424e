using UNetSharp.Graph;

namespace UNetSharp.Models.Layers;

/// <summary>
/// (3x3 convolution, batch norm, ReLU) twice, under the names <c>double_conv.0</c>, <c>.1</c>, <c>.3</c> and <c>.4</c>.
/// (N, inC, H, W) → (N, outC, H, W); between the two there are midC channels.
/// </summary>
public sealed class DoubleConv : Module
{
    private readonly Conv2d _conv1, _conv2;
    private readonly BatchNorm2d _norm1, _norm2;

    /// <summary>Creates the block.</summary>
    public DoubleConv(int inC, int outC, int midC)
    {
        _conv1 = Add("double_conv.0", new Conv2d(inC, midC, kernel: 3, padding: 1, hasBias: false));
        _norm1 = Add("double_conv.1", new BatchNorm2d(midC));
        _conv2 = Add("double_conv.3", new Conv2d(midC, outC, kernel: 3, padding: 1, hasBias: false));
        _norm2 = Add("double_conv.4", new BatchNorm2d(outC));
    }

    /// <summary>Applies the block.</summary>
    public Value Forward(Value x)
    {
        x = _norm1.Forward(_conv1.Forward(x)).Relu();
        return _norm2.Forward(_conv2.Forward(x)).Relu();
    }
}
