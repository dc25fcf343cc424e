using UNetSharp.Data;
using UNetSharp.Execution;
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
    Network network, IReadOnlyList<ImagePair> pairs, SampleReader reader, int classCount, Workers workers) : IDisposable
{
    private readonly Predictor _predictor = new(network, workers);

    /// <summary>Counts over all images; null if there are none.</summary>
    public ConfusionMatrix? Run()
    {
        if (pairs.Count == 0)
        {
            return null;
        }

        _predictor.Refresh();
        ConfusionMatrix matrix = new(classCount);
        foreach (Sample sample in pairs.Select(reader.Read))
        {
            Tensor image = new(new Shape(1, sample.Size.Height, sample.Size.Width, sample.Channels), sample.Image);
            float[] probabilities = _predictor.Predict(image).ToArray();
            matrix.Add(sample.Mask, new Segmentation(sample.Size, network.Classes, probabilities).Classes());
        }

        return matrix;
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();
}
