namespace UNetSharp.Data;

/// <summary>
/// Counts the connected pieces of each value of a mask (eight neighbours), by runs of pixels in a row that are joined
/// with those of the row above.
/// </summary>
internal sealed class MaskPieces
{
    private const int MaxRuns = 1 << 22;

    private readonly List<int> _parents = [];
    private readonly Dictionary<int, int> _pieces = [];
    private List<Run> _above = [];
    private List<Run> _row = [];

    /// <summary>Pieces by value; empty where there are too many runs, as in a photograph.</summary>
    public IReadOnlyDictionary<int, int> Pieces => _parents.Count <= MaxRuns ? _pieces : [];

    /// <summary>Adds a run to the row.</summary>
    public void Add(int value, int start, int end)
    {
        if (_parents.Count > MaxRuns)
        {
            return;
        }

        int label = _parents.Count;
        _parents.Add(label);
        _row.Add(new Run(value, start, end, label));
        _pieces[value] = _pieces.GetValueOrDefault(value) + 1;
    }

    /// <summary>Ends a row.</summary>
    public void EndRow()
    {
        int first = 0;
        foreach (Run run in _row)
        {
            while (first < _above.Count && _above[first].End < run.Start)
            {
                first++;
            }

            for (int i = first; i < _above.Count && _above[i].Start <= run.End; i++)
            {
                if (_above[i].Value == run.Value)
                {
                    Join(_above[i].Label, run.Label, run.Value);
                }
            }
        }

        (_above, _row) = (_row, _above);
        _row.Clear();
    }

    private void Join(int a, int b, int value)
    {
        (int first, int second) = (Find(a), Find(b));
        if (first != second)
        {
            _parents[Math.Max(first, second)] = Math.Min(first, second);
            _pieces[value]--;
        }
    }

    private int Find(int label)
    {
        while (_parents[label] != label)
        {
            _parents[label] = _parents[_parents[label]];
            label = _parents[label];
        }

        return label;
    }

    private readonly record struct Run(int Value, int Start, int End, int Label);
}
