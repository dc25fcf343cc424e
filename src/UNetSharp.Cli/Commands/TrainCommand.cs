using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Losses;
using UNetSharp.Optimizers;
using UNetSharp.Training;

namespace UNetSharp.Cli.Commands;

/// <summary>Trains a network on a folder of images and masks.</summary>
internal static class TrainCommand
{
    private const string Automatic = "auto";

    private static readonly Option<string> Data =
        new("--data") { Description = "Folder with images/ and masks/ or the like", Required = true };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for the results", Required = true };

    private static readonly Option<string> Channels = Default("--channels", "auto", "Channels of the image: auto, 1 or 3");

    private static readonly Option<string> Classes =
        Default("--classes", "auto", "Number of classes: auto, 1 for one foreground class, or K");

    private static readonly Option<string?> Size =
        new("--size") { Description = "Bring every image to height x width, for example 256x320" };

    private static readonly Option<int?> Crop = new("--crop") { Description = "Train on random squares of N pixels" };

    private static readonly Option<int> Epochs = Default("--epochs", 50, "How often every image is seen");

    private static readonly Option<int> Batch = Default("--batch", 1, "Images of a step");

    private static readonly Option<float?> Rate =
        new("--lr") { Description = "Learning rate [default: rmsprop 1e-5, adam and adamw 1e-3, sgd 1e-2]" };

    private static readonly Option<float?> WeightDecay =
        new("--weight-decay") { Description = "[default: rmsprop and sgd 1e-8, adam 0, adamw 1e-2]" };

    private static readonly Option<float?> Momentum =
        new("--momentum") { Description = "For rmsprop and sgd [default: 0.9]" };

    private static readonly Option<string> Optimizer =
        Default("--optimizer", "rmsprop", string.Join(", ", OptimizerCatalog.Names));

    private static readonly Option<string> LossName =
        Default(
            "--loss",
            Automatic,
            $"auto (bce+dice or ce+dice), {string.Join(", ", LossCatalog.Names)}, or a sum such as 0.5*ce+lovasz");

    private static readonly Option<double> ValidationShare =
        Default("--val", 0.1, "Share of the images to validate with");

    private static readonly Option<string> Augment = AugmentCommand.Option();

    private static readonly Option<int> Seed =
        Default("--seed", 0, "Chooses starting weights, split, order and augmentation");

    private static readonly Option<int> Threads = CommonOptions.Threads();

    private static readonly Option<bool> Resume =
        new("--resume") { Description = "Go on with the run in --out, to the same weights as if it had not been broken off" };

    private static readonly Option<bool> Exact = CommonOptions.Exact();

    private static readonly Option<bool> Json =
        new("--json") { Description = "Print every step and epoch as a line of JSON, and nothing else" };

    public static Command Build()
    {
        Command command = new("train", "Train a network on a folder of images and masks.")
        {
            Data, Out, Channels, Classes, Size, Crop, Epochs, Batch, Rate, WeightDecay, Momentum, Optimizer,
            LossName, ValidationShare, Augment, Seed, Threads, Exact, Resume, Json,
        };
        ModelOptions.AddTo(command);
        command.SetAction(parsed => Guard.Run(() => Run(parsed)));
        return command;
    }

    private static Option<T> Default<T>(string name, T value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static int Run(ParseResult parsed)
    {
        RefuseNonsense(parsed);
        int? classes = CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Classes), "--classes");
        DataReport report = DataCommand.Inspect(parsed.GetRequiredValue(Data), classes);
        bool asJson = parsed.GetValue(Json);
        foreach (string line in report.Lines())
        {
            (asJson ? Console.Error : Console.Out).WriteLine(line);
        }

        report.ThrowIfUnusable();
        return TrainingSession.Run(
            SettingsOf(parsed, report), report, parsed.GetRequiredValue(Out), parsed.GetValue(Resume), asJson);
    }

    private static void RefuseNonsense(ParseResult parsed)
    {
        ModelOptions.Read(parsed, channels: 1, classes: 1);
        CommonOptions.OneOf(OptimizerCatalog.Names, parsed.GetRequiredValue(Optimizer), "--optimizer");
        RefuseUnknownLoss(parsed.GetRequiredValue(LossName));
        AugmentCommand.Settings(parsed.GetRequiredValue(Augment));
        CommonOptions.AtLeast(1, parsed.GetValue(Epochs), "--epochs");
        CommonOptions.AtLeast(1, parsed.GetValue(Batch), "--batch");
        CommonOptions.AtLeast(1, parsed.GetValue(Threads), "--threads");
        CommonOptions.AtLeast(16, parsed.GetValue(Crop) ?? 16, "--crop");
        if (parsed.GetValue(ValidationShare) is not (>= 0 and < 1))
        {
            throw new UsageException($"--val {parsed.GetValue(ValidationShare)}: give a share from 0 to below 1.");
        }

        if (parsed.GetValue(Rate) is <= 0)
        {
            throw new UsageException($"--lr {parsed.GetValue(Rate)}: give a number above 0.");
        }
    }

    private static TrainingSettings SettingsOf(ParseResult parsed, DataReport report)
    {
        int classes = report.Classes!.Classes;
        string loss = parsed.GetRequiredValue(LossName);
        return new TrainingSettings(
            ModelOptions.Read(parsed, ChannelsOf(parsed) ?? report.Channels, classes),
            parsed.GetValue(Size) is { } size ? CommonOptions.Size(size) : null,
            parsed.GetValue(Crop),
            parsed.GetValue(Epochs),
            parsed.GetValue(Batch),
            new OptimizerSettings(
                parsed.GetRequiredValue(Optimizer),
                parsed.GetValue(Rate),
                parsed.GetValue(WeightDecay),
                parsed.GetValue(Momentum)),
            LossOf(loss, classes),
            parsed.GetValue(ValidationShare),
            AugmentCommand.Settings(parsed.GetRequiredValue(Augment)).ToString(),
            parsed.GetValue(Seed),
            parsed.GetValue(Threads),
            parsed.GetValue(Exact));
    }

    private static void RefuseUnknownLoss(string name)
    {
        try
        {
            LossCatalog.Parse(name == Automatic ? "dice" : name);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--loss {name}: {e.Message}");
        }
    }

    private static string LossOf(string name, int classes)
    {
        string loss = name != Automatic ? name : classes == 1 ? "bce+dice" : "ce+dice";
        try
        {
            LossCatalog.Create(loss, classes);
            return loss;
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--loss {name}: {e.Message}");
        }
    }

    private static int? ChannelsOf(ParseResult parsed)
    {
        int? channels = CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Channels), "--channels");
        return channels is null or 1 or 3
            ? channels
            : throw new UsageException($"--channels {channels}: give auto, 1 for grey, or 3 for colour.");
    }
}
