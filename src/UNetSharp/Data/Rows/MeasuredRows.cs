namespace UNetSharp.Data.Rows;

/// <summary>The rows of a picture, and between which values they lie, as far as they are read.</summary>
/// <param name="picture">The picture's own rows.</param>
/// <param name="brightness">What is white, and what is odd; null if nobody knows.</param>
public sealed class MeasuredRows(RowSource picture, Brightness? brightness)
    : RowSource(picture.Size, picture.Channels, picture.FullScale)
{
    private readonly PictureRangeMeter _meter = new();

    /// <summary>Between which values the rows lie that were read.</summary>
    public PictureRange Range => _meter.Range;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes =>
        [.. picture.Notes, .. (brightness ?? Brightness.FromWhite(picture.FullScale)).FindNotes(FullScale, Range)];

    /// <summary>Reads all rows, to measure them.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void SkipAll(CancellationToken cancellation)
    {
        float[] row = new float[RowLength];
        for (int i = 0; i < Size.Height; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadRow(row);
        }
    }

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row)
    {
        picture.ReadRow(row);
        _meter.Add(row);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        picture.Dispose();
        base.Dispose(isDisposing);
    }
}
