using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Benchmarks.Accuracy;

/// <summary>What came of a fold.</summary>
/// <param name="VRand">V-Rand after thinning on the images set aside.</param>
/// <param name="VInfo">V-Info after thinning.</param>
/// <param name="Dice">Dice of the membranes at 0.5, mean over images.</param>
/// <param name="PixelError">Smallest share of pixels on the wrong side.</param>
/// <param name="Seconds">Time of training.</param>
internal sealed record FoldResult(double VRand, double VInfo, double Dice, double PixelError, double Seconds)
{
    /// <summary>Scores predictions.</summary>
    /// <param name="predictions">Probabilities of the cells' inside, and the truth, of every image set aside.</param>
    /// <param name="seconds">Time of training.</param>
    public static FoldResult FromPredictions(IEnumerable<(float[] Inside, Sample Truth)> predictions, double seconds)
    {
        MembraneScores scores = new();
        List<double> dice = [];
        foreach ((float[] inside, Sample truth) in predictions)
        {
            byte[] membrane = Array.ConvertAll(truth.Mask, index => (byte)(1 - index));
            scores.Add(Array.ConvertAll(inside, p => 1 - p), membrane, truth.Size);
            ConfusionMatrix matrix = new(classes: 2);
            matrix.Add(membrane, Array.ConvertAll(inside, p => (byte)(p > 0.5f ? 0 : 1)));
            dice.Add(matrix.Dice(1));
        }

        return new(scores.VRand.Score, scores.VInfo.Score, dice.Average(), scores.PixelError.Error, seconds);
    }
}
