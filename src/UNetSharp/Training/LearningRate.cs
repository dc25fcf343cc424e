namespace UNetSharp.Training;

/// <summary>How the learning rate changes in the course of training.</summary>
/// <param name="Schedule">
/// constant; poly, (1 − p)^0.9 (Liu et al. 2015, https://arxiv.org/abs/1506.04579); cosine, (1 + cos πp) / 2
/// (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983); or plateau, a tenth whenever the validation score
/// has stood still. p runs from 0 to 1 behind the warm-up.
/// </param>
/// <param name="WarmUp">Epochs at the start in which the rate rises evenly from 0.</param>
/// <param name="Patience">Epochs without a better score that a plateau takes.</param>
public sealed record LearningRate(string Schedule = LearningRate.Constant, double WarmUp = 0, int Patience = 5)
{
    /// <summary>The schedule that lowers the rate when the score stands still.</summary>
    public const string Plateau = "plateau";

    private const string Constant = "constant";
    private const double PolyPower = 0.9;
    private const double PlateauFactor = 0.1;

    /// <summary>Every schedule.</summary>
    public static IReadOnlyList<string> Schedules { get; } = [Constant, "poly", "cosine", Plateau];

    /// <summary>Whether the rate depends on how many epochs there will be.</summary>
    internal bool DependsOnEpochs => Schedule is not (Constant or Plateau);

    /// <summary>What the rate is multiplied by in a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="epochs">Epochs in all.</param>
    /// <param name="plateaus">How often the score has stood still.</param>
    /// <exception cref="ArgumentException">There is no schedule of that name.</exception>
    public double Factor(long step, int stepsPerEpoch, int epochs, int plateaus)
    {
        double warmUp = WarmUp * stepsPerEpoch;
        double rest = Math.Max(1, ((double)epochs * stepsPerEpoch) - warmUp);
        double p = Math.Clamp((step - warmUp) / rest, 0, 1);
        double factor = Schedule switch
        {
            Constant => 1,
            "poly" => Math.Pow(1 - p, PolyPower),
            "cosine" => (1 + Math.Cos(Math.PI * p)) / 2,
            Plateau => Math.Pow(PlateauFactor, plateaus),
            _ =>
                throw new ArgumentException(
                    $"There is no schedule '{Schedule}'; there are {string.Join(", ", Schedules)}."),
        };
        return warmUp > 0 ? factor * Math.Min(1, (step + 1) / warmUp) : factor;
    }
}
