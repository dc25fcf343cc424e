using UNetSharp.Inference;
using UNetSharp.Metrics;

namespace UNetSharp.Training;

/// <summary>Pixels of one validation image, counted by true and predicted class.</summary>
/// <param name="Name">Name of the pair.</param>
/// <param name="Matrix">The counts.</param>
public sealed record ValidatedImage(string Name, ConfusionMatrix Matrix);

/// <summary>What a network does on the validation images, at the size at which it is trained.</summary>
public sealed class ValidationResult
{
    /// <summary>How many pictures of each kind are kept.</summary>
    public const int MaxPictures = 4;

    private readonly List<ValidatedImage> _images = [];
    private readonly List<ScoredPicture> _first = [];
    private readonly List<ScoredPicture> _best = [];
    private readonly List<ScoredPicture> _worst = [];

    internal ValidationResult(int classes) => Pooled = new ConfusionMatrix(classes);

    /// <summary>Every image.</summary>
    public IReadOnlyList<ValidatedImage> Images => _images;

    /// <summary>The pixels of all images.</summary>
    public ConfusionMatrix Pooled { get; }

    /// <summary>Mean over the images of the Dice of their foreground classes.</summary>
    public double MeanDice => _images.Average(image => image.Matrix.MeanForegroundDice);

    /// <summary>Scores of every class over the pixels of all images, without those of boundaries.</summary>
    public IReadOnlyList<ClassScores> Classes =>
    [
        .. Enumerable.Range(0, Pooled.Classes).Select(
            k => ClassScores.FromConfusionMatrix(Pooled, k, hausdorff: null, boundaryF: null)),
    ];

    /// <summary>The first pictures, the same after every epoch, shrunk.</summary>
    public IReadOnlyList<ScoredPicture> First => _first;

    /// <summary>The pictures with the most Dice, the most first, shrunk.</summary>
    public IReadOnlyList<ScoredPicture> Best => _best;

    /// <summary>The pictures with the least Dice, the least first, shrunk.</summary>
    public IReadOnlyList<ScoredPicture> Worst => _worst;

    internal void Add(ValidatedImage image, ScoredPicture picture)
    {
        _images.Add(image);
        Pooled.Add(image.Matrix);
        ScoredPicture small = picture.Downscale();
        if (_first.Count < MaxPictures)
        {
            _first.Add(small);
        }

        Insert(_best, small, (one, other) => one.Dice > other.Dice);
        Insert(_worst, small, (one, other) => one.Dice < other.Dice);
    }

    private static void Insert(
        List<ScoredPicture> pictures, ScoredPicture picture, Func<ScoredPicture, ScoredPicture, bool> isBefore)
    {
        int place = pictures.FindIndex(other => isBefore(picture, other));
        pictures.Insert(place < 0 ? pictures.Count : place, picture);
        if (pictures.Count > MaxPictures)
        {
            pictures.RemoveAt(MaxPictures);
        }
    }
}
