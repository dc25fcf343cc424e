using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Inference;

/// <summary>
/// Runs a network on images of any shape and gives probabilities: sigmoid of a single class, softmax of several. The
/// plan of the shape seen last is kept, so a series of images of one size is planned once.
/// </summary>
/// <remarks>
/// Any thread may call, at any time: calls take turns, and what they return is the caller's own. Disposing waits for
/// the call that computes and frees the memory at once; later calls throw <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class Predictor(Network network, CpuDevice device, bool isExact = false) : IDisposable
{
    private readonly Lock _oneCall = new();
    private Plan? _plan;
    private Value? _images;
    private Value? _probabilities;
    private PictureSize _middle;
    private bool _isDisposed;

    /// <summary>Bytes of memory that the plan holds.</summary>
    public long MemoryBytes
    {
        get
        {
            lock (_oneCall)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _plan?.MemoryBytes ?? 0;
            }
        }
    }

    /// <summary>Probabilities of every pixel.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <returns>(N, K, H, W) in NHWC order.</returns>
    public float[] Predict(Tensor images) => Predict(images, new PictureSize(images.Shape.H, images.Shape.W));

    /// <summary>Probabilities of the pixels in the middle; what lies around them is there to be seen.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="middle">Height h and width w of the middle.</param>
    /// <returns>(N, K, h, w) in NHWC order.</returns>
    public float[] Predict(Tensor images, PictureSize middle) => Predict(images.Shape, images.Data, middle);

    /// <summary>Probabilities of every pixel of one image.</summary>
    /// <param name="image">Its values, (height, width, channels).</param>
    /// <param name="size">Height and width.</param>
    /// <returns>(height, width, classes).</returns>
    /// <exception cref="ArgumentException">The number of values does not fit the size.</exception>
    public float[] Predict(ReadOnlySpan<float> image, PictureSize size) => Predict(ShapeOf(size), image, size);

    /// <summary>Writes the probabilities of the middle of one image; allocates nothing but a new plan.</summary>
    /// <param name="image">Its values, (height, width, channels).</param>
    /// <param name="size">Height and width.</param>
    /// <param name="middle">Height h and width w of the middle.</param>
    /// <param name="probabilities">Memory for (h, w, classes).</param>
    /// <exception cref="ArgumentException">A number of values does not fit its size.</exception>
    public void Predict(ReadOnlySpan<float> image, PictureSize size, PictureSize middle, Span<float> probabilities) =>
        Predict(ShapeOf(size), image, middle, probabilities);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_oneCall)
        {
            _isDisposed = true;
            Free();
        }
    }

    /// <summary>Bytes of memory that the plan for such images would hold.</summary>
    internal long BytesFor(Shape images, PictureSize middle) =>
        device.EstimateBytes(
            new ComputationGraph(Probabilities(Value.Input(images), middle)), PlanSettings.ForInference());

    private Shape ShapeOf(PictureSize size) => Shape.Nchw(1, network.Channels, size.Height, size.Width);

    private long CountOf(Shape images, PictureSize middle) =>
        (long)images.N * middle.Height * middle.Width * network.Classes;

    private float[] Predict(Shape shape, ReadOnlySpan<float> values, PictureSize middle)
    {
        float[] probabilities = new float[CountOf(shape, middle)];
        Predict(shape, values, middle, probabilities);
        return probabilities;
    }

    private void Predict(Shape shape, ReadOnlySpan<float> values, PictureSize middle, Span<float> probabilities)
    {
        if (values.Length != shape.Count || probabilities.Length != CountOf(shape, middle))
        {
            throw new ArgumentException(
                $"Images of {shape} have {shape.Count} values, but {values.Length} came; probabilities of {middle} "
                + $"pixels in {network.Classes} classes are {CountOf(shape, middle)}, but there is room for "
                + $"{probabilities.Length}.");
        }

        lock (_oneCall)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_plan is null || _images!.Shape != shape || _middle != middle)
            {
                PlanFor(shape, middle);
            }

            _plan!.SetInput(_images!, values);
            _plan.Forward();
            _plan.CopyOutput(_probabilities!, probabilities);
        }
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
        _plan = device.Compile(
            new ComputationGraph(_probabilities), network.Store, PlanSettings.ForInference(isExact));
    }

    private Value Probabilities(Value images, PictureSize middle)
    {
        Value logits = network.Segment(images, middle.Height, middle.Width);
        return network.Classes == 1 ? logits.Sigmoid() : logits.Softmax();
    }
}
