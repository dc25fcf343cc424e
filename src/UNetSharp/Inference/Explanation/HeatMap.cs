using UNetSharp.Data;

namespace UNetSharp.Inference.Explanation;

/// <summary>A map over a picture, scaled to 0..1; what was negative is 0.</summary>
/// <param name="Size">Height and width of the picture.</param>
/// <param name="Values">Height × width values, row by row; the largest is 1, or all are 0.</param>
/// <param name="Peak">What 1 stands for: the largest value before scaling; 0 where none was positive.</param>
public sealed record HeatMap(PictureSize Size, float[] Values, float Peak)
{
    /// <summary>Scales a map.</summary>
    internal static HeatMap FromValues(PictureSize size, float[] values)
    {
        float peak = Math.Max(0, values.Max());
        float scale = peak > 0 ? 1 / peak : 0;
        return new HeatMap(size, Array.ConvertAll(values, value => Math.Min(1, Math.Max(0, value) * scale)), peak);
    }
}
