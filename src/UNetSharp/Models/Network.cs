using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Models;

/// <summary>
/// A whole segmentation network. <see cref="Forward"/> is written like a PyTorch model over symbolic values and is run
/// once per image size, to record the graph that plans execute.
/// </summary>
public abstract class Network : Module
{
    // Four poolings halve an image to at least one pixel.
    private const int MinSide = 16;

    private ParameterStore? _store;

    /// <summary>Creates a network for images of so many channels.</summary>
    protected Network(int channels, int classes)
    {
        if (channels < 1 || classes < 1)
        {
            throw new ArgumentException($"{channels} channels and {classes} classes: there must be at least one.");
        }

        (Channels, Classes) = (channels, classes);
    }

    /// <summary>Channels of the image.</summary>
    public int Channels { get; }

    /// <summary>Channels of the result: 1 for one foreground class, K for K classes.</summary>
    public int Classes { get; }

    /// <summary>How many side outputs it has; see <see cref="ForwardWithSideOutputs"/>.</summary>
    public virtual int SideOutputCount => 0;

    /// <summary>The values of all parameters, and their gradients.</summary>
    public ParameterStore Store => _store ??= new ParameterStore(Parameters());

    /// <summary>
    /// Maps an image (N, channels, H, W) to logits (N, classes, H′, W′). H′ and W′ are H and W, but smaller in networks
    /// without padding.
    /// </summary>
    public abstract Value Forward(Value image);

    /// <summary>
    /// The logits of <see cref="Forward"/>, and after them the side outputs on which training puts a loss as well (deep
    /// supervision).
    /// </summary>
    public virtual IReadOnlyList<Value> ForwardWithSideOutputs(Value image) => [Forward(image)];

    /// <summary>
    /// Logits for every pixel of an image of any size. What the network needs to see beyond the border is the image's
    /// mirror image.
    /// </summary>
    public Value Segment(Value image) => Segment(image, image.Shape.H, image.Shape.W);

    /// <summary>Logits for the middle of an image; what lies around it is there to be seen.</summary>
    /// <param name="image">The image, (N, channels, H, W).</param>
    /// <param name="height">Height of the middle.</param>
    /// <param name="width">Width of the middle.</param>
    public virtual Value Segment(Value image, int height, int width) =>
        Forward(MirrorPad(image, height, width)).CropCenter(height, width);

    /// <summary>
    /// Logits with side outputs for the middle of an image; what lies around it is there to be seen. The mirror image
    /// stands in for what the image is short of.
    /// </summary>
    /// <param name="image">The image, (N, channels, H, W).</param>
    /// <param name="height">Height of the middle.</param>
    /// <param name="width">Width of the middle.</param>
    public IReadOnlyList<Value> SegmentWithSideOutputs(Value image, int height, int width) =>
    [
        .. ForwardWithSideOutputs(MirrorPad(image, height, width)).Select(logits => logits.CropCenter(height, width)),
    ];

    /// <summary>The least height (or width) of an image for which logits of at least this height come out.</summary>
    public virtual int InputSide(int outputSide) => Math.Max(MinSide, outputSide);

    /// <summary>
    /// Sets every parameter to its initial values; the same seed gives the same values. To be called when all
    /// parameters are added.
    /// </summary>
    protected void Initialize(int seed) => Store.Initialize(seed);

    /// <summary>The image, with as much of its mirror image around it as logits for its middle need.</summary>
    protected Value MirrorPad(Value image, int height, int width) =>
        image.ReflectPad(Math.Max(image.Shape.H, InputSide(height)), Math.Max(image.Shape.W, InputSide(width)));
}
