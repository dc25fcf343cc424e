using System.Runtime.InteropServices;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// One axis of bilinear resizing, as PyTorch's interpolate has it. Result pixel i lies between source pixels
/// <c>First</c> and <c>Second</c>, the latter weighing <c>Weight</c>, at the source position
/// <code>
/// half pixel:     max(0, (i + ½) · source / result − ½)
/// align corners:  i · (source − 1) / (result − 1)
/// asymmetric:     i · source / result
/// </code>
/// </summary>
internal sealed unsafe class BilinearAxis
{
    private readonly Point[] _points;
    private readonly Reach[] _reaches;

    /// <summary>Computes the positions.</summary>
    public BilinearAxis(int source, int result, ResizeGrid grid)
    {
        _points = GC.AllocateArray<Point>(result, pinned: true);
        _reaches = GC.AllocateArray<Reach>(source, pinned: true);
        float scale = grid != ResizeGrid.AlignCorners ? (float)source / result
            : result > 1 ? (float)(source - 1) / (result - 1)
            : 0;
        for (int i = 0; i < result; i++)
        {
            float position = grid == ResizeGrid.HalfPixel ? MathF.Max(0, (scale * (i + 0.5f)) - 0.5f) : scale * i;
            int first = Math.Min((int)position, source - 1);
            int second = Math.Min(first + 1, source - 1);
            _points[i] = new Point(first, second, position - first);
        }

        Array.Fill(_reaches, new Reach(result, 0));
        for (int i = 0; i < result; i++)
        {
            Extend(_points[i].First, i);
            Extend(_points[i].Second, i);
        }
    }

    /// <summary>Where each result pixel reads.</summary>
    public Point* Points => (Point*)Marshal.UnsafeAddrOfPinnedArrayElement(_points, 0);

    /// <summary>Which result pixels read each source pixel.</summary>
    public Reach* Reaches => (Reach*)Marshal.UnsafeAddrOfPinnedArrayElement(_reaches, 0);

    private void Extend(int source, int i)
    {
        Reach reach = _reaches[source];
        _reaches[source] = new Reach(Math.Min(reach.First, i), Math.Max(reach.End, i + 1));
    }

    /// <summary>The two source pixels of a result pixel.</summary>
    internal readonly record struct Point(int First, int Second, float Weight)
    {
        /// <summary>How much a source pixel counts.</summary>
        public float GetWeight(int source) =>
            (source == First ? 1 - Weight : 0) + (source == Second ? Weight : 0);
    }

    /// <summary>A run of result pixels, from the first to the one before the end.</summary>
    internal readonly record struct Reach(int First, int End);
}
