using System.Runtime.InteropServices;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>A source pixel that feeds a result pixel: its offset, and the kernel position of its weight.</summary>
internal readonly record struct Tap(int Row, int Column, int Index);

/// <summary>
/// A regular grid of result pixels that all gather from source pixels at the same offsets:
/// <code>y[start + step · i, …] = Σₜ x[sourceStep · i + offsetₜ, …] · Wₜ</code>
/// along both axes. A convolution is one lattice. A transposed convolution with stride s, which is also the gradient
/// of a convolution by its input, is s² lattices: the result pixels of equal remainder, each fed by the taps p with
/// (h + padding − p · dilation) divisible by s. No multiplication with an inserted zero is ever made.
/// </summary>
internal sealed unsafe class Lattice
{
    private readonly Tap[] _taps;

    private Lattice((Line Line, (int Offset, int Tap)[] Taps) rows, (Line Line, (int Offset, int Tap)[] Taps) columns,
        int kernelWidth)
    {
        (Rows, Columns) = (rows.Line, columns.Line);
        _taps = GC.AllocateArray<Tap>(rows.Taps.Length * columns.Taps.Length, pinned: true);
        int count = 0;
        foreach ((int row, int p) in rows.Taps)
        {
            foreach ((int column, int q) in columns.Taps)
            {
                _taps[count++] = new Tap(row, column, (p * kernelWidth) + q);
            }
        }
    }

    /// <summary>The grid along the height.</summary>
    public Line Rows { get; }

    /// <summary>The grid along the width.</summary>
    public Line Columns { get; }

    /// <summary>Number of taps.</summary>
    public int TapCount => _taps.Length;

    /// <summary>Address of the taps; the array is pinned.</summary>
    public Tap* Taps => (Tap*)Marshal.UnsafeAddrOfPinnedArrayElement(_taps, 0);

    /// <summary>The single lattice of a convolution whose result has the given size.</summary>
    public static Lattice ForConvolution(Axis rows, Axis columns, int height, int width) =>
        new(Gather(rows, height), Gather(columns, width), columns.Kernel);

    /// <summary>The lattices of a transposed convolution whose result has the given size.</summary>
    public static Lattice[] ForTransposed(Axis rows, Axis columns, int height, int width) =>
    [
        .. from row in Scatter(rows, height)
           from column in Scatter(columns, width)
           select new Lattice(row, column, columns.Kernel),
    ];

    private static (Line Line, (int Offset, int Tap)[] Taps) Gather(Axis axis, int size) =>
        (new Line(Start: 0, Step: 1, Count: size, SourceStep: axis.Stride),
            [.. Enumerable.Range(0, axis.Kernel).Select(p => ((p * axis.Dilation) - axis.Padding, p))]);

    private static IEnumerable<(Line Line, (int Offset, int Tap)[] Taps)> Scatter(Axis axis, int size)
    {
        for (int start = 0; start < Math.Min(axis.Stride, size); start++)
        {
            (int Offset, int Tap)[] taps =
            [
                .. from p in Enumerable.Range(0, axis.Kernel)
                   let position = start + axis.Padding - (p * axis.Dilation)
                   where position % axis.Stride == 0
                   select (position / axis.Stride, p),
            ];
            yield return (new Line(start, axis.Stride, ((size - 1 - start) / axis.Stride) + 1, SourceStep: 1), taps);
        }
    }

    /// <summary>
    /// One axis of a lattice: result pixels start, start + step, … (<paramref name="Count"/> of them), the i-th of
    /// which reads around source pixel i · <paramref name="SourceStep"/>.
    /// </summary>
    internal readonly record struct Line(int Start, int Step, int Count, int SourceStep);
}
