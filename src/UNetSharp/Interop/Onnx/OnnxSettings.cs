using UNetSharp.Data;

namespace UNetSharp.Interop.Onnx;

/// <summary>How a network is written as an ONNX file.</summary>
/// <param name="Size">Size of the images; any, where sizes are dynamic.</param>
public sealed record OnnxSettings(PictureSize Size)
{
    /// <summary>The oldest version of ONNX's operations that is written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest version of ONNX's operations that is written.</summary>
    public const int NewestOpset = 18;

    /// <summary>Version of ONNX's operations.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Whether batch, height and width are chosen when the network runs.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>Whether batch norms become part of the convolutions before them.</summary>
    public bool FoldsBatchNorm { get; init; }
}
