namespace UNetSharp.Data;

/// <summary>An image as a network reads it, and the class of every pixel.</summary>
/// <param name="Name">Name of the pair.</param>
/// <param name="Size">Height and width of both.</param>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Image">Values in 0..1, (height, width, channels).</param>
/// <param name="Mask">Class indices, (height, width); for one foreground class 0 and 1.</param>
public sealed record Sample(string Name, PictureSize Size, int Channels, float[] Image, byte[] Mask);
