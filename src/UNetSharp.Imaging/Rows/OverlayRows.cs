using UNetSharp.Data;
using UNetSharp.Data.Rows;

namespace UNetSharp.Imaging.Rows;

/// <summary>
/// Draws as <see cref="Overlay.Draw"/> does, row after row. A row is drawn when the classes of the one below are
/// known, as outlines lie where a neighbour differs.
/// </summary>
public sealed class OverlayRows : IDisposable
{
    private readonly RowSource _picture;
    private readonly Contrast _contrast;
    private readonly float[] _samples;
    private byte[] _above = [];
    private byte[] _own = [];
    private bool _isDisposed;

    private OverlayRows(RowSource picture, Contrast contrast)
    {
        (_picture, _contrast) = (picture, contrast);
        _samples = new float[picture.RowLength];
    }

    /// <summary>Draws over a picture.</summary>
    /// <param name="open">Opens the picture: once to see its range of brightness, once to draw on it.</param>
    /// <exception cref="DataException">It cannot be read.</exception>
    public static OverlayRows Create(Func<RowSource> open)
    {
        using RowSource seen = open();
        var contrast = Contrast.FromRows(seen);
        return new OverlayRows(open(), contrast);
    }

    /// <summary>Takes the classes of the next row, and draws the row above it.</summary>
    /// <param name="classes">Class of every pixel.</param>
    /// <param name="rgb">Takes the row above, (width, 3).</param>
    /// <returns>Whether there is one: not so at the first row.</returns>
    public bool Add(ReadOnlySpan<byte> classes, Span<byte> rgb)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        byte[] below = classes.ToArray();
        bool isDrawn = _own.Length > 0;
        if (isDrawn)
        {
            Draw(below, rgb);
        }

        (_above, _own) = (_own, below);
        return isDrawn;
    }

    /// <summary>Draws the last row.</summary>
    public void DrawLast(Span<byte> rgb) => Draw([], rgb);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _picture.Dispose();
    }

    private void Draw(ReadOnlySpan<byte> below, Span<byte> rgb)
    {
        _picture.ReadRow(_samples);
        _contrast.ToRgb(_samples, _picture.Channels, rgb);
        Overlay.DrawRow(rgb, _above, _own, below);
    }
}
