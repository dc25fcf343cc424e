using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Inference;

/// <summary>
/// Runs a network on images of any shape and gives probabilities: sigmoid of one class, softmax of several, or what
/// else its values mean. The plan of the shape seen last is kept, so a series of images of one size is planned once.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="device">Computes it.</param>
/// <param name="isExact">Whether convolutions sum up their products as they are defined; else they are faster.</param>
/// <param name="hasSideOutputs">Whether probabilities of the network's side outputs follow those of its result.</param>
/// <param name="output">What the network's values mean.</param>
/// <remarks>
/// Any thread may call, at any time: calls take turns, and what they return is the caller's own. Disposing waits for
/// the call that computes and frees the memory at once; later calls throw <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class Predictor(
    Network network,
    CpuDevice device,
    bool isExact = false,
    bool hasSideOutputs = false,
    OutputKind output = OutputKind.Logits) : IDisposable
{
    private readonly Lock _oneCall = new();
    private Plan? _plan;
    private Value? _images;
    private Value? _probabilities;
    private PictureSize _outputSize;
    private bool _isDisposed;

    /// <summary>Maps of K classes that it gives: the network's result, and its side outputs if asked for.</summary>
    public int MapCount { get; } = 1 + (hasSideOutputs ? network.SideOutputCount : 0);

    /// <summary>Values of a pixel: the classes of the first map, then those of the next one.</summary>
    public int Channels => MapCount * NetworkDescription.CountChannels(network.Classes, output);

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
    /// <returns>(N, <see cref="Channels"/>, H, W) in NHWC order.</returns>
    public float[] Predict(Tensor images) => Predict(images, new PictureSize(images.Shape.H, images.Shape.W));

    /// <summary>Probabilities of the pixels in the middle; what lies around them is there to be seen.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="outputSize">Height h and width w of the middle.</param>
    /// <returns>(N, <see cref="Channels"/>, h, w) in NHWC order.</returns>
    public float[] Predict(Tensor images, PictureSize outputSize) => Predict(images.Shape, images.Data, outputSize);

    /// <summary>Probabilities of every pixel of one image.</summary>
    /// <param name="image">Its values, (height, width, channels).</param>
    /// <param name="size">Height and width.</param>
    /// <returns>(height, width, <see cref="Channels"/>).</returns>
    /// <exception cref="ArgumentException">The number of values does not fit the size.</exception>
    public float[] Predict(ReadOnlySpan<float> image, PictureSize size) => Predict(GetInputShape(size), image, size);

    /// <summary>Writes the probabilities of the middle of one image; allocates nothing but a new plan.</summary>
    /// <param name="image">Its values, (height, width, channels).</param>
    /// <param name="size">Height and width.</param>
    /// <param name="outputSize">Height h and width w of the middle.</param>
    /// <param name="probabilities">Memory for (h, w, <see cref="Channels"/>).</param>
    /// <exception cref="ArgumentException">A number of values does not fit its size.</exception>
    public void Predict(
        ReadOnlySpan<float> image, PictureSize size, PictureSize outputSize, Span<float> probabilities) =>
        Predict(GetInputShape(size), image, outputSize, probabilities);

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
    internal long BytesFor(Shape images, PictureSize outputSize) =>
        device.EstimateBytes(
            new ComputationGraph(Probabilities(Value.Input(images), outputSize)), PlanSettings.ForInference());

    private Shape GetInputShape(PictureSize size) => Shape.Nchw(1, network.Channels, size.Height, size.Width);

    private long CountOutputs(Shape images, PictureSize middle) =>
        (long)images.N * middle.Height * middle.Width * Channels;

    private float[] Predict(Shape shape, ReadOnlySpan<float> values, PictureSize outputSize)
    {
        float[] probabilities = new float[CountOutputs(shape, outputSize)];
        Predict(shape, values, outputSize, probabilities);
        return probabilities;
    }

    private void Predict(Shape shape, ReadOnlySpan<float> values, PictureSize outputSize, Span<float> probabilities)
    {
        if (values.Length != shape.Count || probabilities.Length != CountOutputs(shape, outputSize))
        {
            throw new ArgumentException(
                $"Images of {shape} have {shape.Count} values, but {values.Length} came; probabilities of {outputSize} "
                + $"pixels in {Channels} channels are {CountOutputs(shape, outputSize)}, but there is room for "
                + $"{probabilities.Length}.");
        }

        lock (_oneCall)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_plan is null || _images!.Shape != shape || _outputSize != outputSize)
            {
                EnsurePlan(shape, outputSize);
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

    private void EnsurePlan(Shape shape, PictureSize outputSize)
    {
        Free();
        _images = Value.Input(shape);
        _outputSize = outputSize;
        _probabilities = Probabilities(_images, outputSize);
        _plan = device.Compile(
            new ComputationGraph(_probabilities), network.Store, PlanSettings.ForInference(isExact));
    }

    private Value Probabilities(Value images, PictureSize outputSize)
    {
        IReadOnlyList<Value> logits = hasSideOutputs
            ? network.SegmentWithSideOutputs(images, outputSize.Height, outputSize.Width)
            : [network.Segment(images, outputSize.Height, outputSize.Width)];
        Value[] maps = [.. logits.Select(ToProbabilities)];
        return maps.Length == 1 ? maps[0] : Value.Concat(maps);
    }

    // Resizing with cubic curves overshoots what lies between 0 and 1.
    private Value ToProbabilities(Value map) => output switch
    {
        OutputKind.Logits => network.Classes == 1 ? map.Sigmoid() : map.Softmax(),
        OutputKind.MultiLabelLogits => map.Sigmoid().WithBackground(),
        OutputKind.MultiLabel => map.Clamp(1).WithBackground(),
        _ => map.Clamp(1),
    };
}
