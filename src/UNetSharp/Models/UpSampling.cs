namespace UNetSharp.Models;

/// <summary>How a U-Net doubles the size of a feature map on its way up.</summary>
public enum UpSampling
{
    /// <summary>Bilinear interpolation with aligned corners; the deepest widths are halved.</summary>
    Bilinear,

    /// <summary>A 2x2 transposed convolution of stride 2.</summary>
    Transpose,
}
