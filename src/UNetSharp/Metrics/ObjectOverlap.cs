namespace UNetSharp.Metrics;

/// <summary>
/// Which objects of a true and a predicted label picture lie over each other. Labels are any numbers above 0, one for
/// each object; 0 is background, and pixels whose true label is below 0 count nowhere.
/// </summary>
public sealed class ObjectOverlap
{
    private readonly List<long> _truthAreas = [];
    private readonly List<long> _predictedAreas = [];
    private readonly Dictionary<(int Truth, int Predicted), long> _shared = [];

    /// <summary>Counts the pixels of two label pictures of one size.</summary>
    /// <param name="truth">True labels.</param>
    /// <param name="predicted">Predicted labels.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public ObjectOverlap(ReadOnlySpan<int> truth, ReadOnlySpan<int> predicted)
    {
        PixelCountCheck.RequireSameLength(truth.Length, predicted.Length);
        Dictionary<int, int> truthIndex = [];
        Dictionary<int, int> predictedIndex = [];
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] < 0)
            {
                continue;
            }

            int t = Count(truth[i], truthIndex, _truthAreas);
            int p = Count(predicted[i], predictedIndex, _predictedAreas);
            if (t >= 0 && p >= 0)
            {
                _shared[(t, p)] = _shared.GetValueOrDefault((t, p)) + 1;
            }
        }
    }

    /// <summary>Pixels of each true object.</summary>
    public IReadOnlyList<long> TruthAreas => _truthAreas;

    /// <summary>Pixels of each predicted object.</summary>
    public IReadOnlyList<long> PredictedAreas => _predictedAreas;

    /// <summary>Pixels that a true and a predicted object share, of those that share any.</summary>
    public IReadOnlyDictionary<(int Truth, int Predicted), long> Shared => _shared;

    /// <summary>Intersection over union of two objects.</summary>
    public double IoU(int truth, int predicted)
    {
        long shared = _shared.GetValueOrDefault((truth, predicted));
        return (double)shared / (_truthAreas[truth] + _predictedAreas[predicted] - shared);
    }

    private static int Count(int label, Dictionary<int, int> indices, List<long> areas)
    {
        if (label <= 0)
        {
            return -1;
        }

        if (!indices.TryGetValue(label, out int index))
        {
            index = areas.Count;
            indices.Add(label, index);
            areas.Add(0);
        }

        areas[index]++;
        return index;
    }
}
