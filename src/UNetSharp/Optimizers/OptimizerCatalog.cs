using UNetSharp.Execution;

namespace UNetSharp.Optimizers;

/// <summary>Settings of an optimizer; what is null takes the optimizer's default.</summary>
/// <param name="Name">rmsprop, adam, adamw or sgd.</param>
/// <param name="LearningRate">Factor of every change.</param>
/// <param name="WeightDecay">Pull of every weight towards zero.</param>
/// <param name="Momentum">Share of the last change that is made again; for rmsprop and sgd.</param>
public sealed record OptimizerSettings(
    string Name, float? LearningRate = null, float? WeightDecay = null, float? Momentum = null);

/// <summary>The optimizers by name.</summary>
public static class OptimizerCatalog
{
    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["rmsprop", "adam", "adamw", "sgd"];

    /// <summary>Builds an optimizer for the parameters.</summary>
    /// <exception cref="ArgumentException">There is no optimizer of that name.</exception>
    public static Optimizer Create(
        OptimizerSettings settings, ParameterStore parameters) => settings.Name switch
        {
            "rmsprop" => new RmsProp(
                parameters,
                settings.LearningRate ?? 1e-5,
                settings.WeightDecay ?? 1e-8,
                settings.Momentum ?? 0.9),
            "adam" => Adam.Create(parameters, settings.LearningRate ?? 1e-3, settings.WeightDecay ?? 0),
            "adamw" => Adam.CreateDecoupled(parameters, settings.LearningRate ?? 1e-3, settings.WeightDecay ?? 1e-2),
            "sgd" => new Sgd(
                parameters,
                settings.LearningRate ?? 1e-2,
                settings.WeightDecay ?? 1e-8,
                settings.Momentum ?? 0.9),
            _ => throw new ArgumentException(
                $"There is no optimizer '{settings.Name}'; there are {string.Join(", ", Names)}."),
        };
}
