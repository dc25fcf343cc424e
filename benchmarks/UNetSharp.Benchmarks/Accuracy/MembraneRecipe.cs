using UNetSharp.Data;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Training;

namespace UNetSharp.Benchmarks.Accuracy;

/// <summary>
/// How networks are trained on the membranes of the ISBI 2012 challenge (thirty electron micrographs of 512x512 pixels,
/// Arganda-Carreras et al. 2015, https://doi.org/10.3389/fnana.2015.00142): whole images in batches of two, flips,
/// turns and elastic deformation, Adam on cross entropy with a cosine schedule.
/// </summary>
internal static class MembraneRecipe
{
    /// <summary>The networks that are compared.</summary>
    public static IReadOnlyDictionary<string, ModelSettings> Networks { get; } = new Dictionary<string, ModelSettings>
    {
        ["unet"] = new("unet", Channels: 1, Classes: 1) { BaseChannels = 16 },
        ["unet-add"] = new("unet", Channels: 1, Classes: 1) { BaseChannels = 16, Fusion = SkipFusion.Add },
        ["fcn8s"] = new("fcn8s", Channels: 1, Classes: 1) { BaseChannels = 16 },
    };

    /// <summary>The settings of a fold.</summary>
    public static TrainingSettings CreateSettings(
        ModelSettings model, int epochs, int folds, int fold, int threads) => new(
        model,
        Size: null,
        Crop: null,
        epochs,
        BatchSize: 2,
        new OptimizerSettings("adam", LearningRate: 2e-3f),
        Loss: "bce",
        new SplitSettings(0, null, folds, fold),
        Augmentation: "flips,vflips,turns,elastic=10:0.5,brightness,contrast",
        Seed: 0,
        threads)
        {
            Rate = new LearningRate("cosine", WarmUp: 1),
        };
}
