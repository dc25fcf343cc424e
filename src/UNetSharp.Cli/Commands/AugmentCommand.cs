using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Data.Augmentations;
using UNetSharp.Imaging;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>
/// Draws what augmentation makes of a data set, for a person to check before training: a row for each pair with the
/// original first, then what training with the same seed reads in its first epochs, the mask's outline over each.
/// </summary>
internal static class AugmentCommand
{
    private const string Name = "--augment";
    private const int LinesSide = 256;
    private const int LinesStep = 16;

    private static readonly Option<string> Out =
        new("--out") { Description = "The picture, a PNG file", Required = true };

    private static readonly Option<string> Augment = CreateOption();

    private static readonly Option<int> Count =
        new("--count") { Description = "Augmented versions of every pair", DefaultValueFactory = _ => 5 };

    private static readonly Option<int> Pairs =
        new("--pairs") { Description = "Pairs to show, from the whole set", DefaultValueFactory = _ => 6 };

    private static readonly Option<int?> Crop =
        new("--crop") { Description = "Random squares of N pixels, as in training" };

    private static readonly Option<int> Seed =
        new("--seed") { Description = "The seed of training", DefaultValueFactory = _ => 0 };

    private static readonly Option<bool> Lines =
        new("--lines") { Description = "Add a row with a picture of straight lines, on which every move shows" };

    public static Command Build()
    {
        Command command = new("augment", "Draw what augmentation makes of a data set, with the masks' outlines.")
        {
            Out, Augment, Count, Pairs, Crop, Seed, Lines,
        };
        DataOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    /// <summary>The option as several commands have it.</summary>
    public static Option<string> CreateOption() => new(Name)
    {
        Description = $"Random changes: {AugmentationCatalog.Usage}",
        DefaultValueFactory = _ => "flips",
    };

    /// <summary>Reads the option.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static AugmentationSettings ParseSettings(string text)
    {
        try
        {
            return AugmentationCatalog.Parse(text);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{Name} {text}: {e.Message}");
        }
    }

    private static int Execute(ParseResult parsed)
    {
        AugmentationSettings settings = ParseSettings(parsed.GetRequiredValue(Augment));
        int count = CommonOptions.AtLeast(1, parsed.GetValue(Count), "--count");
        int pairs = CommonOptions.AtLeast(1, parsed.GetValue(Pairs), "--pairs");
        int? crop = parsed.GetValue(Crop) is { } side ? CommonOptions.AtLeast(16, side, "--crop") : null;
        int seed = parsed.GetValue(Seed);
        DataReport report = DataOptions.Inspect(parsed);
        report.ThrowIfUnusable();
        SampleReader reader = new(ImageFile.Read, report.Classes!, report.Channels, size: null, report.Brightness);
        IEnumerable<Sample> samples = EvenSelection.Choose(report.Folder.Pairs, pairs).Select(reader.Read);
        Augmenter augmenter = new(settings);
        (byte[] pixels, PictureSize size) = AugmentationSheet.Draw(
        [
            .. from sample in parsed.GetValue(Lines) ? samples.Prepend(StraightLines(report.Channels)) : samples
               let part = crop is { } n ? new PictureSize(n, n) : sample.Size
               select (IReadOnlyList<Sample>)
               [
                   sample,
                   .. Enumerable.Range(1, count).Select(epoch => augmenter.Augment(sample, part, seed, epoch)),
               ],
        ]);
        string path = parsed.GetRequiredValue(Out);
        ImageFile.WriteColor(path, pixels, size.Width, size.Height);
        Console.WriteLine($"{settings}");
        Console.WriteLine($"originals at the left, then epochs 1 to {count}, in {path}");
        return ExitCode.Done;
    }

    /// <summary>Black lines on grey, and for a mask a bar that stands across a quarter of them.</summary>
    private static Sample StraightLines(int channels)
    {
        PictureSize size = new(LinesSide, LinesSide);
        IEnumerable<(int Row, int Column)> places =
            from row in Enumerable.Range(0, LinesSide)
            from column in Enumerable.Range(0, LinesSide)
            select (row, column);
        return new Sample(
            "lines",
            size,
            channels,
            [
                .. places.SelectMany(at => Enumerable.Repeat(
                    at.Row % LinesStep == 0 || at.Column % LinesStep == 0 ? 0f : 0.75f, channels)),
            ],
            [
                .. places.Select(at => (byte)(at.Row is >= 64 and <= 192 && at.Column is >= 96 and <= 128 ? 1 : 0)),
            ]);
    }
}
