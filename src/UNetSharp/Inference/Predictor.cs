using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Inference;

/// <summary>
/// Runs a network on images of any shape and gives probabilities: sigmoid of a single class, softmax of several. The
/// plan of the shape seen last is kept, so a series of images of one size is planned once.
/// </summary>
/// <remarks>Not thread-safe. Disposing frees the memory at once.</remarks>
public sealed class Predictor(Network network, Workers workers, bool isExact = false) : IDisposable
{
    private InferencePlan? _plan;
    private Value? _images;
    private Value? _probabilities;

    /// <summary>Bytes of memory that the plan holds.</summary>
    public long MemoryBytes => _plan?.MemoryBytes ?? 0;

    /// <summary>Takes over the network's weights after they have changed.</summary>
    public void Refresh() => _plan?.Prepare();

    /// <summary>Probabilities of every pixel.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <returns>(N, K, H, W) in NHWC order; valid until the next call.</returns>
    public ReadOnlySpan<float> Predict(Tensor images) => Predict(images.Shape, images.Data);

    /// <summary>Probabilities of every pixel.</summary>
    /// <param name="shape">Sizes of the images.</param>
    /// <param name="values">Their values in NHWC order, as many as the shape has.</param>
    /// <returns>(N, K, H, W) in NHWC order; valid until the next call.</returns>
    public ReadOnlySpan<float> Predict(Shape shape, ReadOnlySpan<float> values)
    {
        if (_plan is null || _images!.Shape != shape)
        {
            PlanFor(shape);
        }

        values.CopyTo(_plan!.Input(_images!));
        _plan.Run();
        return _plan.Output(_probabilities!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan?.Dispose();
        _plan = null;
    }

    private void PlanFor(Shape shape)
    {
        Dispose();
        _images = Value.Input(shape);
        Value logits = network.Segment(_images);
        _probabilities = network.Classes == 1 ? logits.Sigmoid() : logits.Softmax();
        _plan = new InferencePlan(new GraphOf(_probabilities), workers, isExact);
    }
}
