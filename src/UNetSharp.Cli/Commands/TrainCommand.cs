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
        new("--lr") { Description = "Learning rate [default: the recipe's; rmsprop 1e-5, adam and adamw 1e-3, sgd 1e-2]" };

    private static readonly Option<float?> WeightDecay =
        new("--weight-decay") { Description = "[default: rmsprop and sgd 1e-8, adam 0, adamw 1e-2]" };

    private static readonly Option<float?> Momentum =
        new("--momentum") { Description = "For rmsprop and sgd [default: 0.9]" };

    private static readonly Option<string?> Optimizer =
        new("--optimizer") { Description = $"{string.Join(", ", OptimizerCatalog.Names)} [default: the recipe's]" };

    private static readonly Option<string> RecipeName = Default(
        "--recipe",
        "default",
        "default (unet, rmsprop, flips) or paper (unet-classic, overlapping tiles, elastic deformation, weight maps, dropout, sgd)");

    private static readonly Option<bool?> WeightMap =
        new("--weight-map") { Description = "Weigh pixels so that touching objects are kept apart and classes are balanced" };

    private static readonly Option<string> LossName =
        Default(
            "--loss",
            Automatic,
            $"auto (bce+dice or ce+dice), {string.Join(", ", LossCatalog.Names)}, or a sum such as 0.5*ce+lovasz");

    private static readonly Option<string> Augment = AugmentCommand.Option();

    private static readonly Option<int> Seed =
        Default("--seed", 0, "Chooses starting weights, split, order and augmentation");

    private static readonly Option<int> Threads = CommonOptions.Threads();

    private static readonly Option<bool> Resume =
        new("--resume") { Description = "Go on with the run in --out, to the same weights as if it had not been broken off" };

    private static readonly Option<bool> SkipBad = CommonOptions.SkipBad();

    private static readonly Option<string?> Cache =
        new("--cache") { Description = "Memory for decoded images, such as 1GB [default: a quarter of what is free]" };

    private static readonly Option<bool> Exact = CommonOptions.Exact();

    private static readonly Option<bool> Json =
        new("--json") { Description = "Print every step and epoch as a line of JSON, and nothing else" };

    public static Command Build()
    {
        Command command = new("train", "Train a network on a folder of images and masks.")
        {
            Data, Out, Channels, Classes, Size, Crop, Epochs, Batch, Rate, WeightDecay, Momentum, Optimizer,
            LossName, RecipeName, WeightMap, Augment, Seed, Threads, Exact, Resume, SkipBad, Cache, Json,
        };
        ModelOptions.AddTo(command);
        SplitOptions.AddTo(command);
        CourseOptions.AddTo(command);
        command.SetAction(parsed => Guard.Run(() => Run(parsed)));
        return command;
    }

    private static Option<T> Default<T>(string name, T value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static int Run(ParseResult parsed)
    {
        RefuseNonsense(parsed);
        int? classes = CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Classes), "--classes");
        DataReport report = DataCommand.Inspect(parsed.GetRequiredValue(Data), classes, parsed.GetValue(SkipBad));
        bool asJson = parsed.GetValue(Json);
        TextWriter told = asJson ? Console.Error : Console.Out;
        foreach (string line in report.Lines())
        {
            told.WriteLine(line);
        }

        report.ThrowIfUnusable();
        if (parsed.GetValue(Size) is null && parsed.GetValue(Crop) is null)
        {
            report.ThrowIfMixed(parsed.GetValue(Batch));
        }

        TrainingSettings[] runs = [.. SplitOptions.Read(parsed).Select(split => SettingsOf(parsed, report, split))];
        SampleCache cache = CacheOf(parsed, report, runs[0], told);
        Array.ForEach(runs, run => SayLeaks(report, run, told));
        string output = parsed.GetRequiredValue(Out);
        return runs.Length == 1
            ? TrainingSession.Run(runs[0], report, output, parsed.GetValue(Resume), cache, asJson)
            : CrossValidation.Run(runs, report, output, parsed.GetValue(Resume), cache, asJson);
    }

    private static long CacheBytes(ParseResult parsed)
    {
        string? text = parsed.GetValue(Cache);
        return text is null ? MemorySize.Free() / 4 : MemorySize.Parse(text, "--cache");
    }

    /// <summary>Makes the cache, and says how much of the data set it will hold.</summary>
    private static SampleCache CacheOf(
        ParseResult parsed, DataReport report, TrainingSettings settings, TextWriter told)
    {
        long budget = CacheBytes(parsed);
        long needed = report.Facts.Sum(
            fact => SampleCache.BytesOf(settings.Size ?? fact.Size, settings.Model.Channels));
        told.WriteLine(needed <= budget
            ? $"cache          all images, {MemorySize.Text(needed)} of at most {MemorySize.Text(budget)}"
            : $"cache          {MemorySize.Text(budget)} of {MemorySize.Text(needed)}; the rest is read in every epoch");
        return new SampleCache(budget);
    }

    /// <summary>Says whether validation will see images that are trained on.</summary>
    private static void SayLeaks(DataReport report, TrainingSettings settings, TextWriter told)
    {
        Split split = Split.Of(report.Folder.Pairs, settings.Validation, settings.Seed);
        DuplicatePair[] leaks = [.. report.Across(split)];
        if (leaks.Length > 0)
        {
            told.WriteLine($"note: {leaks.Length} images to validate with are trained on, too, or look the same, such "
                + $"as {leaks[0].First.Name} and {leaks[0].Second.Name}: expect a worse score on new images.");
        }
    }

    private static void RefuseNonsense(ParseResult parsed)
    {
        ModelOptions.Read(parsed, channels: 1, classes: 1, RecipeOf(parsed));
        CommonOptions.OneOf(OptimizerCatalog.Names, OptimizerOf(parsed).Name, "--optimizer");
        RefuseUnknownLoss(parsed.GetRequiredValue(LossName));
        AugmentCommand.Settings(AugmentationOf(parsed));
        CommonOptions.AtLeast(1, parsed.GetValue(Epochs), "--epochs");
        CommonOptions.AtLeast(1, parsed.GetValue(Batch), "--batch");
        CommonOptions.AtLeast(1, parsed.GetValue(Threads), "--threads");
        CommonOptions.AtLeast(16, parsed.GetValue(Crop) ?? 16, "--crop");
        SplitOptions.Read(parsed);
        _ = CacheBytes(parsed);
        if (parsed.GetValue(Rate) is <= 0)
        {
            throw new UsageException($"--lr {parsed.GetValue(Rate)}: give a number above 0.");
        }
    }

    private static TrainingSettings SettingsOf(ParseResult parsed, DataReport report, SplitSettings split)
    {
        int classes = report.Classes!.Classes;
        string loss = parsed.GetRequiredValue(LossName);
        return CourseOptions.Read(parsed, new TrainingSettings(
            ModelOptions.Read(parsed, ChannelsOf(parsed) ?? report.Channels, classes, RecipeOf(parsed)),
            parsed.GetValue(Size) is { } size ? CommonOptions.Size(size) : null,
            parsed.GetValue(Crop),
            parsed.GetValue(Epochs),
            parsed.GetValue(Batch),
            OptimizerOf(parsed),
            LossOf(loss, classes),
            split,
            AugmentCommand.Settings(AugmentationOf(parsed)).ToString(),
            parsed.GetValue(Seed),
            parsed.GetValue(Threads),
            parsed.GetValue(Exact))
        {
            StartsByHe = RecipeOf(parsed).StartsByHe,
            WeighsPixels = parsed.GetValue(WeightMap) ?? RecipeOf(parsed).WeighsPixels,
        });
    }

    private static TrainingRecipe RecipeOf(ParseResult parsed) =>
        TrainingRecipe.All[CommonOptions.OneOf(TrainingRecipe.All.Keys, parsed.GetRequiredValue(RecipeName), "--recipe")];

    private static string AugmentationOf(ParseResult parsed) =>
        parsed.GetResult(Augment) is { Implicit: false } ? parsed.GetRequiredValue(Augment) : RecipeOf(parsed).Augmentation;

    /// <summary>The recipe's optimizer with what is chosen otherwise; its numbers are for itself alone.</summary>
    private static OptimizerSettings OptimizerOf(ParseResult parsed)
    {
        OptimizerSettings usual = RecipeOf(parsed).Optimizer;
        string name = parsed.GetValue(Optimizer) ?? usual.Name;
        OptimizerSettings settings = name == usual.Name ? usual : new OptimizerSettings(name);
        return settings with
        {
            LearningRate = parsed.GetValue(Rate) ?? settings.LearningRate,
            WeightDecay = parsed.GetValue(WeightDecay) ?? settings.WeightDecay,
            Momentum = parsed.GetValue(Momentum) ?? settings.Momentum,
        };
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
