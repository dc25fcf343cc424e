using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>What happened to a picture.</summary>
public enum PredictionState
{
    /// <summary>Its mask was there already.</summary>
    Skipped,

    /// <summary>It is open, and is going to be computed.</summary>
    Started,

    /// <summary>A tile of it, or the whole, is computed.</summary>
    Computing,

    /// <summary>Its mask, and all else that is wanted, is in its place.</summary>
    Done,

    /// <summary>It cannot be read, computed or written; nothing of it is left.</summary>
    Failed,
}

/// <summary>How far a prediction is.</summary>
/// <param name="State">What happened.</param>
/// <param name="Picture">To which picture.</param>
/// <param name="Mask">File of its mask.</param>
/// <param name="Index">How many pictures come before it; of those that are skipped none counts.</param>
/// <param name="Count">Pictures in all, without those that are skipped.</param>
public sealed record PredictionProgress(PredictionState State, InputPicture Picture, string Mask, int Index, int Count)
{
    /// <summary>Size of the picture, once it is open.</summary>
    public PictureSize Size { get; init; }

    /// <summary>Its tiles, once it is started.</summary>
    public TilePlan? Plan { get; init; }

    /// <summary>Tiles that are computed.</summary>
    public int TilesDone { get; init; }

    /// <summary>Bytes that the whole program takes while the picture is computed, about; when it starts.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The most bytes that its files can take; they are compressed, so it will be less; when it
    /// starts.</summary>
    public long MaxDiscBytes { get; init; }

    /// <summary>What is assumed of the picture or odd about it, a line each; when it is done.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What went wrong; null if nothing did.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Part of all pictures that is computed, 0 to 1.</summary>
    public double Share => (Index + ((double)TilesDone / (Plan?.Count ?? 1))) / Math.Max(1, Count);
}
