namespace UNetSharp.Data.Augmentations;

/// <summary>Where a part of a sample is cut out. One that is larger than the sample is centred on it.</summary>
/// <param name="Top">First row; below 0 if the part is higher than the sample.</param>
/// <param name="Left">First column.</param>
/// <param name="RequiredPixel">A pixel of the sample that must stay in sight, row and column, or null.</param>
internal readonly record struct CropWindow(int Top, int Left, (int Row, int Column)? RequiredPixel)
{
    /// <summary>Places a part at random, if asked for so that it holds a random pixel of the foreground.</summary>
    public static CropWindow Create(in AugmentationDraw draw, Sample sample, PictureSize part)
    {
        bool isCrop = part.Height < sample.Size.Height || part.Width < sample.Size.Width;
        (int Row, int Column)? kept = isCrop && draw.ForegroundPick is { } pick
            ? PickForegroundPixel(sample, pick)
            : null;
        return new CropWindow(
            Offset(draw.Window.Row, sample.Size.Height, part.Height, kept?.Row),
            Offset(draw.Window.Column, sample.Size.Width, part.Width, kept?.Column),
            kept);
    }

    /// <summary>The window of a larger part with the same middle.</summary>
    public CropWindow ExpandTo(PictureSize part, PictureSize middle) => this with
    {
        Top = Top - ((part.Height - middle.Height) / 2),
        Left = Left - ((part.Width - middle.Width) / 2),
    };

    private static int Offset(double share, int imageLength, int part, int? required)
    {
        if (part > imageLength)
        {
            return (imageLength - part) / 2;
        }

        int first = required is { } low ? Math.Max(0, low - part + 1) : 0;
        int last = required is { } high ? Math.Min(imageLength - part, high) : imageLength - part;
        return first + (int)(share * (last - first + 1));
    }

    /// <summary>A known pixel that is not background, each with the same chance; null if there is none.</summary>
    private static (int Row, int Column)? PickForegroundPixel(Sample sample, double pick)
    {
        ReadOnlySpan<byte> mask = sample.Mask;
        int count = mask.Length - mask.Count((byte)0) - mask.Count(MaskClasses.Ignored);
        if (count == 0)
        {
            return null;
        }

        int at = mask.IndexOfAnyExcept((byte)0, MaskClasses.Ignored);
        for (int left = (int)(pick * count); left > 0; left--)
        {
            at += 1 + mask[(at + 1)..].IndexOfAnyExcept((byte)0, MaskClasses.Ignored);
        }

        return (at / sample.Size.Width, at % sample.Size.Width);
    }
}
