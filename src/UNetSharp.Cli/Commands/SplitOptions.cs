using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;

namespace UNetSharp.Cli.Commands;

/// <summary>Which images are set aside for validation.</summary>
internal static class SplitOptions
{
    private const string All = "all";

    private static readonly Option<string?> Validation = new("--val")
    {
        Description = "Share of the images to validate with, or a text file with their names, one a line "
            + "[default: those of the data set's own val/; else the recipe's share, 0.1]",
    };

    private static readonly Option<int?> Folds =
        new("--folds") { Description = "Part the images into K folds and validate with one of them" };

    private static readonly Option<string?> Fold = new("--fold")
    {
        Description =
            "The fold to validate with, from 0; all trains a network for each and gives the mean [default: 0]",
    };

    public static void AddTo(Command command)
    {
        command.Add(Validation);
        command.Add(Folds);
        command.Add(Fold);
    }

    /// <summary>Reads the options: one way to part the images, or one for each fold.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="usualShare">Share of the images where none is given.</param>
    /// <exception cref="UsageException">They make no sense.</exception>
    public static IReadOnlyList<SplitSettings> Read(ParseResult parsed, double usualShare)
    {
        SplitSettings whole = parsed.GetValue(Validation) is { } text
            ? ParseValidation(text)
            : new SplitSettings(usualShare, TakesOwn: usualShare > 0);
        string? fold = parsed.GetValue(Fold);
        if (parsed.GetValue(Folds) is not { } folds)
        {
            return fold is null
                ? [whole]
                : throw new UsageException($"--fold {fold}: give the number of folds too, as --folds 5.");
        }

        CommonOptions.AtLeast(2, folds, "--folds");
        if (fold == All)
        {
            return [.. Enumerable.Range(0, folds).Select(index => new SplitSettings(0, null, folds, index))];
        }

        return int.TryParse(fold ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out int one) && one < folds
            ? [new SplitSettings(0, null, folds, one)]
            : throw new UsageException($"--fold {fold}: give a number from 0 to {folds - 1}, or {All}.");
    }

    private static SplitSettings ParseValidation(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share))
        {
            return share < 1
                ? new SplitSettings(share)
                : throw new UsageException($"--val {text}: give a share from 0 to below 1, or a file of names.");
        }

        if (!File.Exists(text))
        {
            throw new UsageException($"--val {text}: is neither a share from 0 to below 1 nor a file of names.");
        }

        string[] names = [.. File.ReadLines(text).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length > 0
            ? new SplitSettings(0, names)
            : throw new UsageException($"--val {text}: the file holds no name.");
    }
}
