namespace UNetSharp.Data.Augmentations;

/// <summary>Gaussian noise, of its own for every value of every channel; values stay in 0..1.</summary>
internal static class GaussianNoise
{
    /// <summary>Adds noise of a standard deviation in place.</summary>
    public static void Add(Span<float> image, float deviation, ulong seed)
    {
        Normals normals = new(seed);
        for (int i = 0; i < image.Length; i += 2)
        {
            (float a, float b) = normals.Next();
            image[i] = Math.Clamp(image[i] + (deviation * a), 0, 1);
            if (i + 1 < image.Length)
            {
                image[i + 1] = Math.Clamp(image[i + 1] + (deviation * b), 0, 1);
            }
        }
    }
}
