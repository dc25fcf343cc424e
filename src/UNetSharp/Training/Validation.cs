using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Metrics;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Training;

/// <summary>
/// Scores a network on images that it does not learn from, in the way in which it will be used: whole images, running
/// statistics of batch norm, classes by probability.
/// </summary>
internal sealed class Validation(
    Network network, IReadOnlyList<ImagePair> pairs, SampleReader reader, int classCount,
    CpuDevice device) : IDisposable
{
    // Images that are decoded while the network is busy with the one before.
    private const int ReadAhead = 2;

    private readonly Predictor _predictor = new(network, device);

    /// <summary>Scores every image; null if there are none.</summary>
    public ValidationResult? Evaluate()
    {
        ValidationResult result = new(classCount);
        foreach (Sample sample in Samples())
        {
            byte[] prediction = Classes(sample);
            ConfusionMatrix matrix = new(classCount);
            matrix.Add(sample.Mask, prediction, MaskClasses.Ignored);
            Picture picture = new(sample.Size.Width, sample.Size.Height, sample.Channels, fullScale: 1, sample.Image);
            result.Add(
                new ValidatedImage(sample.Name, matrix),
                new ScoredPicture(sample.Name, matrix.MeanForegroundDice, picture, sample.Mask, prediction));
        }

        return result.Images.Count == 0 ? null : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    private IEnumerable<Sample> Samples()
    {
        Queue<Task<Sample>> ahead = [];
        foreach (ImagePair pair in pairs)
        {
            ahead.Enqueue(Task.Run(() => reader.Read(pair)));
            if (ahead.Count > ReadAhead)
            {
                yield return ahead.Dequeue().GetAwaiter().GetResult();
            }
        }

        while (ahead.TryDequeue(out Task<Sample>? next))
        {
            yield return next.GetAwaiter().GetResult();
        }
    }

    private byte[] Classes(Sample sample)
    {
        Tensor image = new(Shape.Nchw(1, sample.Channels, sample.Size.Height, sample.Size.Width), sample.Image);
        return new Segmentation(sample.Size, network.Classes, _predictor.Predict(image)).ComputeClasses();
    }
}
