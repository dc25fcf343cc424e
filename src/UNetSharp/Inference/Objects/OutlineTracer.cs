namespace UNetSharp.Inference.Objects;

/// <summary>
/// Follows the cracks between an object's pixels and all others. Along the line between two rows the outline lies where
/// one row has a pixel and the other has none, so it begins and ends where a run of one of them begins or ends: at the
/// corners.
/// <code>
/// row above   ██████▒▒▒▒▒▒▒▒▒
///             ──────┼───╴          segment i has the corners 2i, left, and 2i + 1, right; in ┼ there are two
/// row below   ▒▒▒▒▒▒████▒▒▒▒▒
/// </code>
/// Corners in one column are ends of vertical segments, two by two. In ┼, where pixels touch at a corner alone, the
/// outline keeps to each of them, so that what only touches at corners becomes parts of its own.
/// Segments are walked with the object on the right hand (y goes down), so exteriors have positive areas and holes
/// negative ones. Time and memory are those of the runs.
/// </summary>
internal sealed class OutlineTracer
{
    private readonly IReadOnlyList<PixelRun> _runs;
    private readonly List<PixelCorner> _corners = [];
    private readonly List<int> _vertical = []; // of each corner, the other end of its vertical segment
    private readonly List<(int Run, bool IsTop)> _segments = []; // whose side it is, and whether the upper one
    private readonly Dictionary<int, int> _openColumns = []; // corners whose vertical segment still goes down
    private readonly int[] _part; // union-find over runs that touch at sides

    private OutlineTracer(IReadOnlyList<PixelRun> runs)
    {
        _runs = runs;
        _part = [.. Enumerable.Range(0, runs.Count)];
    }

    /// <summary>The outlines of an object, a polygon for each part whose pixels touch at sides.</summary>
    /// <param name="runs">The object's runs, by rows and in them by columns; none touches the one before.</param>
    public static IReadOnlyList<ObjectPolygon> Trace(IReadOnlyList<PixelRun> runs)
    {
        OutlineTracer tracer = new(runs);
        tracer.FindCorners();
        return tracer.CreatePolygons();
    }

    private void FindCorners()
    {
        (int First, int End) above = (0, 0);
        while (above.First < _runs.Count)
        {
            int y = above.First == above.End ? _runs[above.First].Row : _runs[above.First].Row + 1;
            int end = above.End;
            while (end < _runs.Count && _runs[end].Row == y)
            {
                end++;
            }

            AddLine(y, above, (above.End, end));
            above = (above.End, end);
        }
    }

    /// <summary>Finds the corners between two rows, given the runs of both.</summary>
    private void AddLine(int y, (int First, int End) above, (int First, int End) below)
    {
        // Ends of runs are numbered 2i and 2i + 1: after an odd number of them a run is open.
        (int upper, int upperEnd) = (2 * above.First, 2 * above.End);
        (int lower, int lowerEnd) = (2 * below.First, 2 * below.End);
        while (upper < upperEnd || lower < lowerEnd)
        {
            int upperX = upper < upperEnd ? EndOfRun(upper) : int.MaxValue;
            int lowerX = lower < lowerEnd ? EndOfRun(lower) : int.MaxValue;
            PixelCorner corner = new(Math.Min(upperX, lowerX), y);
            upper += upperX == corner.X ? 1 : 0;
            lower += lowerX == corner.X ? 1 : 0;
            (bool isInUpper, bool isInLower) = (upper % 2 == 1, lower % 2 == 1);
            if (isInUpper && isInLower)
            {
                _part[Root(upper / 2)] = Root(lower / 2);
            }

            if (upperX != lowerX)
            {
                Add(corner);
                Link(_corners.Count - 1);
            }
            else if (isInUpper != isInLower)
            {
                Add(corner);
                Add(corner);

                // The left one ends at the pixel to its upper left, or at the one to its lower left.
                int left = _corners.Count - 2;
                Link(isInLower ? left : left + 1);
                Link(isInLower ? left + 1 : left);
            }

            if (_corners.Count > 2 * _segments.Count)
            {
                _segments.Add(isInLower ? (lower / 2, true) : (upper / 2, false));
            }
        }
    }

    private int EndOfRun(int number) => number % 2 == 0 ? _runs[number / 2].Start : _runs[number / 2].End;

    private int Root(int run)
    {
        while (_part[run] != run)
        {
            _part[run] = _part[_part[run]];
            run = _part[run];
        }

        return run;
    }

    private void Add(PixelCorner corner)
    {
        _corners.Add(corner);
        _vertical.Add(-1);
    }

    /// <summary>Ends the vertical segment that comes down to a corner, or begins one.</summary>
    private void Link(int corner)
    {
        if (_openColumns.Remove(_corners[corner].X, out int upper))
        {
            (_vertical[corner], _vertical[upper]) = (upper, corner);
        }
        else
        {
            _openColumns.Add(_corners[corner].X, corner);
        }
    }

    private List<ObjectPolygon> CreatePolygons()
    {
        Dictionary<int, List<List<PixelCorner>>> parts = []; // rings by the part that they are of
        bool[] isWalked = new bool[_segments.Count];
        for (int first = 0; first < isWalked.Length; first++)
        {
            if (isWalked[first])
            {
                continue;
            }

            int part = Root(_segments[first].Run);
            parts.TryAdd(part, []);
            parts[part].AddRange(SplitIntoSimpleRings(TraceRing(first, isWalked)));
        }

        return
        [
            .. parts.Values.Select(rings => new ObjectPolygon(
                rings.Single(ring => ObjectPolygon.ComputeSignedArea(ring) > 0),
                [.. rings.Where(ring => ObjectPolygon.ComputeSignedArea(ring) < 0)])),
        ];
    }

    /// <summary>Walks around the outline that a segment is of.</summary>
    private List<PixelCorner> TraceRing(int segment, bool[] isWalked)
    {
        List<PixelCorner> outline = [];
        int start = (2 * segment) + (_segments[segment].IsTop ? 0 : 1);
        int corner = start;
        do
        {
            isWalked[corner / 2] = true;
            outline.Add(_corners[corner]);
            corner ^= 1;
            outline.Add(_corners[corner]);
            corner = _vertical[corner];
        }
        while (corner != start);
        return outline;
    }

    /// <summary>Cuts an outline that meets itself in corners into rings that do not.</summary>
    private static List<List<PixelCorner>> SplitIntoSimpleRings(List<PixelCorner> outline)
    {
        List<List<PixelCorner>> rings = [];
        List<PixelCorner> path = [];
        Dictionary<PixelCorner, int> places = [];
        foreach (PixelCorner corner in outline)
        {
            if (places.TryGetValue(corner, out int place))
            {
                List<PixelCorner> loop = path[place..];
                path.RemoveRange(place, loop.Count);
                loop.ForEach(passed => places.Remove(passed));
                rings.Add(loop);
            }

            places.Add(corner, path.Count);
            path.Add(corner);
        }

        rings.Add(path);
        return rings;
    }
}
