using System.Text.Json.Serialization;
using UNetSharp.Data;
using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>Everything that decides what training does; saved in the run's config.json.</summary>
/// <param name="Model">The network.</param>
/// <param name="Size">Size to bring every pair to, or null to leave it.</param>
/// <param name="Crop">Side of the random square to train on, or null for whole images.</param>
/// <param name="Epochs">How often every image is seen.</param>
/// <param name="BatchSize">Images of a step.</param>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Loss">Name in <see cref="Losses.LossCatalog"/>.</param>
/// <param name="Validation">Which pairs are set aside for validation.</param>
/// <param name="Augmentation">Random changes, for <see cref="Data.Augmentations.AugmentationCatalog"/>.</param>
/// <param name="Seed">Chooses starting weights, split, order and augmentation.</param>
/// <param name="Threads">Threads to compute on.</param>
/// <param name="IsExact">Whether convolutions sum up their products as they are defined; else they are faster.</param>
public sealed record TrainingSettings(
    ModelSettings Model,
    PictureSize? Size,
    int? Crop,
    int Epochs,
    int BatchSize,
    OptimizerSettings Optimizer,
    string Loss,
    SplitSettings Validation,
    string Augmentation,
    int Seed,
    int Threads,
    bool IsExact = false)
{
    /// <summary>How the learning rate changes.</summary>
    public LearningRate Rate { get; init; } = new();

    /// <summary>Whether weights start as He et al. have them; else as PyTorch has them.</summary>
    [JsonPropertyName("StartsByHe")]
    public bool UsesHeInitialization { get; init; }

    /// <summary>Whether pixels are weighted by <see cref="WeightMap"/>, with the classes balanced.</summary>
    [JsonPropertyName("WeighsPixels")]
    public bool UsesWeightMap { get; init; }

    /// <summary>Length to which the vector of all gradients is limited; null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>
    /// Batches whose gradients are averaged for a step, for steps of more images than memory has room for.
    /// </summary>
    [JsonPropertyName("Accumulate")]
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// Decay of the moving average of weights that is validated and saved; null for the weights themselves.
    /// </summary>
    public double? AverageDecay { get; init; }

    /// <summary>What the best weights are chosen by.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<BestBy>))]
    public BestBy BestBy { get; init; }

    /// <summary>Epochs without a better validation score after which training ends; null for all epochs.</summary>
    public int? Patience { get; init; }
}

/// <summary>What the best weights of a run are chosen by.</summary>
public enum BestBy
{
    /// <summary>The highest Dice on the validation images; the newest weights where there are none.</summary>
    ValidationDice,

    /// <summary>The lowest mean loss of an epoch of training.</summary>
    TrainingLoss,
}
