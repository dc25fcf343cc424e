namespace UNetSharp.Data.Rows;

/// <summary>The rows of a picture that is in memory, with its own values.</summary>
/// <param name="picture">The picture.</param>
public sealed class PictureRows(Picture picture)
    : RowSource(new PictureSize(picture.Height, picture.Width), picture.Channels, picture.FullScale)
{
    private int _next;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => picture.Notes;

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row) =>
        picture.Samples.AsSpan(_next++ * RowLength, RowLength).CopyTo(row);
}
