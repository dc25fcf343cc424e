using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Models;
using UNetSharp.Training;

namespace UNetSharp.Benchmarks.Accuracy;

/// <summary>Cross-validation on the ISBI 2012 membranes: networks beside each other, and beside PyTorch.</summary>
internal static class AccuracyCommand
{
    private static readonly Option<string> Data =
        new("--data") { Description = "Folder with the training set's image/ and label/", Required = true };

    private static readonly Option<string[]> Networks = new("--networks")
    {
        Description = $"Networks to train: {string.Join(", ", MembraneRecipe.Networks.Keys)}",
        DefaultValueFactory = _ => [.. MembraneRecipe.Networks.Keys],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Epochs = new("--epochs") { DefaultValueFactory = _ => 60 };

    private static readonly Option<int> Folds =
        new("--folds") { Description = "Number of parts", DefaultValueFactory = _ => 5 };

    private static readonly Option<int?> Fold = new("--fold") { Description = "Only this fold, from 0" };

    private static readonly Option<int> TorchFolds = new("--torch-folds")
    {
        Description = "How many folds of the first network PyTorch trains as well, from the first one on",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Threads =
        new("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount };

    public static Command Build()
    {
        Networks.AcceptOnlyFromAmong([.. MembraneRecipe.Networks.Keys]);
        Command command = new("accuracy", "Cross-validation on the ISBI 2012 membranes, with PyTorch beside it.")
        {
            Data, Networks, Epochs, Folds, Fold, TorchFolds, Threads,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        int folds = parsed.GetValue(Folds);
        if (parsed.GetValue(Fold) is { } fold && (fold < 0 || fold >= folds))
        {
            Console.Error.WriteLine($"benchmark: --fold {fold}: there are the folds 0 to {folds - 1}.");
            return 2;
        }

        DataReport report = DataReport.Create(
            DataFolder.Find(parsed.GetRequiredValue(Data)),
            ImageFile.Read,
            new MaskSettings(),
            parsed.GetValue(Threads));
        report.ThrowIfUnusable();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unet-accuracy");
        try
        {
            Console.WriteLine(
                $"{report.Folder.Pairs.Count} images, {parsed.GetValue(Folds)} folds, {parsed.GetValue(Epochs)} "
                + $"epochs, {parsed.GetValue(Threads)} threads");
            string[] networks = parsed.GetRequiredValue(Networks);
            foreach (string network in networks)
            {
                ModelSettings model = MembraneRecipe.Networks[network];
                Compare(network, model, parsed, report, folder.FullName, withTorch: network == networks[0]);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void Compare(
        string network, ModelSettings model, ParseResult parsed, DataReport report, string folder, bool withTorch)
    {
        List<FoldResult> ours = [], theirs = [];
        int folds = parsed.GetValue(Folds), torchFolds = withTorch ? parsed.GetValue(TorchFolds) : 0;
        int threads = parsed.GetValue(Threads);
        foreach (int fold in parsed.GetValue(Fold) is { } only ? [only] : Enumerable.Range(0, folds))
        {
            TrainingSettings settings =
                MembraneRecipe.CreateSettings(model, parsed.GetValue(Epochs), folds, fold, threads);
            ours.Add(OurTrial.Run(settings, report, Path.Combine(folder, $"{network}-{fold}")));
            Print($"{network} fold {fold}", ours[^1]);
            if (fold < torchFolds && BenchmarkProcess.TorchTrainer(threads) is { } torch)
            {
                using (torch)
                {
                    if (torch.Absence is null)
                    {
                        theirs.Add(TorchTrial.Run(torch, settings, report, folder));
                        Print($"PyTorch {torch.Version} fold {fold}", theirs[^1]);
                    }
                    else
                    {
                        Console.WriteLine($"PyTorch is absent: {torch.Absence}");
                    }
                }
            }
        }

        Print($"{network} mean", Mean(ours));
        if (theirs.Count > 0)
        {
            Print($"PyTorch mean of {theirs.Count}", Mean(theirs));
            Print($"{network} mean of the same", Mean(ours[..theirs.Count]));
        }
    }

    private static FoldResult Mean(List<FoldResult> results) => new(
        results.Average(result => result.VRand),
        results.Average(result => result.VInfo),
        results.Average(result => result.Dice),
        results.Average(result => result.PixelError),
        results.Average(result => result.Seconds));

    private static void Print(string name, FoldResult result) => Console.WriteLine(Report.Text(
        $"{name,-28} V-Rand {result.VRand:f4}  V-Info {result.VInfo:f4}  Dice {result.Dice:f4}  ")
        + Report.Text($"pixel error {result.PixelError:f4}  {result.Seconds:f0} s"));
}
