using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Inference.Explanation;

/// <summary>
/// What in a picture speaks for a class, at a layer: Grad-CAM (Selvaraju et al. 2017,
/// https://arxiv.org/abs/1610.02391) for segmentation (Vinogradova, Dibrov and Myers 2020,
/// https://arxiv.org/abs/2002.11434). With A the layer's maps and y the logits of class k, summed over a region:
/// <code>
/// weight[c] = mean over pixels of ∂y / ∂A[c]        map = max(0, Σ weight[c] · A[c])
/// </code>
/// brought to the picture's size and scaled to 0..1.
/// </summary>
/// <param name="Map">The map; its peak is in units of the summed logits for each pixel of the layer.</param>
/// <param name="Layer">Name of the layer.</param>
/// <param name="LayerSize">Height and width of its maps.</param>
/// <param name="ChannelWeights">Weight of each of its channels.</param>
public sealed record GradCam(HeatMap Map, string Layer, PictureSize LayerSize, float[] ChannelWeights)
{
    /// <summary>Explains a network's result for a picture.</summary>
    /// <param name="trained">The network.</param>
    /// <param name="picture">The picture, of any size.</param>
    /// <param name="region">The pixels to explain.</param>
    /// <param name="k">The class; 0 is the background.</param>
    /// <param name="layer">
    /// Name of a layer as the summary shows it, or of a part of the network; null for the last part before the classes,
    /// whose maps are the finest. The lowest part's show in what surroundings the network looks for a class.
    /// </param>
    /// <param name="threads">Threads to compute on.</param>
    /// <exception cref="ArgumentException">
    /// There is no such layer or class, or the region is of another picture.
    /// </exception>
    /// <exception cref="DataException">
    /// The network does not read pictures of one or three channels, or the picture is too large for the memory.
    /// </exception>
    public static GradCam Compute(
        TrainedNetwork trained, Picture picture, Region region, int k, string? layer, int threads)
    {
        ExplainedPicture explained = new(trained, picture);
        float[] start = explained.ComputeLogitGradient(region, k);
        LayerNames names = new(explained.Logits);
        string name = layer ?? names.GetDefault();
        Value maps = names.Find(name);
        using CpuDevice device = new(threads);
        using Plan plan = explained.Compile(device, maps);
        plan.SetInput(explained.Image, explained.PrepareInput(picture));
        plan.Forward();
        plan.SetResultGradient(start);
        plan.Backward();

        float[] weights = ComputeChannelMeans(plan.GetGradient(maps).Data, maps.Shape);
        float[] map = SumWeighted(plan.GetOutput(maps).Data, weights);
        PictureSize size = new(maps.Shape.H, maps.Shape.W);
        double? step = ReceptiveField.FindAll(new ComputationGraph(explained.Logits))[maps]?.Step;
        return new GradCam(
            HeatMap.FromValues(explained.OriginalSize, explained.ToOriginalSize(map, size, step)), name, size, weights);
    }

    private static float[] ComputeChannelMeans(ReadOnlySpan<float> gradient, Shape shape)
    {
        double[] sums = new double[shape.C];
        for (int i = 0; i < gradient.Length; i++)
        {
            sums[i % shape.C] += gradient[i];
        }

        return Array.ConvertAll(sums, sum => (float)(sum / shape.Pixels));
    }

    private static float[] SumWeighted(ReadOnlySpan<float> maps, float[] weights)
    {
        float[] map = new float[maps.Length / weights.Length];
        for (int i = 0; i < map.Length; i++)
        {
            double sum = 0;
            for (int c = 0; c < weights.Length; c++)
            {
                sum += (double)weights[c] * maps[(i * weights.Length) + c];
            }

            map[i] = (float)Math.Max(0, sum);
        }

        return map;
    }
}
