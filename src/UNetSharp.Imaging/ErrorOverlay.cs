using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// What a prediction gets right and wrong, drawn over the picture. The colours are of Okabe and Ito, and differ in
/// brightness too, so that colour-blind people and prints in grey can distinguish them; errors cover more than what is
/// right.
/// </summary>
public static class ErrorOverlay
{
    private const float RightShare = 0.35f;
    private const float WrongShare = 0.75f;

    private static readonly (byte R, byte G, byte B) Right = (86, 180, 233);
    private static readonly (byte R, byte G, byte B) Extra = (240, 228, 66);
    private static readonly (byte R, byte G, byte B) Missed = (213, 94, 0);
    private static readonly (byte R, byte G, byte B) Confused = (204, 121, 167);

    /// <summary>What each colour means, and the colour as #RRGGBB; the last one occurs with several classes only.
    /// </summary>
    public static IReadOnlyList<(string Color, string Meaning)> Legend { get; } =
    [
        (FormatHex(Right), "found (true positive)"),
        (FormatHex(Extra), "not there, but predicted (false positive)"),
        (FormatHex(Missed), "there, but missed (false negative)"),
        (FormatHex(Confused), "found, but as another class"),
    ];

    /// <summary>The picture with what is right and wrong over it.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="truth">True class of every pixel; 0 is the background.</param>
    /// <param name="prediction">Predicted class of every pixel.</param>
    /// <returns>8-bit RGB, (height, width, 3).</returns>
    public static byte[] Draw(Picture picture, ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        byte[] rgb = Overlay.ToRgb(picture);
        for (int i = 0; i < truth.Length; i++)
        {
            if ((truth[i] | prediction[i]) != 0)
            {
                ((byte R, byte G, byte B) color, float share) = truth[i] == prediction[i] ? (Right, RightShare)
                    : truth[i] == 0 ? (Extra, WrongShare)
                    : prediction[i] == 0 ? (Missed, WrongShare)
                    : (Confused, WrongShare);
                Overlay.Blend(rgb.AsSpan(3 * i, 3), color, share);
            }
        }

        return rgb;
    }

    private static string FormatHex((byte R, byte G, byte B) color) => $"#{color.R:x2}{color.G:x2}{color.B:x2}";
}
