namespace UNetSharp.Workflows;

/// <summary>What an evaluation is at.</summary>
public enum EvaluationStage
{
    /// <summary>Pairs are read, to find those that cannot be scored.</summary>
    Reading,

    /// <summary>Images are segmented and scored.</summary>
    Scoring,

    /// <summary>Images are segmented and scored with the network that is compared.</summary>
    ScoringCompared,
}

/// <summary>How far an evaluation is.</summary>
/// <param name="Stage">What it is at.</param>
/// <param name="Done">Images that are done at this stage.</param>
/// <param name="Count">Images of the stage.</param>
public readonly record struct EvaluationProgress(EvaluationStage Stage, int Done, int Count);
