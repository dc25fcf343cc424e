using UNetSharp.Data;

namespace UNetSharp.Inference;

/// <summary>A picture with its true and predicted classes, for people to look at.</summary>
/// <param name="Name">Name of the pair.</param>
/// <param name="Dice">Mean Dice of its foreground classes, measured at full size.</param>
/// <param name="Picture">The picture.</param>
/// <param name="Truth">Class of every pixel.</param>
/// <param name="Prediction">Predicted class of every pixel.</param>
public sealed record ScoredPicture(string Name, double Dice, Picture Picture, byte[] Truth, byte[] Prediction)
{
    private const int MaxSide = 512;

    /// <summary>The same, shrunk to at most 512 pixels a side, so that pages and memory stay small.</summary>
    public ScoredPicture Downscale()
    {
        PictureSize own = new(Picture.Height, Picture.Width);
        double scale = Math.Min(1, (double)MaxSide / Math.Max(own.Height, own.Width));
        PictureSize small = new(
            Math.Max(1, (int)Math.Round(own.Height * scale)), Math.Max(1, (int)Math.Round(own.Width * scale)));
        return small == own ? this : this with
        {
            Picture = new Picture(
                small.Width,
                small.Height,
                Picture.Channels,
                Picture.FullScale,
                Resampling.ResizeAntialiased(Picture.Samples, own, small, Picture.Channels)),
            Truth = Resampling.ResizeNearest(Truth, own, small),
            Prediction = Resampling.ResizeNearest(Prediction, own, small),
        };
    }
}
