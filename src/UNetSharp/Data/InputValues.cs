using System.Globalization;

namespace UNetSharp.Data;

/// <summary>
/// The numbers that a network reads for the values v of a picture, 0 to 1: (black + v · (white − black) − mean) / std,
/// with mean and std of each channel, as in torchvision's Normalize.
/// </summary>
/// <param name="Black">The number for black.</param>
/// <param name="White">The number for white.</param>
/// <param name="Mean">What is subtracted from each channel, in the network's order, or from all; null for 0.</param>
/// <param name="Std">What each channel is divided by, or all are; null for 1.</param>
/// <param name="IsBgr">Whether the network reads blue, green, red.</param>
public sealed record InputValues(
    float Black = 0,
    float White = 1,
    IReadOnlyList<float>? Mean = null,
    IReadOnlyList<float>? Std = null,
    bool IsBgr = false)
{
    /// <summary>The means of ImageNet's red, green and blue, where white is 1 (PyTorch's usual numbers).</summary>
    public static IReadOnlyList<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>The standard deviations of ImageNet's red, green and blue.</summary>
    public static IReadOnlyList<float> ImageNetStd { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Whether the numbers make sense for images of so many channels.</summary>
    public bool IsValid(int channels) =>
        float.IsFinite(Black) && float.IsFinite(White) && Black != White
        && (Mean is null || ((Mean.Count == 1 || Mean.Count == channels) && Mean.All(float.IsFinite)))
        && (Std is null || ((Std.Count == 1 || Std.Count == channels)
            && Std.All(value => value > 0 && float.IsFinite(value))))
        && (!IsBgr || channels == 3);

    /// <summary>Changes the values of an image, (height, width, channels).</summary>
    public void Apply(Span<float> image, int channels)
    {
        Span<float> scales = stackalloc float[channels];
        Span<float> shifts = stackalloc float[channels];
        for (int c = 0; c < channels; c++)
        {
            float std = Get(Std, c, 1);
            scales[c] = (White - Black) / std;
            shifts[c] = (Black - Get(Mean, c, 0)) / std;
        }

        for (int i = 0; i < image.Length; i += channels)
        {
            Span<float> pixel = image.Slice(i, channels);
            if (IsBgr)
            {
                (pixel[0], pixel[2]) = (pixel[2], pixel[0]);
            }

            for (int c = 0; c < channels; c++)
            {
                pixel[c] = (pixel[c] * scales[c]) + shifts[c];
            }
        }
    }

    /// <summary>The numbers for people, as <c>0..255, mean 104,117,123</c>.</summary>
    public string Describe() =>
        FormatRange(Black, White)
        + (Mean is null ? "" : $", mean {Format(Mean)}") + (Std is null ? "" : $", std {Format(Std)}");

    /// <summary>Numbers with commas between, as <c>0.485,0.456,0.406</c>.</summary>
    public static string Format(IReadOnlyList<float> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString("G6", CultureInfo.InvariantCulture)));

    /// <summary>A range, as <c>0..255</c>.</summary>
    public static string FormatRange(float black, float white) =>
        string.Create(CultureInfo.InvariantCulture, $"{black}..{white}");

    private static float Get(IReadOnlyList<float>? values, int channel, float defaultValue) =>
        values is null ? defaultValue : values.Count == 1 ? values[0] : values[channel];
}
