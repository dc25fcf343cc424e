using System.CommandLine;
using UNetSharp.Inference;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>Writes a mask for every picture.</summary>
internal static class PredictCommand
{
    private const int MinTile = 64;
    private const double MinScale = 0.01;
    private const double MaxScale = 16;

    private static readonly Dictionary<string, TestTimeAugmentation> Augmentations = new()
    {
        ["none"] = TestTimeAugmentation.None,
        ["flips"] = TestTimeAugmentation.Flips,
        ["d4"] = TestTimeAugmentation.D4,
    };

    private static readonly Dictionary<string, PictureFormat> Formats =
        new() { ["png"] = PictureFormat.Png, ["tiff"] = PictureFormat.Tiff };

    private static readonly Option<string> Weights = CommonOptions.Weights();

    private static readonly Option<string> Input =
        new("--input")
        {
            Description = "A picture, or a folder of pictures; of a TIFF file every page",
            Required = true,
        };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for the masks", Required = true };

    private static readonly Option<float> Threshold = new("--threshold")
    {
        Description = "Probability above which a pixel is foreground",
        DefaultValueFactory = _ => 0.5f,
    };

    private static readonly Option<bool> WithOverlay =
        new("--overlay") { Description = "Also write NAME.overlay, the mask drawn over the picture" };

    private static readonly Option<bool> WithProbabilities = new("--probabilities")
    {
        Description = "Also write NAME.probability, 16 bit, for each class but the background",
    };

    private static readonly Option<bool> WithSideOutputs = new("--side-outputs")
    {
        Description = "Also write NAME.side1 and so on, 16 bit: the side outputs of U²-Net, or of UNet++",
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = "What is written: png or tiff",
        DefaultValueFactory = _ => "png",
    };

    private static readonly Option<string> Tile = new("--tile")
    {
        Description = "Side of the tiles into which larger pictures are cut, rounded up to a multiple of 32; auto: "
            + "only what would take more than 1 GB is cut",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> Overlap = new("--overlap")
    {
        Description = "Pixels that neighbouring tiles share, at most half a tile; auto: none for unpadded networks, "
            + "else a quarter of the tile and at most 128",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> Tta = new("--tta")
    {
        Description = "Average over mirrored (flips, 4 runs) or turned and mirrored (d4, 8 runs) pictures; none",
        DefaultValueFactory = _ => "none",
    };

    private static readonly Option<double> Scale = new("--scale")
    {
        Description = "The network reads pictures this much larger; results have the picture's size",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> Again = new("--again")
    {
        Description = "Do pictures that are done too. In a folder, those are skipped whose mask is newer than the "
            + "picture and was made with the same weights and options, by predict.json beside the masks",
    };

    private static readonly Option<bool> Json =
        new("--json") { Description = "Print a line of JSON for every picture, and nothing else" };

    private static readonly Option<int> Threads = CommonOptions.Threads();

    private static readonly Option<bool> Exact = CommonOptions.Exact();

    public static Command Build()
    {
        Command command = new("predict", "Write a mask for every picture: 0 and 255, or class indices.")
        {
            Weights, Input, Out, Format, Threshold, WithOverlay, WithProbabilities, WithSideOutputs, Tile, Overlap, Tta,
            Scale, Again, Json, Threads, Exact,
        };
        ObjectOptions.AddTo(command);
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed) =>
        new PredictionView(ReadSettings(parsed), parsed.GetValue(Json)).Execute();

    private static PredictionSettings ReadSettings(ParseResult parsed)
    {
        float threshold = parsed.GetValue(Threshold);
        string format = CommonOptions.RequireOneOf(Formats.Keys, parsed.GetRequiredValue(Format), "--format");
        return new PredictionSettings(
            parsed.GetRequiredValue(Weights), parsed.GetRequiredValue(Input), parsed.GetRequiredValue(Out))
        {
            Load = weights => WeightsOptions.Load(parsed, weights),
            Format = Formats[format],
            Threshold = threshold is >= 0 and <= 1
                ? threshold
                : throw new UsageException($"--threshold {threshold}: give a probability from 0 to 1."),
            Segmentation = ReadSegmentation(parsed),
            HasOverlay = parsed.GetValue(WithOverlay),
            HasProbabilities = parsed.GetValue(WithProbabilities),
            HasSideOutputs = parsed.GetValue(WithSideOutputs),
            Objects = ObjectOptions.Read(parsed),
            IsExact = parsed.GetValue(Exact),
            Threads = CommonOptions.ReadThreads(parsed, Threads),
            RepeatsDone = parsed.GetValue(Again),
        };
    }

    private static SegmentationSettings ReadSegmentation(ParseResult parsed)
    {
        int? tile = CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Tile), "--tile");
        string shared = parsed.GetRequiredValue(Overlap);
        int? overlap = shared == "0" ? 0 : CommonOptions.AutoOrNumber(shared, "--overlap");
        if (tile is { } side)
        {
            CommonOptions.AtLeast(MinTile, side, "--tile");
            if (overlap > side / 2)
            {
                throw new UsageException($"--overlap {overlap}: give at most half of --tile {side}.");
            }
        }

        string copies = CommonOptions.RequireOneOf(Augmentations.Keys, parsed.GetRequiredValue(Tta), "--tta");
        double scale = parsed.GetValue(Scale);
        return scale is >= MinScale and <= MaxScale
            ? new SegmentationSettings(tile, overlap, Augmentations[copies], scale)
            : throw new UsageException($"--scale {scale}: give a number from {MinScale} to {MaxScale}.");
    }
}
