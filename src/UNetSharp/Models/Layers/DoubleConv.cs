using UNetSharp.Graph;

namespace UNetSharp.Models.Layers;

/// <summary>
/// (3x3 convolution, batch norm, rectifier) twice, under the names <c>double_conv.0</c>, <c>.1</c>, <c>.3</c> and
/// <c>.4</c>. (N, inC, H, W) → (N, outC, H, W); between the two there are midC channels.
/// </summary>
public sealed class DoubleConv : Module
{
    private readonly Conv2d _conv1, _conv2;
    private readonly BatchNorm2d _norm1, _norm2;
    private readonly float _slope;

    /// <summary>Creates the block.</summary>
    /// <param name="inC">Channels that come in.</param>
    /// <param name="outC">Channels that go out.</param>
    /// <param name="midC">Channels between the convolutions; null for as many as go out.</param>
    /// <param name="hasBias">Whether the convolutions have biases.</param>
    /// <param name="slope">Slope of the rectifier for negative values.</param>
    /// <param name="name">What the layers' names start with.</param>
    public DoubleConv(
        int inC, int outC, int? midC = null, bool hasBias = false, float slope = 0, string name = "double_conv")
    {
        int mid = midC ?? outC;
        _conv1 = Add($"{name}.0", new Conv2d(inC, mid, kernel: 3, padding: 1, hasBias: hasBias));
        _norm1 = Add($"{name}.1", new BatchNorm2d(mid));
        _conv2 = Add($"{name}.3", new Conv2d(mid, outC, kernel: 3, padding: 1, hasBias: hasBias));
        _norm2 = Add($"{name}.4", new BatchNorm2d(outC));
        _slope = slope;
    }

    /// <summary>Applies the block.</summary>
    public Value Forward(Value x)
    {
        x = _norm1.Forward(_conv1.Forward(x)).Relu(_slope);
        return _norm2.Forward(_conv2.Forward(x)).Relu(_slope);
    }
}
