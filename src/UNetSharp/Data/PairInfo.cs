using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace UNetSharp.Data;

/// <summary>What one pair of files holds.</summary>
/// <param name="Pair">The files.</param>
/// <param name="Size">Size of image and mask.</param>
/// <param name="Channels">Channels of the image.</param>
/// <param name="BitDepth">Number format of the image, for people.</param>
/// <param name="ImageValueCount">Different values in the image, counted up to 17.</param>
/// <param name="FullScale">The value of full brightness of the image's format.</param>
/// <param name="Range">Between which values the image's samples lie.</param>
/// <param name="Notes">What of the image was left out.</param>
/// <param name="Mask">Values of the mask.</param>
/// <param name="Fingerprint">What other pairs are compared with.</param>
public sealed record PairInfo(
    ImagePair Pair,
    PictureSize Size,
    int Channels,
    string BitDepth,
    int ImageValueCount,
    float FullScale,
    PictureRange Range,
    IReadOnlyList<string> Notes,
    MaskValues Mask,
    PairFingerprint Fingerprint)
{
    private const int MaxCounted = 17;

    /// <summary>
    /// The same with the mask turned as EXIF turns its image, where both ways are possible; null where they are not.
    /// </summary>
    internal PairInfo? Turned { get; private init; }

    /// <summary>Fingerprint of all values of image and mask.</summary>
    internal string Contents { get; private init; } = "";

    /// <summary>Reads both files.</summary>
    /// <exception cref="DataException">One cannot be read, or their sizes differ.</exception>
    internal static PairInfo Read(ImagePair pair, PictureReader read)
    {
        Picture image = pair.ReadImage(read);
        Picture mask = pair.ReadMask(read, image);
        if (image.Orientation == ExifOrientation.Upright)
        {
            return Read(pair, image, mask);
        }

        ImagePair turnedPair = pair with { IsMaskStored = true };
        Picture turned = ExifOrientation.Apply(mask, image.Orientation);
        bool fits = (mask.Height, mask.Width) == (image.Height, image.Width);
        bool fitsTurned = (turned.Height, turned.Width) == (image.Height, image.Width);
        return fits && fitsTurned
            ? Read(pair, image, mask) with { Turned = Read(turnedPair, image, turned) }
            : fitsTurned ? Read(turnedPair, image, turned) : Read(pair, image, mask);
    }

    private static PairInfo Read(ImagePair pair, Picture image, Picture mask)
    {
        var size = new PictureSize(image.Height, image.Width);
        SampleReader.RequireSameSize(pair, size, new PictureSize(mask.Height, mask.Width));
        string depth = image.FullScale switch { 255 => "8 bit", 65535 => "16 bit", _ => "float" };
        int values = image.Samples.Distinct().Take(MaxCounted).Count();
        return new PairInfo(
            pair,
            size,
            image.Channels,
            depth,
            values,
            image.FullScale,
            PictureRange.Measure(image.Samples),
            image.Notes,
            MaskValues.FromPicture(pair.MaskText, mask),
            new PairFingerprint(image, mask))
        {
            Contents = ComputeFingerprint(image, mask),
        };
    }

    private static string ComputeFingerprint(Picture image, Picture mask)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<float>(image.Samples));
        hash.AppendData(MemoryMarshal.AsBytes<float>(mask.Samples));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
