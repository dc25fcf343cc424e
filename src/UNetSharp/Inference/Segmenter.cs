using UNetSharp.Data;
using UNetSharp.Data.Rows;
using UNetSharp.Execution;
using UNetSharp.Inference.Tiling;

namespace UNetSharp.Inference;

/// <summary>
/// Segments pictures with a trained network: brings a picture to the size and channels that the network knows, runs it,
/// and brings the probabilities back to the picture's own size.
/// </summary>
/// <remarks>Calls from several threads take turns. Disposing frees the memory at once.</remarks>
public sealed class Segmenter : IDisposable
{
    private readonly Lock _turn = new();
    private readonly Workers _workers;
    private readonly Predictor _predictor;
    private readonly TilePlanner _planner;
    private readonly NetworkDescription _description;

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
        _planner = new TilePlanner(network.Network, _description, _predictor);
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

    /// <summary>Whether the network sees every picture as a whole, at a size of its own, and so in no tiles.</summary>
    public bool SeesWholes => _planner.SeesWholes;

    /// <summary>Channels of its probabilities: 1 for one foreground class, K for K classes.</summary>
    public int Channels => _description.Model.Classes;

    /// <summary>Segments a picture of any size; one that would take more than a gigabyte is cut into tiles.</summary>
    public Segmentation Segment(Picture picture) => Segment(picture, new SegmentationSettings());

    /// <summary>Segments a picture of any size.</summary>
    public Segmentation Segment(Picture picture, SegmentationSettings settings)
    {
        using RowSource rows =
            SegmentRows(new PictureRows(picture), Plan(new PictureSize(picture.Height, picture.Width), settings));
        return new Segmentation(rows.Size, rows.Channels, rows.ReadAll());
    }

    /// <summary>Says how a picture will be cut, and what that takes; nothing is computed yet.</summary>
    public TilePlan Plan(PictureSize picture, SegmentationSettings settings)
    {
        lock (_turn)
        {
            return _planner.Plan(picture, settings);
        }
    }

    /// <summary>
    /// Segments a picture whose rows come one after another. Nothing but the rows at work is in memory: what is computed is
    /// what is read of the result.
    /// </summary>
    /// <param name="picture">The picture; it is disposed with the result.</param>
    /// <param name="plan">Its tiles, from <see cref="Plan"/>.</param>
    /// <param name="progress">Is told how many tiles are done.</param>
    /// <returns>Probabilities at the picture's own size, (height, width, <see cref="Channels"/>).</returns>
    public RowSource SegmentRows(RowSource picture, TilePlan plan, Action<int>? progress = null)
    {
        RowSource seen = _description.Normalization.Resized(
            new UnitRows(picture, _description.Model.Channels), plan.Seen);
        TilePredictor predictor = new(_predictor, _description.Normalization, _turn, plan.Copies);
        return _description.Normalization.Resized(
            new TiledRows(seen, plan, predictor, Channels, progress), plan.Picture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _predictor.Dispose();
        _workers.Dispose();
    }
}
