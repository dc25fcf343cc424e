using System.Buffers;
using System.Numerics;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Inference;

/// <summary>
/// Segments pictures with a trained network: brings a picture to the size and channels that the network knows, runs it,
/// and brings the probabilities back to the picture's own size.
/// </summary>
/// <remarks>
/// Any thread may call, at any time; what is computed on all threads takes turns, and results do not depend on who else
/// calls. Images of one size are planned once, and then a call allocates little beside its result. Disposing waits for the
/// call that computes, and frees the network's working memory at once.
/// </remarks>
public sealed class Segmenter : IDisposable
{
    private readonly Lock _turn = new();
    private readonly Workers _workers;
    private readonly Predictor _predictor;
    private readonly NetworkDescription _description;
    private bool _isDisposed;

    /// <summary>Takes a trained network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="threads">Threads to compute on.</param>
    /// <param name="isExact">
    /// Whether convolutions sum up their products as they are defined; else they are faster and differ by rounding.
    /// </param>
    /// <exception cref="DataException">The network does not read pictures of one or three channels.</exception>
    public Segmenter(TrainedNetwork network, int threads, bool isExact = false)
    {
        _description = network.Description;
        if (_description.Model.Channels is not (1 or 3))
        {
            throw new DataException($"The network reads images of {_description.Model.Channels} channels; pictures have 1 or "
                + "3.");
        }

        _workers = new Workers(threads);
        _predictor = new Predictor(network.Network, _workers, isExact);
    }

    /// <summary>Number of classes, with the background.</summary>
    public int ClassCount => _description.Masks.ClassCount;

    /// <summary>What mask values mean to the network.</summary>
    public MaskClasses Masks => _description.Masks;

    /// <summary>Loads a network from a file, or from the folder of a run; see <see cref="TrainedNetwork.Load"/>.</summary>
    /// <exception cref="Interop.CheckpointException">The file is missing, damaged or of no network that is known.</exception>
    /// <exception cref="DataException">The network does not read pictures of one or three channels.</exception>
    public static Segmenter Load(string path, int? threads = null, string? model = null, bool isExact = false) =>
        new(TrainedNetwork.Load(path, model), threads ?? Environment.ProcessorCount, isExact);

    /// <summary>Segments a picture of any size.</summary>
    /// <param name="picture">Grey or colour; brought to the network's channels.</param>
    /// <returns>Probabilities at the picture's size.</returns>
    /// <exception cref="DataException">The picture is too large to be segmented at once.</exception>
    /// <exception cref="Interop.CheckpointException">An ONNX network cannot run on an image of this size.</exception>
    /// <exception cref="ObjectDisposedException">The segmenter has been disposed of.</exception>
    public Segmentation Segment(Picture picture) => Segment<float>(
        picture.Samples, new PictureSize(picture.Height, picture.Width), picture.Channels, picture.FullScale);

    /// <summary>Segments an image of any size with 8 bit a sample, 255 being full brightness.</summary>
    /// <param name="pixels">Samples, the channels of a pixel together, pixels by rows from top to bottom.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 for grey, 3 for red, green, blue, 4 for these and a transparency, which is dropped.</param>
    /// <returns>Probabilities at the image's size.</returns>
    /// <exception cref="ArgumentException">The number of samples does not fit the sizes.</exception>
    /// <exception cref="DataException">The image is too large to be segmented at once.</exception>
    /// <exception cref="Interop.CheckpointException">An ONNX network cannot run on an image of this size.</exception>
    /// <exception cref="ObjectDisposedException">The segmenter has been disposed of.</exception>
    public Segmentation Segment(ReadOnlySpan<byte> pixels, int width, int height, int channels) =>
        Segment(pixels, SizeOf(pixels.Length, width, height, channels), channels, byte.MaxValue);

    /// <summary>Segments an image of any size with 16 bit a sample, 65535 being full brightness.</summary>
    /// <inheritdoc cref="Segment(ReadOnlySpan{byte}, int, int, int)"/>
    public Segmentation Segment(ReadOnlySpan<ushort> pixels, int width, int height, int channels) =>
        Segment(pixels, SizeOf(pixels.Length, width, height, channels), channels, ushort.MaxValue);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _isDisposed = true;
            _predictor.Dispose();
            _workers.Dispose();
        }
    }

    private Segmentation Segment<T>(ReadOnlySpan<T> samples, PictureSize own, int channels, float fullScale)
        where T : INumberBase<T>
    {
        (int wanted, int classes) = (_description.Model.Channels, _description.Model.Classes);
        if ((long)own.Height * own.Width * Math.Max(wanted, classes) > Array.MaxLength)
        {
            throw new DataException($"An image of {own} pixels is too large to be segmented at once; cut it into parts.");
        }

        float[] rented = ArrayPool<float>.Shared.Rent(own.Height * own.Width * wanted);
        try
        {
            Span<float> unit = rented.AsSpan(0, own.Height * own.Width * wanted);
            UnitValues.Of(samples, channels, fullScale, unit, wanted);
            PictureSize size = _description.Size ?? own;
            Normalization normalization = _description.Normalization;
            Span<float> image = normalization.ToNetwork(unit, own, size, wanted);
            float[] probabilities = Predict(new Shape(1, size.Height, size.Width, wanted), image);
            return new Segmentation(own, classes, normalization.FromNetwork(probabilities, size, own, classes));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>The part that threads take turns in.</summary>
    private float[] Predict(Shape shape, ReadOnlySpan<float> image)
    {
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _predictor.Predict(shape, image).ToArray();
        }
    }

    private static PictureSize SizeOf(int samples, int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
        {
            throw new ArgumentException(
                $"Pixels have 1 channel (grey), 3 (red, green, blue) or 4 (with transparency), but {channels} came.",
                nameof(channels));
        }

        // As decimals, which no three sizes overflow.
        return samples == (decimal)width * height * channels
            ? new PictureSize(height, width)
            : throw new ArgumentException(
                $"An image of {width}x{height} pixels and {channels} channels has {(decimal)width * height * channels} "
                    + $"samples, but {samples} came.");
    }
}
