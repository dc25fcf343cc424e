namespace UNetSharp.Execution;

/// <summary>A stretch of memory.</summary>
/// <param name="Start">Offset of its first float.</param>
/// <param name="End">Offset behind its last float.</param>
internal readonly record struct MemoryStretch(long Start, long End);

/// <summary>The union of stretches of memory: those that touch or overlap are one.</summary>
internal sealed class MemoryStretches
{
    // In ascending order, with a gap between each and the next.
    private readonly List<MemoryStretch> _stretches = new(1);

    /// <summary>The lowest offset, at least <paramref name="from"/>, where so many floats are free.</summary>
    public long LowestFit(long floats, long from)
    {
        long offset = from;
        for (int i = FirstEndingFrom(from + 1); i < _stretches.Count && _stretches[i].Start < offset + floats; i++)
        {
            offset = Math.Max(offset, _stretches[i].End);
        }

        return offset;
    }

    /// <summary>Adds a stretch.</summary>
    public void Add(MemoryStretch stretch)
    {
        int first = FirstEndingFrom(stretch.Start);
        int end = first;
        while (end < _stretches.Count && _stretches[end].Start <= stretch.End)
        {
            stretch = new MemoryStretch(
                Math.Min(stretch.Start, _stretches[end].Start), Math.Max(stretch.End, _stretches[end].End));
            end++;
        }

        if (end == first)
        {
            _stretches.Insert(first, stretch);
        }
        else
        {
            _stretches[first] = stretch;
            _stretches.RemoveRange(first + 1, end - first - 1);
        }
    }

    /// <summary>Index of the first stretch whose end is at least so high.</summary>
    private int FirstEndingFrom(long end)
    {
        (int low, int high) = (0, _stretches.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _stretches[middle].End < end ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
