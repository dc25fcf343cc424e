using System.CommandLine;
using UNetSharp.Training;

namespace UNetSharp.Cli.Commands;

/// <summary>
/// How training goes its way: the learning rate's course, what limits and averages steps, when it ends.
/// </summary>
internal static class ScheduleOptions
{
    private static readonly Option<string> Schedule = new("--schedule")
    {
        Description = $"Course of the learning rate: {string.Join(", ", LearningRate.Schedules)}",
        DefaultValueFactory = _ => LearningRate.Schedules[0],
    };

    private static readonly Option<double> WarmUp =
        new("--warm-up") { Description = "Epochs at the start in which the learning rate rises from 0" };

    private static readonly Option<double?> Clip =
        new("--clip") { Description = "Limit the length of the gradient, for example to 1" };

    private static readonly Option<int> Accumulate = new("--accumulate")
    {
        Description = "Batches of a step, where memory does not hold a larger one",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double?> Ema =
        new("--ema")
        {
            Description = "Validate and save a moving average of the weights with this decay, for example 0.99",
        };

    private static readonly Option<int?> Patience =
        new("--patience") { Description = "End after N epochs without a better validation score" };

    public static void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Schedule, WarmUp, Clip, Accumulate, Ema, Patience })
        {
            command.Add(option);
        }
    }

    /// <summary>Puts the options into settings.</summary>
    /// <exception cref="UsageException">They make no sense.</exception>
    public static TrainingSettings Read(ParseResult parsed, TrainingSettings settings)
    {
        string schedule =
            CommonOptions.RequireOneOf(LearningRate.Schedules, parsed.GetRequiredValue(Schedule), "--schedule");
        double warmUp = parsed.GetValue(WarmUp);
        double? clip = parsed.GetValue(Clip);
        double? decay = parsed.GetValue(Ema);
        int? patience = parsed.GetValue(Patience);
        CommonOptions.AtLeast(1, patience ?? 1, "--patience");
        Require(warmUp >= 0 && warmUp < settings.Epochs, $"--warm-up {warmUp}: give epochs from 0 to below --epochs.");
        Require(clip is null or > 0, $"--clip {clip}: give a number above 0.");
        Require(decay is null or (> 0 and < 1), $"--ema {decay}: give a decay between 0 and 1.");
        Require(
            settings.Validation is not { Share: 0, Names: null, Folds: 0 }
                || (patience is null && schedule != LearningRate.Plateau),
            "--patience and --schedule plateau go by the validation score: leave images for it by --val.");
        return settings with
        {
            Rate = new LearningRate(schedule, warmUp),
            ClipNorm = clip,
            AccumulationSteps = CommonOptions.AtLeast(1, parsed.GetValue(Accumulate), "--accumulate"),
            AverageDecay = decay,
            Patience = patience,
        };
    }

    private static void Require(bool isSensible, string message)
    {
        if (!isSensible)
        {
            throw new UsageException(message);
        }
    }
}
