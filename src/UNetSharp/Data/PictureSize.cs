namespace UNetSharp.Data;

/// <summary>Height and width in pixels.</summary>
public readonly record struct PictureSize(int Height, int Width)
{
    /// <summary>The size as people write it: width × height.</summary>
    public override string ToString() => $"{Width}x{Height}";
}
