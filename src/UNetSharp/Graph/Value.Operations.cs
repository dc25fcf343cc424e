using UNetSharp.Graph.Operations;

namespace UNetSharp.Graph;

/// <content>The operations that models are written with.</content>
public sealed partial class Value
{
    /// <summary>Sum of two values of one shape.</summary>
    public static Value operator +(Value a, Value b) => new Add(a, b).Output;

    /// <summary>Product of two values of one shape, value by value.</summary>
    public static Value operator *(Value a, Value b) => new Multiply(a, b).Output;

    /// <summary>Channels side by side: (N, C₁, H, W), (N, C₂, H, W), … → (N, C₁ + C₂ + …, H, W).</summary>
    public static Value Concat(params Value[] inputs) => new Concat(inputs).Output;

    /// <summary>ReLU, or LeakyReLU: max(x, 0) + slope · min(x, 0).</summary>
    public Value Relu(float negativeSlope = 0) => new Relu(this, negativeSlope).Output;

    /// <summary>min(max(x, 0), max).</summary>
    public Value Clamp(float max) => new Clamp(this, max).Output;

    /// <summary>Some channels that follow each other: (N, C, H, W) → (N, count, H, W).</summary>
    public Value SliceChannels(int first, int count) =>
        count == Shape.C ? this : new ChannelSlice(this, first, count).Output;

    /// <summary>
    /// In training each value is dropped with a probability, and what is kept grows to make up for it.
    /// </summary>
    /// <param name="probability">0 to below 1.</param>
    /// <param name="layer">Another number for every layer, so that each drops other places.</param>
    public Value Dropout(float probability, int layer) =>
        probability == 0 ? this : new Dropout(this, probability, layer).Output;

    /// <summary>1 / (1 + exp(−x)).</summary>
    public Value Sigmoid() => new Sigmoid(this).Output;

    /// <summary>Softmax over the channels of each pixel.</summary>
    public Value Softmax() => new Softmax(this).Output;

    /// <summary>
    /// Before the probabilities of labels that may overlap, that of none of them: 1 less the greatest.
    /// </summary>
    public Value WithBackground() => new WithBackground(this).Output;

    /// <summary>
    /// Maximum over windows of kernel × kernel pixels; the stride is the kernel's size unless given. In ceil mode the
    /// result's size is rounded up.
    /// </summary>
    public Value MaxPool(int kernel, int? stride = null, int padding = 0, bool ceilMode = false)
    {
        var axis = new Axis(kernel, stride ?? kernel, padding);
        return new MaxPool(this, axis, axis, ceilMode).Output;
    }

    /// <summary>Bilinear resizing to height × width, as PyTorch's interpolate.</summary>
    public Value Resize(int height, int width, bool alignCorners) =>
        Resize(height, width, alignCorners ? ResizeGrid.AlignCorners : ResizeGrid.HalfPixel);

    /// <summary>Bilinear resizing to height × width.</summary>
    internal Value Resize(int height, int width, ResizeGrid grid) =>
        height == Shape.H && width == Shape.W ? this : new BilinearResize(this, height, width, grid).Output;

    /// <summary>Resizing to the nearest pixel, as PyTorch's interpolate.</summary>
    public Value ResizeNearest(int height, int width) =>
        height == Shape.H && width == Shape.W ? this : new NearestResize(this, height, width).Output;

    /// <summary>Every channel of a pixel times the pixel's gate: (N, C, H, W), (N, 1, H, W) → (N, C, H, W).</summary>
    public Value Gate(Value gate) => new Gate(this, gate).Output;

    /// <summary>
    /// Zeros around the image, or less of it, half of the difference on each side, to reach a size; where the
    /// difference is odd, the larger half is at the right and at the bottom.
    /// </summary>
    public Value PadToSize(int height, int width)
    {
        (int top, int left) = (FloorHalf(height - Shape.H), FloorHalf(width - Shape.W));
        return Pad(left, width - Shape.W - left, top, height - Shape.H - top);
    }

    /// <summary>The middle of the image; where the difference is odd, one pixel more is cut at the right and at the
    /// bottom.
    /// </summary>
    public Value CropCenter(int height, int width)
    {
        (int high, int wide) = (Shape.H - height, Shape.W - width);
        return Pad(-(wide / 2), -(wide - (wide / 2)), -(high / 2), -(high - (high / 2)));
    }

    /// <summary>The image with its mirror image around it, half on each side, to reach a size.</summary>
    public Value ReflectPad(int height, int width)
    {
        (int high, int wide) = (height - Shape.H, width - Shape.W);
        return (high, wide) == default
            ? this
            : new ReflectPad(this, wide / 2, wide - (wide / 2), high / 2, high - (high / 2)).Output;
    }

    /// <summary>Zeros around the image; negative numbers crop.</summary>
    public Value Pad(int left, int right, int top, int bottom) =>
        (left, right, top, bottom) == default ? this : new Pad(this, left, right, top, bottom).Output;

    /// <summary>Half of a number, rounded down also when it is negative, as Python's // does.</summary>
    private static int FloorHalf(int number) => number >> 1;
}
