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
/// <param name="ValidationShare">Share of the pairs that is set aside for validation.</param>
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
    double ValidationShare,
    string Augmentation,
    int Seed,
    int Threads,
    bool IsExact = false);
