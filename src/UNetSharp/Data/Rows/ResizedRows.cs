namespace UNetSharp.Data.Rows;

/// <summary>
/// A stream in another size, by the same sums in the same order as <see cref="Resampling"/>: each source row is resized
/// across when it comes, and each result row is the weighted sum of the few source rows around its place.
/// </summary>
internal sealed class ResizedRows : RowSource
{
    private readonly RowWindow _horizontal;
    private readonly TriangleWeights[] _verticalWeights;
    private int _next;

    private ResizedRows(
        RowSource source, PictureSize size, TriangleWeights[] horizontalWeights, TriangleWeights[] verticalWeights)
        : base(size, source.Channels, source.FullScale)
    {
        _verticalWeights = verticalWeights;
        _horizontal = new RowWindow(
            new HorizontalPass(source, size.Width, horizontalWeights), CountBufferedRows(verticalWeights));
    }

    /// <summary>Resizes as <see cref="Resampling.ResizeAntialiased"/>.</summary>
    public static RowSource ResizeAntialiased(RowSource source, PictureSize size) =>
        size == source.Size ? source : new ResizedRows(
            source,
            size,
            TriangleWeights.Antialiased(source.Size.Width, size.Width),
            TriangleWeights.Antialiased(source.Size.Height, size.Height));

    /// <summary>Resizes as <see cref="Resampling.ResizeBilinear"/>.</summary>
    public static RowSource ResizeBilinear(RowSource source, PictureSize size) =>
        size == source.Size ? source : new ResizedRows(
            source,
            size,
            TriangleWeights.Bilinear(source.Size.Width, size.Width),
            TriangleWeights.Bilinear(source.Size.Height, size.Height));

    /// <summary>Bytes that resizing a stream holds.</summary>
    public static long BytesFor(PictureSize from, PictureSize to, int channels) => from == to ? 0
        : RowWindow.BytesFor(
            CountBufferedRows(TriangleWeights.Antialiased(from.Height, to.Height)), to.Width, channels);

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row)
    {
        TriangleWeights triangle = _verticalWeights[_next++];
        _horizontal.ReadTo(triangle.First + triangle.Weights.Length - 1);
        row.Clear();
        for (int k = 0; k < triangle.Weights.Length; k++)
        {
            TriangleWeights.Add(triangle.Weights[k], _horizontal.Row(triangle.First + k), row);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _horizontal.Dispose();
        base.Dispose(isDisposing);
    }

    private static int CountBufferedRows(TriangleWeights[] weights) => weights.Max(triangle => triangle.Weights.Length);

    /// <summary>The source's rows at the result's width.</summary>
    private sealed class HorizontalPass(RowSource source, int width, TriangleWeights[] across)
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
