using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Inference.Explanation;

/// <summary>
/// How much a result rests on each place of a picture: a patch in the picture's mean colour hides one place after the
/// other, and what the mean logit of a class over a region loses by that is noted (Zeiler and Fergus 2014, section 4.2,
/// https://arxiv.org/abs/1311.2901). A pixel's value is the mean over the patches that hid it.
/// </summary>
/// <param name="Map">The losses, scaled; its peak is the largest loss.</param>
/// <param name="LogitDrops">Height × width losses, row by row; negative where hiding raises the logit.</param>
/// <param name="MeanLogit">Mean logit of the class over the region when nothing is hidden.</param>
public sealed record Occlusion(HeatMap Map, float[] LogitDrops, float MeanLogit)
{
    /// <summary>Explains a network's result for a picture.</summary>
    /// <param name="trained">The network.</param>
    /// <param name="picture">The picture, of any size.</param>
    /// <param name="region">The pixels to explain.</param>
    /// <param name="k">The class; 0 is the background.</param>
    /// <param name="patch">Height and width of the patch; at most those of the picture are used.</param>
    /// <param name="stride">Pixels from one place of the patch to the next, 1 to <paramref name="patch"/>.</param>
    /// <param name="threads">Threads to compute on.</param>
    /// <param name="progress">Is called for every patch that is done: how many, of how many.</param>
    /// <exception cref="ArgumentException">
    /// There is no such class, the region is of another picture, or the stride does not fit the patch.
    /// </exception>
    /// <exception cref="DataException">The network does not read pictures of one or three channels.</exception>
    public static Occlusion Compute(
        TrainedNetwork trained,
        Picture picture,
        Region region,
        int k,
        int patch,
        int stride,
        int threads,
        Action<int, int>? progress = null)
    {
        if (stride < 1 || stride > patch)
        {
            throw new ArgumentException(
                $"A patch of {patch} pixels moves by 1 to {patch}, not by {stride}.", nameof(stride));
        }

        ExplainedPicture explained = new(trained, picture);
        float[] weights = explained.ComputeLogitGradient(region, k);
        double scale = weights.Sum(Math.Abs);
        using CpuDevice device = new(threads);
        using Plan plan = device.Compile(
            new ComputationGraph(explained.Logits), trained.Network.Store, PlanSettings.ForInference());
        float[] logits = new float[explained.Logits.Shape.Count];
        double mean = MeanLogit(picture);
        int[] rows =
            GetPatchStarts(picture.Height, patch, stride), columns = GetPatchStarts(picture.Width, patch, stride);
        double[] sums = new double[picture.Height * picture.Width];
        int[] counts = new int[sums.Length];
        int done = 0;
        foreach ((int row, int column) in rows.SelectMany(row => columns.Select(column => (row, column))))
        {
            double loss = mean - MeanLogit(HidePatch(picture, row, column, patch));
            foreach (int i in GetPatchPixels(picture, row, column, patch))
            {
                sums[i] += loss;
                counts[i]++;
            }

            progress?.Invoke(++done, rows.Length * columns.Length);
        }

        float[] losses = [.. sums.Zip(counts, (sum, count) => (float)(sum / count))];
        return new Occlusion(HeatMap.FromValues(explained.OriginalSize, losses), losses, (float)mean);

        double MeanLogit(Picture seen)
        {
            plan.SetInput(explained.Image, explained.PrepareInput(seen));
            plan.Forward();
            plan.CopyOutput(explained.Logits, logits);
            double sum = 0;
            for (int i = 0; i < logits.Length; i++)
            {
                sum += (double)weights[i] * logits[i];
            }

            return sum / scale;
        }
    }

    /// <summary>Where patches begin along one side: every stride, and the last one at the end.</summary>
    private static int[] GetPatchStarts(int side, int patch, int stride)
    {
        int last = Math.Max(0, side - patch);
        return [.. Enumerable.Range(0, (last + stride - 1) / stride).Select(i => i * stride), last];
    }

    private static IEnumerable<int> GetPatchPixels(Picture picture, int row, int column, int patch) =>
        from y in Enumerable.Range(row, Math.Min(patch, picture.Height))
        from x in Enumerable.Range(column, Math.Min(patch, picture.Width))
        select (y * picture.Width) + x;

    private static Picture HidePatch(Picture picture, int row, int column, int patch)
    {
        float[] samples = [.. picture.Samples];
        for (int c = 0; c < picture.Channels; c++)
        {
            float mean = ComputeChannelMean(picture, c);
            foreach (int i in GetPatchPixels(picture, row, column, patch))
            {
                samples[(i * picture.Channels) + c] = mean;
            }
        }

        return new Picture(picture.Width, picture.Height, picture.Channels, picture.FullScale, samples);
    }

    private static float ComputeChannelMean(Picture picture, int channel)
    {
        double sum = 0;
        for (int i = channel; i < picture.Samples.Length; i += picture.Channels)
        {
            sum += picture.Samples[i];
        }

        return (float)(sum / (picture.Width * picture.Height));
    }
}
