using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Losses;
using UNetSharp.Optimizers;
using UNetSharp.Training;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>Trains a network on a folder of images and masks.</summary>
internal static class TrainCommand
{
    private const string Automatic = "auto";

    private static readonly Option<string> Out =
        new("--out") { Description = "Folder for the results", Required = true };

    private static readonly Option<string> Channels =
        Default("--channels", "auto", "Channels: auto, 1 for grey, 3 for colour, or as many as images have");

    private static readonly Option<string> Classes =
        Default("--classes", "auto", "Number of classes: auto, 1 for one foreground class, or K");

    private static readonly Option<string?> Size =
        new("--size")
        {
            Description = "Bring every image to height x width, for example 256x320 [default: the recipe's]",
        };

    private static readonly Option<int?> Crop = new("--crop") { Description = "Train on random squares of N pixels" };

    private static readonly Option<int> Epochs = Default("--epochs", 50, "How often every image is seen");

    private static readonly Option<int?> Batch =
        new("--batch") { Description = "Images of a step [default: the recipe's; 1]" };

    private static readonly Option<float?> Rate =
        new("--lr")
        {
            Description = "Learning rate [default: the recipe's; rmsprop 1e-5, adam and adamw 1e-3, sgd 1e-2]",
        };

    private static readonly Option<float?> WeightDecay =
        new("--weight-decay") { Description = "[default: rmsprop and sgd 1e-8, adam 0, adamw 1e-2]" };

    private static readonly Option<float?> Momentum =
        new("--momentum") { Description = "For rmsprop and sgd [default: 0.9]" };

    private static readonly Option<string?> Optimizer =
        new("--optimizer") { Description = $"{string.Join(", ", OptimizerCatalog.Names)} [default: the recipe's]" };

    private static readonly Option<string> RecipeName = Default(
        "--recipe",
        "default",
        "default (unet, rmsprop, flips), paper (unet-classic, overlapping tiles, elastic deformation, weight maps, "
            + "dropout, sgd) or rmsprop (narrow decoder, bce, rmsprop 1e-5, batches of 4, 512x512, no validation, best "
            + "by training loss)");

    private static readonly Option<BestBy?> Best = new("--best-by")
    {
        Description = "Which weights are the best: ValidationDice or TrainingLoss [default: the recipe's]",
    };

    private static readonly Option<bool?> WeightMap =
        new("--weight-map")
        {
            Description = "Weigh pixels so that touching objects are kept apart and classes are balanced",
        };

    private static readonly Option<string> LossName =
        Default(
            "--loss",
            Automatic,
            $"auto (the recipe's: bce+dice or ce+dice, bce or ce), {string.Join(", ", LossCatalog.Names)}, or a sum "
                + "such as 0.5*ce+lovasz");

    private static readonly Option<string> Augment = AugmentCommand.CreateOption();

    private const int MaxChannels = 64;

    private static readonly Option<int> Seed =
        Default("--seed", 0, "Chooses starting weights, split, order and augmentation");

    private static readonly Option<int> Threads = CommonOptions.Threads();

    private static readonly Option<bool> Resume =
        new("--resume")
        {
            Description = "Go on with the run in --out, to the same weights as if it had not been broken off",
        };

    private static readonly Option<string?> Cache =
        new("--cache") { Description = "Memory for decoded images, such as 1GB [default: a quarter of what is free]" };

    private static readonly Option<bool> Exact = CommonOptions.Exact();

    private static readonly Option<bool> Json =
        new("--json") { Description = "Print every step and epoch as a line of JSON, and nothing else" };

    public static Command Build()
    {
        Command command = new("train", "Train a network on a folder of images and masks.")
        {
            Out, Channels, Classes, Size, Crop, Epochs, Batch, Rate, WeightDecay, Momentum, Optimizer,
            LossName, RecipeName, Best, WeightMap, Augment, Seed, Threads, Exact, Resume, Cache, Json,
        };
        DataOptions.AddTo(command);
        ModelOptions.AddTo(command);
        SplitOptions.AddTo(command);
        ScheduleOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    private static Option<T> Default<T>(string name, T value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static int Execute(ParseResult parsed)
    {
        // All options are read, and refused if they make no sense, before the data set is.
        TrainingRecipe recipe = ReadRecipe(parsed);
        IReadOnlyList<SplitSettings> splits = SplitOptions.Read(parsed, recipe.ValidationShare);
        TrainingSettings settings = ReadSettings(parsed, recipe, splits[0]);
        int? channels = ReadChannels(parsed);
        int? classes = CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Classes), "--classes");
        long cacheBytes = ReadCacheBytes(parsed);
        bool asJson = parsed.GetValue(Json);
        bool isResumed = parsed.GetValue(Resume);
        string output = parsed.GetRequiredValue(Out);

        DataReport report = DataOptions.Inspect(parsed, classes, channels);
        TextWriter messages = asJson ? Console.Error : Console.Out;
        foreach (string line in report.Lines())
        {
            messages.WriteLine(line);
        }

        report.ThrowIfUnusable();
        if (settings.Size is null && settings.Crop is null)
        {
            report.ThrowIfMixed(settings.BatchSize);
        }

        settings = Fitted(settings, recipe, report, channels);
        SampleCache cache = CreateCache(cacheBytes, report, settings, messages);
        foreach (SplitSettings split in splits)
        {
            WarnAboutValidation(report, split, settings.Seed, messages);
        }

        return splits.Count > 1
            ? TrainFolds(new CrossValidation(settings, splits.Count, report, output)
            {
                IsResumed = isResumed,
                Cache = cache,
                NextSteps = TrainingView.NextSteps,
            }, splits.Count, messages, asJson)
            : TrainOne(new TrainingRun(settings, report, output)
            {
                IsResumed = isResumed,
                Cache = cache,
                NextSteps = TrainingView.NextSteps,
            }, asJson);
    }

    private static int TrainOne(TrainingRun run, bool asJson) =>
        TrainingView.Show(run, asJson).IsDone ? ExitCode.Done : ExitCode.Interrupted;

    private static int TrainFolds(CrossValidation validation, int folds, TextWriter messages, bool asJson)
    {
        CrossValidationResult result = validation.Train((fold, run) =>
        {
            messages.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fold {fold} of {folds}"));
            return TrainingView.Show(run, asJson);
        });
        if (!result.IsDone)
        {
            return ExitCode.Interrupted;
        }

        messages.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"best validation dice over {folds} folds: {result.MeanDice:f4} ± {result.DiceDeviation:f4} ")
            + "(standard deviation)");
        return ExitCode.Done;
    }

    private static long ReadCacheBytes(ParseResult parsed)
    {
        string? text = parsed.GetValue(Cache);
        return text is null ? MemorySize.GetFreeBytes() / 4
            : MemorySize.TryParse(text, out long bytes) ? bytes
            : throw new UsageException($"--cache {text}: give an amount of memory, such as 512MB or 1GB; 0 is none.");
    }

    /// <summary>Makes the cache, and says how much of the data set it will hold.</summary>
    private static SampleCache CreateCache(long budget, DataReport report, TrainingSettings settings, TextWriter output)
    {
        long needed = report.PairInfos.Sum(
            fact => SampleCache.BytesFor(settings.Size ?? fact.Size, settings.Model.Channels));
        output.WriteLine(needed <= budget
            ? $"cache          all images, {MemorySize.Format(needed)} of at most {MemorySize.Format(budget)}"
            : $"cache          {MemorySize.Format(budget)} of {MemorySize.Format(needed)}; the rest is read in every "
                + "epoch");
        return new SampleCache(budget);
    }

    /// <summary>Says whether validation will see images that are trained on, or nothing that counts.</summary>
    private static void WarnAboutValidation(DataReport report, SplitSettings settings, int seed, TextWriter output)
    {
        Split split = Split.Create(report.Folder.Pairs, settings, seed);
        if (report.IsValidationEmpty(split))
        {
            output.WriteLine("note: no validation mask holds foreground, so the validation Dice says nothing and "
                + "cannot choose the best epoch; name other images with --val.");
        }

        DuplicatePair[] leaks = [.. report.FindLeaks(split)];
        if (leaks.Length > 0)
        {
            output.WriteLine(
                $"note: {leaks.Length} images to validate with are trained on, too, or look the same, such "
                + $"as {leaks[0].First.Name} and {leaks[0].Second.Name}: expect a worse score on new images.");
        }
    }

    /// <summary>What the options say, for one channel, one class and a loss that may still be automatic.</summary>
    private static TrainingSettings ReadSettings(ParseResult parsed, TrainingRecipe recipe, SplitSettings split)
    {
        bool isAugmentationGiven = parsed.GetResult(Augment) is { Implicit: false };
        string augmentation = isAugmentationGiven ? parsed.GetRequiredValue(Augment) : recipe.Augmentation;
        int? crop = parsed.GetValue(Crop);
        return ScheduleOptions.Read(parsed, new TrainingSettings(
            ModelOptions.Read(parsed, channels: 1, classes: 1, recipe),
            ReadSize(parsed, recipe),
            crop is { } side ? CommonOptions.AtLeast(16, side, "--crop") : null,
            CommonOptions.AtLeast(1, parsed.GetValue(Epochs), "--epochs"),
            CommonOptions.AtLeast(1, parsed.GetValue(Batch) ?? recipe.BatchSize, "--batch"),
            ReadOptimizer(parsed, recipe.Optimizer),
            ResolveLoss(parsed),
            split,
            AugmentCommand.ParseSettings(augmentation).ToString(),
            parsed.GetValue(Seed),
            CommonOptions.ReadThreads(parsed, Threads),
            parsed.GetValue(Exact))
        {
            BestBy = parsed.GetValue(Best) ?? recipe.BestBy,
            UsesHeInitialization = recipe.UsesHeInitialization,
            UsesWeightMap = parsed.GetValue(WeightMap) ?? recipe.UsesWeightMap,
        });
    }

    private static TrainingRecipe ReadRecipe(ParseResult parsed) => TrainingRecipe.All[
        CommonOptions.RequireOneOf(TrainingRecipe.All.Keys, parsed.GetRequiredValue(RecipeName), "--recipe")];

    /// <summary>The size that is given, or the recipe's unless squares are cut out.</summary>
    private static PictureSize? ReadSize(ParseResult parsed, TrainingRecipe recipe) =>
        parsed.GetValue(Size) is { } size ? CommonOptions.Size(size)
        : parsed.GetValue(Crop) is null ? recipe.Size
        : null;

    /// <summary>The same, for the channels and classes of a data set.</summary>
    private static TrainingSettings Fitted(
        TrainingSettings settings, TrainingRecipe recipe, DataReport report, int? channels)
    {
        int classes = report.Classes!.Classes;
        string loss = settings.Loss != Automatic ? settings.Loss : recipe.Loss(classes);
        RequireLoss(loss, () => LossCatalog.Create(loss, classes));
        return settings with
        {
            Model = settings.Model with { Channels = channels ?? report.Channels, Classes = classes },
            Loss = loss,
        };
    }

    /// <summary>The recipe's optimizer with what is chosen otherwise; its numbers are for itself alone.</summary>
    private static OptimizerSettings ReadOptimizer(ParseResult parsed, OptimizerSettings usual)
    {
        string name = CommonOptions.RequireOneOf(
            OptimizerCatalog.Names, parsed.GetValue(Optimizer) ?? usual.Name, "--optimizer");
        float? rate = parsed.GetValue(Rate);
        if (rate is <= 0)
        {
            throw new UsageException($"--lr {rate}: give a number above 0.");
        }

        OptimizerSettings settings = name == usual.Name ? usual : new OptimizerSettings(name);
        return settings with
        {
            LearningRate = rate ?? settings.LearningRate,
            WeightDecay = parsed.GetValue(WeightDecay) ?? settings.WeightDecay,
            Momentum = parsed.GetValue(Momentum) ?? settings.Momentum,
        };
    }

    private static string ResolveLoss(ParseResult parsed)
    {
        string loss = parsed.GetRequiredValue(LossName);
        if (loss != Automatic)
        {
            RequireLoss(loss, () => LossCatalog.Parse(loss));
        }

        return loss;
    }

    private static void RequireLoss(string loss, Func<object> create)
    {
        try
        {
            create();
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--loss {loss}: {e.Message}");
        }
    }

    private static int? ReadChannels(ParseResult parsed)
    {
        int? channels = CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Channels), "--channels");
        return channels is null or (>= 1 and <= MaxChannels)
            ? channels
            : throw new UsageException($"--channels {channels}: give auto, 1 for grey, 3 for colour, or as many as "
                + $"the images have, up to {MaxChannels}.");
    }
}
