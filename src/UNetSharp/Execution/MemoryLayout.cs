namespace UNetSharp.Execution;

/// <summary>
/// Lays out buffers of known lifetimes in one block of memory, so that buffers which are never alive together share
/// addresses. The largest buffer is placed first, each at the lowest address at which it fits (the "greedy by size"
/// of Pisarchyk and Lee 2020, https://arxiv.org/abs/2001.03288).
/// </summary>
internal sealed class MemoryLayout
{
    private readonly List<Buffer> _buffers = [];

    /// <summary>Size of the whole block in floats.</summary>
    public long Floats { get; private set; }

    /// <summary>Adds a buffer, alive from step <paramref name="first"/> to step <paramref name="last"/>.</summary>
    /// <returns>The buffer, whose offset is known after <see cref="Place"/>.</returns>
    public Buffer Add(long floats, int first, int last)
    {
        long lines = (floats + Arena.LineFloats - 1) / Arena.LineFloats;
        var buffer = new Buffer(lines * Arena.LineFloats, first, last);
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>Chooses every buffer's offset.</summary>
    public void Place()
    {
        if (_buffers.Count == 0)
        {
            return;
        }

        OccupiedMemory occupied = new(_buffers.Min(buffer => buffer.First), _buffers.Max(buffer => buffer.Last));
        foreach (Buffer buffer in _buffers.OrderByDescending(buffer => buffer.Floats))
        {
            buffer.Offset = occupied.LowestFit(buffer.Floats, buffer.First, buffer.Last);
            occupied.Add(buffer.Offset, buffer.Floats, buffer.First, buffer.Last);
            Floats = Math.Max(Floats, buffer.Offset + buffer.Floats);
        }
    }

    /// <summary>A stretch of memory and the steps over which it is in use.</summary>
    internal sealed class Buffer(long floats, int first, int last)
    {
        public long Floats { get; } = floats;

        public int First { get; private set; } = first;

        public int Last { get; private set; } = last;

        public long Offset { get; set; }

        /// <summary>Makes the buffer alive at a step, and at those between.</summary>
        public void ExtendTo(int step)
        {
            First = Math.Min(First, step);
            Last = Math.Max(Last, step);
        }
    }
}
