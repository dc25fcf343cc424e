using System.Buffers;
using System.Numerics;
using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Data.Rows;
using UNetSharp.Inference.Tiling;

namespace UNetSharp.Inference;

/// <summary>
/// Segments pictures with a trained network: brings a picture to the size and channels that the network knows, runs it,
/// and brings the probabilities back to the picture's own size.
/// </summary>
/// <remarks>
/// A picture that takes more than a gigabyte is cut into tiles, see <see cref="Plan"/>. Any thread may call, at any
/// time; what is computed on all threads takes turns, and results do not depend on who else calls. Images of one size
/// are planned once, and then a call that needs no tiles allocates little beside its result. Disposing waits for the
/// call that computes, and frees the network's working memory at once.
/// </remarks>
public sealed class Segmenter : IDisposable
{
    private readonly Lock _planning = new();
    private readonly CpuDevice _device;
    private readonly Predictor _predictor;
    private readonly TilePlanner _planner;
    private readonly NetworkDescription _description;
    private volatile bool _isDisposed;

    /// <summary>Takes a trained network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="threads">Threads to compute on.</param>
    /// <param name="isExact">
    /// Whether convolutions sum up their products as they are defined; else they are faster and differ by rounding.
    /// </param>
    /// <param name="hasSideOutputs">
    /// Whether the side outputs of networks with deep supervision are given too; see <see cref="MapCount"/>.
    /// </param>
    public Segmenter(TrainedNetwork network, int threads, bool isExact = false, bool hasSideOutputs = false)
    {
        _description = network.Description;
        _device = new CpuDevice(threads);
        _predictor = new Predictor(network.Network, _device, isExact, hasSideOutputs, _description.OutputKind);
        _planner = new TilePlanner(network.Network, _description, _predictor);
    }

    /// <summary>
    /// Channels of pictures that the network reads: 1 and 3 fit every picture, others those that have as many.
    /// </summary>
    public int ImageChannels => _description.Model.Channels;

    /// <summary>Number of classes, with the background.</summary>
    public int ClassCount => _description.Masks.ClassCount;

    /// <summary>
    /// Channels of its probabilities: 1 for one foreground class, K for K classes; of K labels that may overlap K + 1,
    /// the first for none of them.
    /// </summary>
    public int Channels => _description.Channels;

    /// <summary>
    /// Maps that it finds in a picture: 1, and the network's side outputs if they were asked for.
    /// </summary>
    public int MapCount => _predictor.MapCount;

    /// <summary>What is white in pictures, and how bright those of the training were; null if nobody knows.</summary>
    public Brightness? Brightness => _description.Brightness;

    /// <summary>What mask values mean to the network.</summary>
    public MaskClasses Masks => _description.Masks;

    /// <summary>Whether the network reads every picture as a whole, at a size of its own, and so in no tiles.</summary>
    public bool RequiresWholeImage => _planner.RequiresWholeImage;

    /// <summary>
    /// Loads a network from a file, or from the folder of a run; see <see cref="TrainedNetwork.Load"/>.
    /// </summary>
    /// <exception cref="Interop.CheckpointException">The file is missing, damaged or of no network that is
    /// known.</exception>
    public static Segmenter Load(
        string path,
        int? threads = null,
        string? model = null,
        bool isExact = false,
        Func<NetworkDescription, NetworkDescription>? describe = null) =>
        new(TrainedNetwork.Load(path, model, describe), threads ?? Environment.ProcessorCount, isExact);

    /// <summary>Segments a picture of any size.</summary>
    /// <param name="picture">Grey or colour; brought to the network's channels.</param>
    /// <returns>Probabilities at the picture's size.</returns>
    /// <exception cref="DataException">Its probabilities are too many for one array; see <see cref="SegmentRows"/>.
    /// </exception>
    /// <exception cref="Interop.CheckpointException">An ONNX network cannot run on an image of this size.</exception>
    /// <exception cref="ObjectDisposedException">The segmenter has been disposed of.</exception>
    public Segmentation Segment(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        SampleReader.RequireChannels("The picture", picture.Channels, ImageChannels);
        Picture seen = picture.WithWhite(_description.Brightness);
        return Segment<float>(
            seen.Samples, new PictureSize(seen.Height, seen.Width), seen.Channels, seen.FullScale);
    }

    /// <summary>Segments a picture in tiles, turned copies or another size, as the settings say.</summary>
    /// <inheritdoc cref="Segment(Picture)"/>
    public Segmentation Segment(Picture picture, SegmentationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(picture);
        PictureSize size = new(picture.Height, picture.Width);
        RequireFitsOneArray(size);
        return SegmentTiles(picture.WithWhite(_description.Brightness), Plan(size, settings));
    }

    /// <summary>Segments an image of any size with 8 bit a sample, 255 being full brightness.</summary>
    /// <param name="pixels">Samples, the channels of a pixel together, pixels by rows from top to bottom.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 for grey, 3 for red, green, blue, 4 for these and a transparency, which is
    /// dropped.</param>
    /// <returns>Probabilities at the image's size.</returns>
    /// <exception cref="ArgumentException">The number of samples does not fit the sizes.</exception>
    /// <exception cref="DataException">Its probabilities are too many for one array; see <see cref="SegmentRows"/>.
    /// </exception>
    /// <exception cref="Interop.CheckpointException">An ONNX network cannot run on an image of this size.</exception>
    /// <exception cref="ObjectDisposedException">The segmenter has been disposed of.</exception>
    public Segmentation Segment(ReadOnlySpan<byte> pixels, int width, int height, int channels) =>
        Segment(pixels, RequireSize(pixels.Length, width, height, channels), channels, byte.MaxValue);

    /// <summary>
    /// Segments an image of any size with 16 bit a sample. Full brightness is what it was in the training, else 65535.
    /// </summary>
    /// <inheritdoc cref="Segment(ReadOnlySpan{byte}, int, int, int)"/>
    public Segmentation Segment(ReadOnlySpan<ushort> pixels, int width, int height, int channels) =>
        Segment(
            pixels,
            RequireSize(pixels.Length, width, height, channels),
            channels,
            _description.Brightness?.White16 ?? ushort.MaxValue);

    /// <summary>Says how a picture will be cut, and what that takes; nothing is computed yet.</summary>
    public TilePlan Plan(PictureSize picture, SegmentationSettings settings)
    {
        lock (_planning)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _planner.Plan(picture, settings);
        }
    }

    /// <summary>
    /// Segments a picture whose rows come one after another. Nothing but the rows at work is in memory: what is
    /// computed is what is read of the result.
    /// </summary>
    /// <param name="picture">The picture; it is disposed with the result.</param>
    /// <param name="plan">Its tiles, from <see cref="Plan"/>.</param>
    /// <param name="progress">Is given how many tiles are done.</param>
    /// <returns>
    /// Probabilities at the picture's own size, (height, width, <see cref="MapCount"/> × <see cref="Channels"/>): those
    /// of the result, then those of each side output.
    /// </returns>
    public RowSource SegmentRows(RowSource picture, TilePlan plan, Action<int>? progress = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Normalization normalization = _description.Normalization;
        RowSource seen = normalization.Resize(new UnitRows(picture, _description.Model.Channels), plan.ScaledSize);
        TilePredictor predictor = new(_predictor, _description, plan.Copies);
        TiledRows tiled = new(seen, plan, predictor, _predictor.Channels, progress);
        return ResizedRows.ResizeAntialiased(tiled, plan.Picture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _predictor.Dispose();
        _device.Dispose();
    }

    private Segmentation Segment<T>(ReadOnlySpan<T> samples, PictureSize originalSize, int channels, float fullScale)
        where T : INumberBase<T>
    {
        RequireFitsOneArray(originalSize);
        TilePlan plan = Plan(originalSize, new SegmentationSettings());
        int wanted = _description.Model.Channels;
        int count = originalSize.Height * originalSize.Width * wanted;
        if (plan.Count > 1)
        {
            float[] unit = new float[count];
            UnitValues.Convert(samples, channels, fullScale, unit, wanted);
            return SegmentTiles(new Picture(originalSize.Width, originalSize.Height, wanted, fullScale: 1, unit), plan);
        }

        float[] rented = ArrayPool<float>.Shared.Rent(count);
        try
        {
            Span<float> unit = rented.AsSpan(0, count);
            UnitValues.Convert(samples, channels, fullScale, unit, wanted);
            return SegmentWhole(unit, originalSize, plan.ScaledSize);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>What <see cref="SegmentRows"/> gives for one tile, with less memory on the way.</summary>
    private Segmentation SegmentWhole(Span<float> pixels, PictureSize originalSize, PictureSize size)
    {
        Normalization normalization = _description.Normalization;
        Span<float> image = normalization.Resize(pixels, originalSize, size, _description.Model.Channels);
        _description.ToNetwork(image);
        float[] probabilities = _predictor.Predict(image, size);
        if (_description.StretchesMaps)
        {
            InputNormalization.Stretch(probabilities, MapCount, Channels);
        }

        return CreateSegmentation(originalSize, size == originalSize
            ? probabilities
            : Resampling.ResizeAntialiased(probabilities, size, originalSize, _predictor.Channels));
    }

    private Segmentation SegmentTiles(Picture picture, TilePlan plan)
    {
        using RowSource rows = SegmentRows(new PictureRows(picture), plan);
        return CreateSegmentation(rows.Size, rows.ReadAll());
    }

    private Segmentation CreateSegmentation(PictureSize size, float[] values) => MapCount == 1
        ? new Segmentation(size, Channels, values)
        : new Segmentation(size, Channels, SelectMap(values, 0))
        {
            SideOutputs =
            [
                .. Enumerable.Range(1, MapCount - 1).Select(
                    map => new Segmentation(size, Channels, SelectMap(values, map))),
            ],
        };

    private float[] SelectMap(ReadOnlySpan<float> values, int map)
    {
        float[] selected = new float[values.Length / MapCount];
        for (int i = 0; i < selected.Length; i += Channels)
        {
            values.Slice((i * MapCount) + (map * Channels), Channels).CopyTo(selected.AsSpan(i));
        }

        return selected;
    }

    private void RequireFitsOneArray(PictureSize size)
    {
        int channels = Math.Max(_description.Model.Channels, _predictor.Channels);
        if ((long)size.Height * size.Width * channels > Array.MaxLength)
        {
            throw new DataException($"An image of {size} pixels is too large for one array; segment it row by row.");
        }
    }

    private PictureSize RequireSize(int samples, int width, int height, int channels)
    {
        int wanted = _description.Model.Channels;
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4) && channels != wanted)
        {
            throw new ArgumentException(
                $"Pixels have 1 channel (grey), 3 (red, green, blue) or 4 (with transparency), or the network's "
                    + $"{wanted}, but {channels} came.",
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
