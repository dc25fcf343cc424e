using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>
/// Scores of salient object detection: how well a map of probabilities fits a mask, without a threshold. Maps are taken
/// as they are; who wants them stretched to 0..1 first, as some evaluations do, does that before.
/// </summary>
public static class Saliency
{
    // What keeps quotients of nothing from being no number; MATLAB's eps, as in the authors' code.
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Mean over pixels of |prediction − truth|; 0 without pixels.</summary>
    /// <param name="prediction">Probabilities, 0..1.</param>
    /// <param name="truth">As many pixels; what is not 0 is 1.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static double MeanAbsoluteError(ReadOnlySpan<float> prediction, ReadOnlySpan<byte> truth)
    {
        PixelCountCheck.RequireSameLength(truth.Length, prediction.Length);
        double sum = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            sum += Math.Abs(prediction[i] - (truth[i] == 0 ? 0.0 : 1.0));
        }

        return truth.Length == 0 ? 0 : sum / truth.Length;
    }

    /// <summary>
    /// S-measure (Fan, Cheng, Liu, Li and Borji 2017, https://arxiv.org/abs/1708.00786) with α = 0.5: the mean of how
    /// alike object and background are as wholes (equations 4 and 5: 2 x̄ / (x̄² + 1 + σ)) and of how alike the four
    /// parts of the picture around the centre of the true object are (structural similarity, equation 2); not below 0.
    /// For an empty mask it is 1 − the mean of the map, for a full one the mean; 1 without pixels.
    /// </summary>
    /// <param name="prediction">Height × width probabilities, 0..1, row by row.</param>
    /// <param name="truth">As many pixels; what is not 0 is 1.</param>
    /// <param name="size">Height and width.</param>
    /// <exception cref="ArgumentException">An array is not of that size.</exception>
    public static double StructureMeasure(ReadOnlySpan<float> prediction, ReadOnlySpan<byte> truth, PictureSize size)
    {
        PixelCountCheck.RequireSize(size, prediction.Length, "prediction");
        PixelCountCheck.RequireSize(size, truth.Length, "truth");
        long foreground = truth.Length - truth.Count((byte)0);
        if (foreground == 0 || foreground == truth.Length)
        {
            return 1 - MeanAbsoluteError(prediction, truth);
        }

        double share = (double)foreground / truth.Length;
        double objects = (share * ObjectScore(prediction, truth, isForeground: true))
            + ((1 - share) * ObjectScore(prediction, truth, isForeground: false));
        return Math.Max(0, (objects + RegionScore(prediction, truth, size)) / 2);
    }

    private static double ObjectScore(ReadOnlySpan<float> prediction, ReadOnlySpan<byte> truth, bool isForeground)
    {
        double sum = 0, squares = 0;
        long count = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] != 0 == isForeground)
            {
                double x = isForeground ? prediction[i] : 1 - prediction[i];
                (sum, squares, count) = (sum + x, squares + (x * x), count + 1);
            }
        }

        double mean = sum / count;
        double deviation = Math.Sqrt(Math.Max(0, squares - (sum * mean)) / Math.Max(1, count - 1));
        return 2 * mean / ((mean * mean) + 1 + deviation + Epsilon);
    }

    private static double RegionScore(ReadOnlySpan<float> prediction, ReadOnlySpan<byte> truth, PictureSize size)
    {
        (int row, int column) = FindCentroid(truth, size);
        double score = 0;
        foreach ((int top, int bottom) in new[] { (0, row), (row, size.Height) })
        {
            foreach ((int left, int right) in new[] { (0, column), (column, size.Width) })
            {
                double area = (double)(bottom - top) * (right - left);
                score += area == 0
                    ? 0
                    : area / truth.Length * ComputeSimilarity(prediction, truth, size.Width, top, bottom, left, right);
            }
        }

        return score;
    }

    /// <summary>Rows above and columns left of the object's centre, with those of the centre itself.</summary>
    private static (int Row, int Column) FindCentroid(ReadOnlySpan<byte> truth, PictureSize size)
    {
        double rows = 0, columns = 0, count = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] != 0)
            {
                (int row, int column) = Math.DivRem(i, size.Width);
                (rows, columns, count) = (rows + row + 1, columns + column + 1, count + 1);
            }
        }

        return (Round(rows / count), Round(columns / count));

        static int Round(double x) => (int)Math.Round(x, MidpointRounding.AwayFromZero);
    }

    private static double ComputeSimilarity(
        ReadOnlySpan<float> prediction, ReadOnlySpan<byte> truth, int width, int top, int bottom, int left, int right)
    {
        double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
        double count = (double)(bottom - top) * (right - left);
        for (int row = top; row < bottom; row++)
        {
            for (int i = (row * width) + left; i < (row * width) + right; i++)
            {
                double p = prediction[i];
                double t = truth[i] == 0 ? 0 : 1;
                (x, y, xx, yy, xy) = (x + p, y + t, xx + (p * p), yy + (t * t), xy + (p * t));
            }
        }

        (x, y) = (x / count, y / count);
        double unbiased = count - 1 + Epsilon;
        double varianceX = Math.Max(0, xx - (count * x * x)) / unbiased;
        double varianceY = Math.Max(0, yy - (count * y * y)) / unbiased;
        double covariance = (xy - (count * x * y)) / unbiased;
        double above = 4 * x * y * covariance;
        double below = ((x * x) + (y * y)) * (varianceX + varianceY);
        return above != 0 ? above / (below + Epsilon) : below == 0 ? 1 : 0;
    }
}
