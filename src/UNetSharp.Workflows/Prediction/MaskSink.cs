using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Imaging.Rows;

namespace UNetSharp.Workflows;

/// <summary>The mask: 0 and 255 for one foreground class; else class indices, shown in the classes' colours.</summary>
internal sealed class MaskSink : ResultSink
{
    private readonly RowFile _file;
    private readonly byte _valueOfOne;
    private readonly byte[] _row;

    public MaskSink(string path, PictureSize size, MaskClasses masks)
    {
        bool isBinary = masks.Classes == 1;
        _valueOfOne = isBinary ? byte.MaxValue : (byte)1;
        _row = new byte[size.Width];
        _file = RowFile.Create(
            path, size, isBinary ? RowFormat.Grey : new RowFormat(1, 8, ClassColors.FromMaskClasses(masks)));
    }

    public override void Add(ReadOnlySpan<byte> classes, ReadOnlySpan<float> probabilities)
    {
        for (int i = 0; i < classes.Length; i++)
        {
            _row[i] = (byte)(classes[i] * _valueOfOne);
        }

        _file.Write(_row);
    }

    public override void Finish() => _file.Finish();

    public override void Dispose() => _file.Dispose();
}
