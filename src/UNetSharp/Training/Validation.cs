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

    /// <summary>Mean over the images of the Dice of their foreground classes; null if there are no images.</summary>
    public double? Dice()
    {
        _predictor.Refresh();
        return pairs.Count == 0 ? null : pairs.Average(pair => Dice(reader.Read(pair)));
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    private double Dice(Sample sample)
    {
        Tensor image = new(new Shape(1, sample.Size.Height, sample.Size.Width, sample.Channels), sample.Image);
        float[] probabilities = _predictor.Predict(image).ToArray();
        ConfusionMatrix matrix = new(classCount);
        byte[] prediction = new Segmentation(sample.Size, network.Classes, probabilities).Classes();
        matrix.Add(sample.Mask, prediction, MaskClasses.Ignored);
        return matrix.MeanForegroundDice;
    }
}
