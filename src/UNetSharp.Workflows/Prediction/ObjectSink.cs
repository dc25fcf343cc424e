using UNetSharp.Inference.Objects;

namespace UNetSharp.Workflows;

/// <summary>The objects of the mask.</summary>
internal sealed class ObjectSink(PredictionJob job, int channels, ObjectFiles files) : ResultSink
{
    private readonly ObjectFinder _finder = files.CreateFinder(job.Input, job.Size);
    private readonly float[] _ofClass = new float[job.Size.Width];

    public override void Add(ReadOnlySpan<byte> classes, ReadOnlySpan<float> probabilities)
    {
        int stride = probabilities.Length / classes.Length;
        for (int i = 0; i < classes.Length; i++)
        {
            _ofClass[i] = probabilities[(i * stride) + (channels == 1 ? 0 : classes[i])];
        }

        _finder.AddRow(classes, _ofClass);
    }

    public override void Finish() => files.Write(job.Input, job.Size, _finder.Finish());

    public override void Dispose()
    {
        // What it has found is only written by Finish.
    }
}
