namespace UNetSharp.Data.Augmentations;

/// <summary>
/// How bright an image is and how far its values reach. Changes of grey values go by the image's own reach, four
/// standard deviations: in a well exposed picture that is about black to white, while fixed steps would drown a dim
/// one, such as 12-bit values in a 16-bit file.
/// </summary>
/// <param name="Mean">Mean of all values.</param>
/// <param name="Range">Four standard deviations.</param>
internal readonly record struct GreyRange(float Mean, float Range)
{
    private const int DeviationsPerRange = 4;

    /// <summary>The range of an image.</summary>
    public static GreyRange FromImage(ReadOnlySpan<float> image)
    {
        (double sum, double squares) = (0, 0);
        foreach (float value in image)
        {
            sum += value;
            squares += (double)value * value;
        }

        double mean = sum / image.Length;
        double variance = Math.Max(0, (squares / image.Length) - (mean * mean));
        return new GreyRange((float)mean, (float)(DeviationsPerRange * Math.Sqrt(variance)));
    }
}
