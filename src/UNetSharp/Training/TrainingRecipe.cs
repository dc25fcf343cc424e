using UNetSharp.Data;
using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>A way to train that has proved itself, as a whole; every part of it may be chosen otherwise.</summary>
/// <param name="Model">Network in <see cref="ModelCatalog"/>.</param>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Augmentation">Random changes.</param>
public sealed record TrainingRecipe(string Model, OptimizerSettings Optimizer, string Augmentation)
{
    /// <summary>The padded U-Net with batch norm and RMSprop.</summary>
    public static TrainingRecipe Default { get; } = new(UNet.Entry.Name, new OptimizerSettings("rmsprop"), "flips");

    /// <summary>
    /// Ronneberger, Fischer and Brox 2015 (https://arxiv.org/abs/1505.04597, section 3): the unpadded network on
    /// overlapping tiles, elastic deformation, cross entropy with weights that keep touching cells apart (equation 1),
    /// dropout at the end of the way down, stochastic gradient descent with momentum 0.99. The paper names no learning
    /// rate.
    /// </summary>
    public static TrainingRecipe Paper { get; } = new(
        UNetClassic.Entry.Name, new OptimizerSettings("sgd", LearningRate: 1e-3f, Momentum: 0.99f), "paper")
    {
        HasOverlap = false,
        Dropout = 0.5f,
        UsesWeightMap = true,
        UsesHeInitialization = true,
    };

    /// <summary>
    /// The recipe of the widely copied tutorials to the letter: the narrow decoder, binary cross entropy, RMSprop at
    /// 1e-5 with weight decay 1e-8 and momentum 0.9, batches of four images of 512x512, of which a quarter each is as
    /// it was, flipped across, flipped down, and both; no images for validation, and the weights of the lowest training
    /// loss kept.
    /// </summary>
    public static TrainingRecipe RmsProp { get; } = new(
        UNet.Entry.Name,
        new OptimizerSettings("rmsprop", LearningRate: 1e-5f, WeightDecay: 1e-8f, Momentum: 0.9f),
        "flips,vflips")
    {
        Decoder = DecoderWidths.Narrow,
        HasOverlap = false,
        BatchSize = 4,
        Size = new PictureSize(512, 512),
        ValidationShare = 0,
        BestBy = BestBy.TrainingLoss,
    };

    /// <summary>The recipes by name.</summary>
    public static IReadOnlyDictionary<string, TrainingRecipe> All { get; } = new Dictionary<string, TrainingRecipe>
    {
        ["default"] = Default,
        ["paper"] = Paper,
        ["rmsprop"] = RmsProp,
    };

    /// <summary>Widths of the decoder, in networks that have a choice.</summary>
    public DecoderWidths Decoder { get; init; }

    /// <summary>Whether the loss is cross entropy and Dice; else cross entropy alone.</summary>
    public bool HasOverlap { get; init; } = true;

    /// <summary>Images of a step.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Size to bring every pair to; null to leave it.</summary>
    public PictureSize? Size { get; init; }

    /// <summary>Share of the images that are set aside for validation.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>What the best weights are chosen by.</summary>
    public BestBy BestBy { get; init; }

    /// <summary>Share of values that is dropped, in networks that can.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether pixels are weighted by <see cref="WeightMap"/>.</summary>
    public bool UsesWeightMap { get; init; }

    /// <summary>Whether weights start as He et al. have them.</summary>
    public bool UsesHeInitialization { get; init; }

    /// <summary>The loss, for <see cref="Losses.LossCatalog"/>.</summary>
    /// <param name="classes">1 for one foreground class, else the number of classes.</param>
    public string Loss(int classes) => (classes == 1 ? "bce" : "ce") + (HasOverlap ? "+dice" : "");
}
