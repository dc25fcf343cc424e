namespace UNetSharp.Data.Rows;

/// <summary>A picture's rows in 0..1 with so many channels; see <see cref="Picture.ToUnitRange(int)"/>.</summary>
/// <param name="picture">The picture's own rows.</param>
/// <param name="channels">1 or 3.</param>
internal sealed class UnitRows(RowSource picture, int channels) : RowSource(picture.Size, channels)
{
    private readonly float[] _own = new float[picture.RowLength];

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row)
    {
        picture.ReadRow(_own);
        UnitValues.Convert<float>(_own, picture.Channels, picture.FullScale, row, Channels);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        picture.Dispose();
        base.Dispose(isDisposing);
    }
}
