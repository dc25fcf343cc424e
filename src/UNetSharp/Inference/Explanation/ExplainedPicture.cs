using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Inference.Explanation;

/// <summary>
/// A picture as a trained network reads it, the logits that the network has for it, and the way of maps back to the
/// picture.
/// </summary>
internal sealed class ExplainedPicture
{
    private const double Gigabyte = 1 << 30;

    private readonly TrainedNetwork _trained;

    /// <summary>Traces the network; nothing is computed.</summary>
    /// <exception cref="DataException">The picture has not the network's channels.</exception>
    public ExplainedPicture(TrainedNetwork trained, Picture picture)
    {
        SampleReader.RequireChannels("The picture", picture.Channels, trained.Description.Model.Channels);
        _trained = trained;
        OriginalSize = new PictureSize(picture.Height, picture.Width);
        InputSize = trained.Description.Size ?? OriginalSize;
        Image = Value.Input(Shape.Nchw(1, trained.Description.Model.Channels, InputSize.Height, InputSize.Width));
        Logits = trained.Network.Segment(Image);
    }

    /// <summary>Size of the picture.</summary>
    public PictureSize OriginalSize { get; }

    /// <summary>Size at which the network reads it.</summary>
    public PictureSize InputSize { get; }

    /// <summary>The image, (1, channels, H, W).</summary>
    public Value Image { get; }

    /// <summary>The logits of its pixels, (1, K, H, W).</summary>
    public Value Logits { get; }

    /// <summary>What the network reads of a picture of this size.</summary>
    public ReadOnlySpan<float> PrepareInput(Picture picture)
    {
        Normalization normalization = _trained.Description.Normalization;
        int channels = Image.Shape.C;
        Span<float> image = normalization.Resize(picture.ToUnitRange(channels), OriginalSize, InputSize, channels);
        _trained.Description.ToNetwork(image);
        return image;
    }

    /// <summary>A plan for the gradient of the logits by a value.</summary>
    /// <exception cref="DataException">There is not so much memory.</exception>
    public Plan Compile(CpuDevice device, Value by)
    {
        ComputationGraph graph = new(Logits);
        PlanSettings settings = PlanSettings.ForInputGradients(Logits, by);
        long bytes = device.EstimateBytes(graph, settings);
        return bytes <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes
            ? device.Compile(graph, _trained.Network.Store, settings)
            : throw new DataException(
                $"To explain a picture of {InputSize} pixels takes {Math.Round(bytes / Gigabyte)} GB "
                + "of memory, more than there is. Cut out the part that matters.");
    }

    /// <summary>
    /// The gradient of the explained number by the logits: the number is the sum of a class's logits over a region.
    /// With one foreground class, the background's logit is the negative of its; of several labels, the first one's.
    /// </summary>
    /// <returns>(H, W, K).</returns>
    /// <exception cref="ArgumentException">There is no such class, or the region is of another picture.</exception>
    public float[] ComputeLogitGradient(Region region, int k)
    {
        int last = _trained.Description.Masks.ClassCount - 1;
        if (k < 0 || k > last)
        {
            throw new ArgumentException($"There is no class {k}: the network knows 0 to {last}.", nameof(k));
        }

        if (region.Size != OriginalSize)
        {
            throw new ArgumentException(
                $"The region is of a picture of {region.Size} pixels, but the picture has {OriginalSize}.",
                nameof(region));
        }

        int classes = Logits.Shape.C;
        bool isMultiLabel = _trained.Description.IsMultiLabel;
        (int channel, int sign) = classes > 1 && !isMultiLabel ? (k, 1) : (Math.Max(0, k - 1), k >= 1 ? 1 : -1);
        float[] weights = region.ComputeWeights(InputSize);
        float[] gradient = new float[weights.Length * classes];
        for (int i = 0; i < weights.Length; i++)
        {
            gradient[(i * classes) + channel] = sign * weights[i];
        }

        return gradient;
    }

    /// <summary>
    /// A layer's map over the picture. The maps of padded layers cover all that the network reads, those of layers
    /// without padding its middle: their own pixels times the step between them.
    /// </summary>
    /// <param name="map">Height × width values.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="step">Pixels of the image between those of the map; null if unknown.</param>
    public float[] ToOriginalSize(float[] map, PictureSize size, double? step)
    {
        PictureSize covered = new(
            GetCoveredPixels(size.Height, step, _trained.Network.InputSide(InputSize.Height), InputSize.Height),
            GetCoveredPixels(size.Width, step, _trained.Network.InputSide(InputSize.Width), InputSize.Width));
        float[] cropped = CropCenter(Resampling.ResizeAntialiased(map, size, covered, channels: 1), covered, InputSize);
        return Resampling.ResizeAntialiased(cropped, InputSize, OriginalSize, channels: 1);
    }

    private static int GetCoveredPixels(int pixels, double? step, int input, int min) =>
        step is { } s && input - (pixels * s) >= s ? Math.Max(min, (int)(pixels * s)) : input;

    private static float[] CropCenter(float[] map, PictureSize from, PictureSize to)
    {
        (int top, int left) = ((from.Height - to.Height) / 2, (from.Width - to.Width) / 2);
        float[] middle = new float[to.Height * to.Width];
        for (int row = 0; row < to.Height; row++)
        {
            map.AsSpan(((top + row) * from.Width) + left, to.Width).CopyTo(middle.AsSpan(row * to.Width));
        }

        return middle;
    }
}
