using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Tensors;

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
    public Segmentation Segment(Picture picture)
    {
        int channels = _description.Model.Channels;
        var own = new PictureSize(picture.Height, picture.Width);
        PictureSize size = _description.Size ?? own;
        float[] image = _description.Normalization.ToNetwork(picture, size, channels);
        var input = new Tensor(new Shape(1, size.Height, size.Width, channels), image);
        int classes = _description.Model.Classes;
        lock (_turn)
        {
            ReadOnlySpan<float> probabilities = _predictor.Predict(input);
            return new Segmentation(
                own, classes, _description.Normalization.FromNetwork(probabilities, size, own, classes));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _predictor.Dispose();
        _workers.Dispose();
    }
}
