namespace UNetSharp.Graph;

/// <summary>How the pixels of two images of different size lie over each other.</summary>
public enum ResizeGrid
{
    /// <summary>The areas of the images fall on each other.</summary>
    HalfPixel,

    /// <summary>The first and last pixels fall on each other.</summary>
    AlignCorners,

    /// <summary>The first pixels fall on each other, which shifts the image by part of a pixel.</summary>
    Asymmetric,
}
