using UNetSharp.Data;
using UNetSharp.Imaging.Rows;

namespace UNetSharp.Workflows;

/// <summary>
/// The mask drawn over the picture, which is read again, twice: once for its range of brightness, once to draw on.
/// </summary>
internal sealed class OverlaySink : ResultSink
{
    private readonly OverlayRows _overlay;
    private readonly RowFile _file;
    private readonly byte[] _row;

    public OverlaySink(string path, PictureSize size, InputPicture picture, int channels)
    {
        _overlay = OverlayRows.Create(() => ImageRows.Open(picture.Path, picture.Page ?? 0, channels));
        _row = new byte[3 * size.Width];
        _file = RowFile.Create(path, size, RowFormat.Color);
    }

    public override void Add(ReadOnlySpan<byte> classes, ReadOnlySpan<float> probabilities)
    {
        if (_overlay.Add(classes, _row))
        {
            _file.Write(_row);
        }
    }

    public override void Finish()
    {
        _overlay.DrawLast(_row);
        _file.Write(_row);
        _file.Finish();
    }

    public override void Dispose()
    {
        _overlay.Dispose();
        _file.Dispose();
    }
}
