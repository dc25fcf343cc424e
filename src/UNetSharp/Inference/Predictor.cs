using UNetSharp.Data;
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
/// <remarks>Not thread-safe. Disposing frees the memory at once; who calls after that is told so.</remarks>
public sealed class Predictor(Network network, Workers workers, bool isExact = false) : IDisposable
{
    private InferencePlan? _plan;
    private Value? _images;
    private Value? _probabilities;
    private PictureSize _middle;
    private bool _isDisposed;

    /// <summary>Bytes of memory that the plan holds.</summary>
    public long MemoryBytes => _plan?.MemoryBytes ?? 0;

    /// <summary>Takes over the network's weights after they have changed.</summary>
    public void Refresh() => _plan?.Prepare();

    /// <summary>Probabilities of every pixel.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <returns>(N, K, H, W) in NHWC order; valid until the next call.</returns>
    public ReadOnlySpan<float> Predict(Tensor images) =>
        Predict(images, new PictureSize(images.Shape.H, images.Shape.W));

    /// <summary>Probabilities of every pixel of one image.</summary>
    /// <param name="image">Its values, (height, width, channels).</param>
    /// <param name="size">Height and width.</param>
    /// <returns>(height, width, classes); valid until the next call.</returns>
    public ReadOnlySpan<float> Predict(ReadOnlySpan<float> image, PictureSize size) =>
        Predict(new Shape(1, size.Height, size.Width, network.Channels), image, size);

    /// <summary>Probabilities of the pixels in the middle; what lies around them is there to be seen.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="middle">Height h and width w of the middle.</param>
    /// <returns>(N, K, h, w) in NHWC order; valid until the next call.</returns>
    public ReadOnlySpan<float> Predict(Tensor images, PictureSize middle) => Predict(images.Shape, images.Data, middle);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Free();
    }

    /// <summary>Bytes of memory that the plan for such images would hold.</summary>
    internal long BytesFor(Shape images, PictureSize middle) =>
        InferencePlan.BytesFor(new GraphOf(Probabilities(Value.Input(images), middle)), workers);

    private ReadOnlySpan<float> Predict(Shape shape, ReadOnlySpan<float> values, PictureSize middle)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_plan is null || _images!.Shape != shape || _middle != middle)
        {
            PlanFor(shape, middle);
        }

        values.CopyTo(_plan!.Input(_images!));
        _plan.Run();
        return _plan.Output(_probabilities!);
    }

    private void Free()
    {
        _plan?.Dispose();
        _plan = null;
    }

    private void PlanFor(Shape shape, PictureSize middle)
    {
        Free();
        _images = Value.Input(shape);
        _middle = middle;
        _probabilities = Probabilities(_images, middle);
        _plan = new InferencePlan(new GraphOf(_probabilities), workers, isExact);
    }

    private Value Probabilities(Value images, PictureSize middle)
    {
        Value logits = network.Segment(images, middle.Height, middle.Width);
        return network.Classes == 1 ? logits.Sigmoid() : logits.Softmax();
    }
}
