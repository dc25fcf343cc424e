using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>A picture on its way from its file to its mask.</summary>
/// <param name="index">How many come before it.</param>
/// <param name="input">The file, or the page of one.</param>
internal sealed class PredictionJob(int index, InputPicture input)
{
    /// <summary>How many come before it.</summary>
    public int Index { get; } = index;

    /// <summary>The file, or the page of one.</summary>
    public InputPicture Input { get; } = input;

    /// <summary>Its rows; null if it cannot be opened.</summary>
    public RowQueue? Picture { get; set; }

    /// <summary>What is assumed of the picture or odd about it; complete when all of it is read.</summary>
    public IReadOnlyList<string> Notes { get; set; } = [];

    /// <summary>Its tiles.</summary>
    public TilePlan? Plan { get; set; }

    /// <summary>Its probabilities, row by row.</summary>
    public RowQueue? Result { get; set; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Size of the picture, once it is open.</summary>
    public PictureSize Size => Picture?.Size ?? default;
}
