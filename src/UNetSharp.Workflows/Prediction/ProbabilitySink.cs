using System.Buffers.Binary;
using UNetSharp.Data;
using UNetSharp.Imaging.Rows;

namespace UNetSharp.Workflows;

/// <summary>The probability of one class, 16 bit: 65535 is 1.</summary>
/// <param name="path">The file.</param>
/// <param name="size">Size of the picture.</param>
/// <param name="channel">Which of the values of a pixel.</param>
internal sealed class ProbabilitySink(string path, PictureSize size, int channel) : ResultSink
{
    private readonly RowFile _file = RowFile.Create(path, size, RowFormat.Grey16);
    private readonly byte[] _row = new byte[size.Width * sizeof(ushort)];

    public override void Add(ReadOnlySpan<byte> classes, ReadOnlySpan<float> probabilities)
    {
        int channels = probabilities.Length / classes.Length;
        for (int i = 0; i < classes.Length; i++)
        {
            float probability = Math.Clamp(probabilities[(i * channels) + channel], 0, 1);
            BinaryPrimitives.WriteUInt16BigEndian(
                _row.AsSpan(i * sizeof(ushort)), (ushort)MathF.Round(probability * ushort.MaxValue));
        }

        _file.Write(_row);
    }

    public override void Finish() => _file.Finish();

    public override void Dispose() => _file.Dispose();
}
