using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>
/// The scores of the ISBI 2012 challenge on neuronal membranes (Arganda-Carreras et al. 2015,
/// https://doi.org/10.3389/fnana.2015.00142): V-Rand and V-Info after thinning, and pixel error. For each threshold of
/// 0, 0.1, …, 1 the pixels whose probability of membrane reaches it are membrane; the membrane is thinned to one pixel
/// so that its width does not matter; what it separates, 4-connected, are the segments, which <see
/// cref="PartitionScore"/>
/// compares with those of the truth. The score of a threshold is the mean over images, and the result is the best of
/// all thresholds, as in the challenge. Membrane stays connected with the edge of the picture while it is thinned, so
/// that thinning opens no gap there. Without images all is perfect.
/// </summary>
public sealed class MembraneScores
{
    private const int Steps = 10;
    private readonly double[] _rand = new double[Steps + 1];
    private readonly double[] _info = new double[Steps + 1];
    private readonly double[] _pixelError = new double[Steps + 1];

    /// <summary>Number of images.</summary>
    public int Images { get; private set; }

    /// <summary>Largest V-Rand after thinning, 0..1, and its threshold.</summary>
    public (double Score, double Threshold) VRand => FindBest(_rand);

    /// <summary>Largest V-Info after thinning, 0..1, and its threshold.</summary>
    public (double Score, double Threshold) VInfo => FindBest(_info);

    /// <summary>Smallest share of pixels on the wrong side, without thinning, and its threshold.</summary>
    public (double Error, double Threshold) PixelError
    {
        get
        {
            int best = Array.IndexOf(_pixelError, _pixelError.Min());
            return (_pixelError[best] / Math.Max(1, Images), (double)best / Steps);
        }
    }

    /// <summary>Adds an image whose segments are what the true membrane separates, 4-connected.</summary>
    /// <param name="membrane">Height × width probabilities that a pixel is membrane, row by row.</param>
    /// <param name="truth">As many pixels; what is not 0 is membrane.</param>
    /// <param name="size">Height and width.</param>
    /// <exception cref="ArgumentException">An array is not of that size.</exception>
    public void Add(ReadOnlySpan<float> membrane, ReadOnlySpan<byte> truth, PictureSize size) =>
        AddSegmented(membrane, FindSegments(truth, size), size);

    /// <summary>Adds an image whose segments are known.</summary>
    /// <param name="membrane">Height × width probabilities that a pixel is membrane, row by row.</param>
    /// <param name="truth">As many numbers of segments; 0 is membrane.</param>
    /// <param name="size">Height and width.</param>
    /// <exception cref="ArgumentException">An array is not of that size.</exception>
    public void AddSegmented(ReadOnlySpan<float> membrane, ReadOnlySpan<int> truth, PictureSize size)
    {
        PixelCountCheck.RequireSize(size, membrane.Length, "prediction");
        PixelCountCheck.RequireSize(size, truth.Length, "truth");
        byte[] mask = new byte[membrane.Length];
        for (int step = 0; step <= Steps; step++)
        {
            float threshold = (float)step / Steps;
            long wrong = 0;
            for (int i = 0; i < mask.Length; i++)
            {
                bool isMembrane = membrane[i] >= threshold;
                mask[i] = (byte)(isMembrane ? 1 : 0);
                wrong += isMembrane == (truth[i] == 0) ? 0 : 1;
            }

            PartitionScore score =
                PartitionScore.Compute(truth, FindSegments(Thinning.Thin(mask, size, outside: 1), size));
            _rand[step] += score.VRand;
            _info[step] += score.VInfo;
            _pixelError[step] += mask.Length == 0 ? 0 : (double)wrong / mask.Length;
        }

        Images++;
    }

    private static int[] FindSegments(ReadOnlySpan<byte> membrane, PictureSize size)
    {
        byte[] inside = new byte[membrane.Length];
        for (int i = 0; i < inside.Length; i++)
        {
            inside[i] = (byte)(membrane[i] == 0 ? 1 : 0);
        }

        return ConnectedComponents.Label(inside, size, Connectivity.Four).Labels;
    }

    private (double Score, double Threshold) FindBest(double[] sums)
    {
        int best = Array.IndexOf(sums, sums.Max());
        return (Images == 0 ? 1 : sums[best] / Images, (double)best / Steps);
    }
}
