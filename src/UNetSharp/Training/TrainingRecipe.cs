using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>A way to train that has proved itself, as a whole; every part of it may be chosen otherwise.</summary>
/// <param name="Model">Network in <see cref="ModelCatalog"/>.</param>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Augmentation">Random changes.</param>
/// <param name="Dropout">Share of values that is dropped, in networks that can.</param>
/// <param name="WeighsPixels">Whether pixels are weighted by <see cref="Data.WeightMap"/>.</param>
/// <param name="StartsByHe">Whether weights start as He et al. have them.</param>
public sealed record TrainingRecipe(
    string Model, OptimizerSettings Optimizer, string Augmentation, float Dropout, bool WeighsPixels, bool StartsByHe)
{
    /// <summary>The padded U-Net with batch norm and the RMSprop with which it is widely trained.</summary>
    public static TrainingRecipe Default { get; } =
        new(UNet.Entry.Name, new OptimizerSettings("rmsprop"), "flips", Dropout: 0, WeighsPixels: false, StartsByHe: false);

    /// <summary>
    /// Ronneberger, Fischer and Brox 2015 (https://arxiv.org/abs/1505.04597, section 3): the unpadded network on overlapping
    /// tiles, elastic deformation, weights that keep touching cells apart, dropout at the end of the way down, stochastic
    /// gradient descent with momentum 0.99. The paper names no learning rate.
    /// </summary>
    public static TrainingRecipe Paper { get; } = new(
        UNetClassic.Entry.Name,
        new OptimizerSettings("sgd", LearningRate: 1e-3f, Momentum: 0.99f),
        "paper",
        Dropout: 0.5f,
        WeighsPixels: true,
        StartsByHe: true);

    /// <summary>The recipes by name.</summary>
    public static IReadOnlyDictionary<string, TrainingRecipe> All { get; } =
        new Dictionary<string, TrainingRecipe> { ["default"] = Default, ["paper"] = Paper };
}
