namespace UNetSharp.Data.Rows;

/// <summary>The few rows of a stream that are at work, kept in turn in the same memory.</summary>
/// <param name="source">The stream.</param>
/// <param name="capacity">The most rows that are kept.</param>
internal sealed class RowWindow(RowSource source, int capacity) : IDisposable
{
    // An array for each row: all together may be longer than an array can be.
    private readonly float[]?[] _rows = new float[]?[capacity];
    private int _end;

    /// <summary>Bytes that so many rows take.</summary>
    public static long BytesFor(int rows, int width, int channels) => (long)rows * width * channels * sizeof(float);

    /// <summary>Reads on until a row is there; the rows up to <c>capacity</c> before it stay.</summary>
    public void ReadTo(int last)
    {
        for (; _end <= last; _end++)
        {
            source.ReadRow(_rows[_end % _rows.Length] ??= new float[source.RowLength]);
        }
    }

    /// <summary>A row that is kept.</summary>
    public ReadOnlySpan<float> Row(int row) =>
        row < _end && row >= _end - _rows.Length
            ? _rows[row % _rows.Length]
            : throw new ArgumentOutOfRangeException(
                nameof(row), row, $"Rows up to {_end} are kept, {_rows.Length} of them.");

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
