namespace UNetSharp.Data.Layouts;

/// <summary>
/// An image file for each object of an image, as the Data Science Bowl of 2018 has them: what any of them marks is
/// foreground.
/// </summary>
/// <param name="files">The files.</param>
internal sealed class ObjectFiles(IReadOnlyList<string> files) : Annotation
{
    /// <inheritdoc/>
    public override Picture Draw(string name, PictureSize image, PictureReader read)
    {
        float[] union = new float[image.Height * image.Width];
        foreach (string file in files)
        {
            Picture mask = read(file, 0);
            if ((mask.Height, mask.Width) != (image.Height, image.Width))
            {
                throw new DataException(
                    $"{file}: the mask is {mask.Height}x{mask.Width}, but its image is {image}. "
                        + "Save both at one size.");
            }

            for (int i = 0; i < union.Length; i++)
            {
                if (mask.Samples.AsSpan(i * mask.Channels, mask.Channels).ContainsAnyExcept(0f))
                {
                    union[i] = 1;
                }
            }
        }

        return new Picture(image.Width, image.Height, 1, byte.MaxValue, union);
    }
}
