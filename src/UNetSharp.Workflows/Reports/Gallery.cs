using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>Pictures beside themselves with what is right and wrong over them, and a legend.</summary>
internal static class Gallery
{
    /// <summary>The pictures in their order.</summary>
    public static string Draw(IReadOnlyList<ScoredPicture> pictures)
    {
        bool hasClasses = pictures.Any(picture => picture.Truth.Concat(picture.Prediction).Any(k => k > 1));
        IEnumerable<string> legend = ErrorOverlay.Legend.SkipLast(hasClasses ? 0 : 1)
            .Select(entry => $"""<span><i style="background:{entry.Color}"></i>{Page.Encode(entry.Meaning)}</span>""");
        return $"""
            <p class="legend soft">{string.Concat(legend)}</p>
            <div class="gallery">
            {string.Join('\n', pictures.Select(Figure))}
            </div>
            """;
    }

    private static string Figure(ScoredPicture picture)
    {
        ScoredPicture small = picture.Downscale();
        return $"""
            <figure><div class="pair">
            {Image(small.Picture, Overlay.ToRgb(small.Picture), $"Picture {picture.Name}")}
            {Image(
                small.Picture,
                ErrorOverlay.Draw(small.Picture, small.Truth, small.Prediction),
                $"Right and wrong pixels of {picture.Name}")}
            </div><figcaption>{Page.Encode(picture.Name)}: Dice {Page.FormatNumber(picture.Dice)}</figcaption></figure>
            """;
    }

    private static string Image(Picture picture, byte[] rgb, string what)
    {
        string png = Convert.ToBase64String(ImageFile.EncodeColorPng(rgb, picture.Width, picture.Height));
        return $"""
            <img src="data:image/png;base64,{png}" width="{picture.Width}" height="{picture.Height}"
            alt="{Page.Encode(what)}">
            """;
    }
}
