using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Inference.Explanation;

/// <summary>
/// The pixels on which the result at one pixel depends: the effective receptive field, the absolute gradient of a
/// class's logit there by every pixel of the image, mean over its channels (Luo et al. 2016,
/// https://arxiv.org/abs/1701.04128).
/// </summary>
/// <param name="Map">The gradients, scaled.</param>
/// <param name="X">Column of the pixel.</param>
/// <param name="Y">Row of the pixel.</param>
/// <param name="TheoreticalSize">
/// The theoretical field: side in pixels of the square around the pixel outside of which nothing can matter, whatever
/// the weights are; null where layers of different scales meet so that no one number says it.
/// </param>
/// <param name="CoreSize">Side in pixels of the smallest square around the pixel with 95 % of all gradients.</param>
public sealed record EffectiveReceptiveField(HeatMap Map, int X, int Y, double? TheoreticalSize, int CoreSize)
{
    private const double CoreShare = 0.95;

    /// <summary>Explains a network's result for a picture.</summary>
    /// <param name="trained">The network.</param>
    /// <param name="picture">The picture, of any size.</param>
    /// <param name="x">Column of the pixel to explain.</param>
    /// <param name="y">Row of the pixel to explain.</param>
    /// <param name="k">The class; 0 is the background.</param>
    /// <param name="threads">Threads to compute on.</param>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    /// <exception cref="DataException">
    /// The pixel is outside of the picture, which may be too large for the memory, or the network does not read
    /// pictures of one or three channels.
    /// </exception>
    public static EffectiveReceptiveField Compute(
        TrainedNetwork trained, Picture picture, int x, int y, int k, int threads)
    {
        ExplainedPicture explained = new(trained, picture);
        float[] start = explained.ComputeLogitGradient(Region.FromPixel(explained.OriginalSize, x, y), k);
        using CpuDevice device = new(threads);
        using Plan plan = explained.Compile(device, explained.Image);
        plan.SetInput(explained.Image, explained.PrepareInput(picture));
        plan.Forward();
        plan.SetResultGradient(start);
        plan.Backward();

        float[] seen = ComputeMeanMagnitudes(plan.GetGradient(explained.Image).Data, explained.Image.Shape.C);
        float[] own = Resampling.ResizeAntialiased(seen, explained.InputSize, explained.OriginalSize, channels: 1);
        double? reach = ReceptiveField.FindAll(new ComputationGraph(explained.Logits))[explained.Logits]?.Size;
        double scale = Math.Max(
            (double)explained.OriginalSize.Height / explained.InputSize.Height,
            (double)explained.OriginalSize.Width / explained.InputSize.Width);
        return new EffectiveReceptiveField(
            HeatMap.FromValues(explained.OriginalSize, own), x, y, reach * scale, ComputeCoreSize(
                own, explained.OriginalSize, x, y));
    }

    private static float[] ComputeMeanMagnitudes(ReadOnlySpan<float> gradient, int channels)
    {
        float[] means = new float[gradient.Length / channels];
        for (int i = 0; i < gradient.Length; i++)
        {
            means[i / channels] += Math.Abs(gradient[i]) / channels;
        }

        return means;
    }

    private static int ComputeCoreSize(float[] map, PictureSize size, int x, int y)
    {
        double[] rings = new double[Math.Max(size.Height, size.Width)];
        for (int i = 0; i < map.Length; i++)
        {
            rings[Math.Max(Math.Abs((i / size.Width) - y), Math.Abs((i % size.Width) - x))] += map[i];
        }

        double wanted = CoreShare * rings.Sum(), sum = 0;
        int radius = 0;
        while ((sum += rings[radius]) < wanted)
        {
            radius++;
        }

        return (2 * radius) + 1;
    }
}
