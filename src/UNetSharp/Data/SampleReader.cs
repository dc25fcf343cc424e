namespace UNetSharp.Data;

/// <summary>
/// Reads pairs of files as samples: channels as the network wants them, values in 0..1, masks as classes.
/// </summary>
/// <param name="read">Decodes a file.</param>
/// <param name="classes">What mask values mean.</param>
/// <param name="channels">Channels of the network's image: 1 or 3, or those of every image.</param>
/// <param name="size">Size to bring every pair to, or null to leave it.</param>
/// <param name="brightness">What is white in images; null for where their format has it.</param>
/// <param name="cache">Keeps what was read; null to read from the disk every time.</param>
public sealed class SampleReader(
    PictureReader read,
    MaskClasses classes,
    int channels,
    PictureSize? size,
    Brightness? brightness = null,
    SampleCache? cache = null)
{
    /// <summary>Reads a pair; the mask is resized by the nearest pixel only. Nobody may write to the sample.</summary>
    /// <exception cref="DataException">A file cannot be read, or image and mask differ in size.</exception>
    public Sample Read(ImagePair pair) => cache?.GetOrRead(pair, Decode) ?? Decode(pair);

    private Sample Decode(ImagePair pair)
    {
        Picture image = pair.ReadImage(read).WithWhite(brightness);
        RequireChannels(pair.ImageText, image.Channels, channels);
        Picture mask = pair.ReadMask(read, image);
        var own = new PictureSize(image.Height, image.Width);
        RequireSameSize(pair, own, new PictureSize(mask.Height, mask.Width));
        PictureSize target = size ?? own;
        return new Sample(
            pair.Name,
            target,
            channels,
            Resampling.ResizeAntialiased(image.ToUnitRange(channels), own, target, channels),
            Resampling.ResizeNearest(classes.Read(pair.MaskText, mask), own, target));
    }

    /// <summary>Checks that an image can be brought to the network's channels.</summary>
    internal static void RequireChannels(string name, int channels, int wanted)
    {
        if (channels != wanted && wanted is not (1 or 3))
        {
            throw new DataException($"{name}: has not the {wanted} channels that the network reads.");
        }
    }

    /// <summary>Checks that an image and its mask have one size.</summary>
    internal static void RequireSameSize(ImagePair pair, PictureSize image, PictureSize mask)
    {
        if (image != mask)
        {
            throw new DataException($"{pair.MaskText}: the mask is {mask}, but its image {pair.ImageText} is {image}. "
                + "Save both at one size.");
        }
    }
}
