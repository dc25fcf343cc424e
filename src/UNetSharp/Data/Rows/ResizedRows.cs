namespace UNetSharp.Data.Rows;

/// <summary>
/// A stream in another size, by the same sums in the same order as <see cref="Resampling"/>: each source row is resized
/// across when it comes, and each result row is the weighted sum of the few source rows around its place.
/// </summary>
internal sealed class ResizedRows : RowSource
{
    private readonly RowWindow _narrow;
    private readonly Triangle[] _down;
    private int _next;

    private ResizedRows(RowSource source, PictureSize size, Triangle[] across, Triangle[] down)
        : base(size, source.Channels, source.FullScale)
    {
        _down = down;
        _narrow = new RowWindow(new Across(source, size.Width, across), RowsKept(down));
    }

    /// <summary>Resizes as <see cref="Resampling.Bilinear"/>.</summary>
    public static RowSource Bilinear(RowSource source, PictureSize size) =>
        size == source.Size ? source : new ResizedRows(
            source,
            size,
            Triangle.Wide(source.Size.Width, size.Width),
            Triangle.Wide(source.Size.Height, size.Height));

    /// <summary>Resizes as <see cref="Resampling.Interpolated"/>.</summary>
    public static RowSource Interpolated(RowSource source, PictureSize size) =>
        size == source.Size ? source : new ResizedRows(
            source,
            size,
            Triangle.Narrow(source.Size.Width, size.Width),
            Triangle.Narrow(source.Size.Height, size.Height));

    /// <summary>Bytes that resizing a stream holds.</summary>
    public static long BytesFor(PictureSize from, PictureSize to, int channels) => from == to ? 0
        : RowWindow.BytesOf(RowsKept(Triangle.Wide(from.Height, to.Height)), to.Width, channels);

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row)
    {
        Triangle triangle = _down[_next++];
        _narrow.ReadTo(triangle.First + triangle.Weights.Length - 1);
        row.Clear();
        for (int k = 0; k < triangle.Weights.Length; k++)
        {
            Triangle.Add(triangle.Weights[k], _narrow.Row(triangle.First + k), row);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _narrow.Dispose();
        base.Dispose(isDisposing);
    }

    private static int RowsKept(Triangle[] down) => down.Max(triangle => triangle.Weights.Length);

    /// <summary>The source's rows at the result's width.</summary>
    private sealed class Across(RowSource source, int width, Triangle[] across)
        : RowSource(new PictureSize(source.Size.Height, width), source.Channels)
    {
        private readonly float[] _row = new float[source.RowLength];

        protected override void ReadNextRow(Span<float> row)
        {
            source.ReadRow(_row);
            row.Clear();
            for (int j = 0; j < across.Length; j++)
            {
                across[j].AddPixels(_row, Channels, row.Slice(j * Channels, Channels));
            }
        }

        protected override void Dispose(bool isDisposing)
        {
            source.Dispose();
            base.Dispose(isDisposing);
        }
    }
}
