namespace UNetSharp.Execution;

/// <summary>
/// Which stretches of memory are occupied at which steps: a segment tree over the steps
/// (https://en.wikipedia.org/wiki/Segment_tree). A node stands for a range of steps, and a lifetime is a few nodes, so
/// that what is occupied over a lifetime is found without looking at every buffer.
/// </summary>
internal sealed class OccupiedMemory
{
    private const int Root = 1;

    // The children of node i are 2i and 2i + 1; the last steps are leaves.
    private readonly MemoryStretches?[] _always;
    private readonly MemoryStretches?[] _sometimes;
    private readonly List<MemoryStretches> _found = [];
    private readonly int _first;
    private readonly int _leaves;

    /// <param name="first">The first step.</param>
    /// <param name="last">The last step.</param>
    public OccupiedMemory(int first, int last)
    {
        _first = first;
        _leaves = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(last - first + 1));
        _always = new MemoryStretches?[2 * _leaves];
        _sometimes = new MemoryStretches?[2 * _leaves];
    }

    /// <summary>The lowest offset at which a buffer fits that is alive from step first to step last.</summary>
    public long LowestFit(long floats, int first, int last)
    {
        _found.Clear();
        Find(Root, 0, _leaves - 1, first - _first, last - _first);
        long offset = 0;
        for (int free = 0; free < _found.Count;)
        {
            free = 0;
            foreach (MemoryStretches occupied in _found)
            {
                long next = occupied.LowestFit(floats, offset);
                free = next == offset ? free + 1 : 0;
                offset = next;
            }
        }

        return offset;
    }

    /// <summary>Occupies memory from step first to step last.</summary>
    public void Add(long offset, long floats, int first, int last) =>
        Add(new MemoryStretch(offset, offset + floats), Root, 0, _leaves - 1, first - _first, last - _first);

    private void Find(int node, int from, int to, int first, int last)
    {
        if (last < from || to < first || _sometimes[node] is not { } sometimes)
        {
            return;
        }

        if (first <= from && to <= last)
        {
            _found.Add(sometimes);
            return;
        }

        if (_always[node] is { } always)
        {
            _found.Add(always);
        }

        int middle = (from + to) / 2;
        Find(2 * node, from, middle, first, last);
        Find((2 * node) + 1, middle + 1, to, first, last);
    }

    private void Add(MemoryStretch stretch, int node, int from, int to, int first, int last)
    {
        if (last < from || to < first)
        {
            return;
        }

        (_sometimes[node] ??= new MemoryStretches()).Add(stretch);
        if (first <= from && to <= last)
        {
            (_always[node] ??= new MemoryStretches()).Add(stretch);
            return;
        }

        int middle = (from + to) / 2;
        Add(stretch, 2 * node, from, middle, first, last);
        Add(stretch, (2 * node) + 1, middle + 1, to, first, last);
    }
}
