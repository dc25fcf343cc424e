using System.Globalization;
using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Training.TensorBoard;

/// <summary>
/// An event file of TensorBoard: numbers and pictures by step, to be watched while training runs. The messages are
/// those of tensorboard/compat/proto/event.proto and summary.proto (https://github.com/tensorflow/tensorboard):
/// <code>
/// Event   { double wall_time = 1; int64 step = 2;
///           string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
/// Summary { repeated Value value = 1; }    Value { string tag = 1; float simple_value = 2; Image image = 4; }
/// Image   { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
/// SessionLog { SessionStatus status = 1; }    START = 1
/// </code>
/// A run that goes on writes a further file, whose session starts at the step from which it goes on; TensorBoard then
/// drops what earlier files hold of that step and later ones.
/// </summary>
public sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2";
    private const int SessionStart = 1;
    private const int Rgb = 3;
    private readonly RecordFile _records;

    /// <summary>Makes a new file in the folder.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="firstStep">The first step that the file will hold.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public EventFile(string folder, long firstStep)
    {
        // TensorBoard reads the files of a folder in the order of their names.
        decimal seconds = (decimal)SinceEpoch().Ticks / TimeSpan.TicksPerSecond;
        string name = string.Create(
            CultureInfo.InvariantCulture, $"events.out.tfevents.{seconds:f7}.{Environment.ProcessId}");
        _records = new RecordFile(Path.Combine(folder, name));
        _records.Add(Event(0).Add(3, Version).ToArray());
        _records.Add(Event(firstStep).Add(7, new ProtoMessage().Add(1, SessionStart)).ToArray());
    }

    /// <summary>Adds numbers of a step.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void AddScalars(long step, IEnumerable<(string Tag, double Value)> scalars)
    {
        ProtoMessage summary = new();
        foreach ((string tag, double value) in scalars)
        {
            summary.Add(1, new ProtoMessage().Add(1, tag).Add(2, (float)value));
        }

        _records.Add(Event(step).Add(5, summary).ToArray());
    }

    /// <summary>Adds a picture of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tag">Name of the picture; the same in all steps.</param>
    /// <param name="png">The picture, an RGB PNG.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void AddImage(long step, string tag, byte[] png, int width, int height)
    {
        ProtoMessage image = new ProtoMessage().Add(1, height).Add(2, width).Add(3, Rgb).Add(4, png);
        ProtoMessage value = new ProtoMessage().Add(1, tag).Add(4, image);
        _records.Add(Event(step).Add(5, new ProtoMessage().Add(1, value)).ToArray());
    }

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();

    private static ProtoMessage Event(long step) =>
        new ProtoMessage().Add(1, SinceEpoch().TotalSeconds).Add(2, step);

    private static TimeSpan SinceEpoch() => DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch;
}
