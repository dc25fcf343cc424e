using System.CommandLine;
using UNetSharp.Cli.Prediction;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Commands;

/// <summary>Writes a mask for every picture.</summary>
internal static class PredictCommand
{
    private const int LeastTile = 64;
    private const double LeastScale = 0.01;
    private const double MostScale = 16;

    private static readonly Dictionary<string, TestTimeAugmentation> Augmentations = new()
    {
        ["none"] = TestTimeAugmentation.None,
        ["flips"] = TestTimeAugmentation.Flips,
        ["d4"] = TestTimeAugmentation.D4,
    };

    private static readonly Dictionary<string, string> Extensions = new() { ["png"] = ".png", ["tiff"] = ".tif" };

    private static readonly Option<string> Weights = CommonOptions.Weights();

    private static readonly Option<string> Input =
        new("--input") { Description = "A picture, or a folder of pictures; of a TIFF file every page", Required = true };

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
        Description = "The network sees pictures this much larger; results have the picture's size",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> Again = new("--again")
    {
        Description = "Do pictures that are done too. In a folder, those are skipped whose mask is newer than the "
            + $"picture and was made with the same weights and options, by {PredictionRecord.FileName} beside the masks",
    };

    private static readonly Option<bool> Json =
        new("--json") { Description = "Print a line of JSON for every picture, and nothing else" };

    private static readonly Option<int> Threads = CommonOptions.Threads();

    private static readonly Option<bool> Exact = CommonOptions.Exact();

    public static Command Build()
    {
        Command command = new("predict", "Write a mask for every picture: 0 and 255, or class indices.")
        {
            Weights, Input, Out, Format, Threshold, WithOverlay, WithProbabilities, Tile, Overlap, Tta, Scale,
            Again, Json, Threads, Exact,
        };
        ObjectOptions.AddTo(command);
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => Guard.Run(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        SegmentationSettings settings = SettingsOf(parsed);
        PredictionOutputs outputs = new(
            parsed.GetRequiredValue(Out),
            Extensions[CommonOptions.OneOf(Extensions.Keys, parsed.GetRequiredValue(Format), "--format")],
            parsed.GetValue(WithOverlay),
            parsed.GetValue(WithProbabilities),
            ObjectOptions.Of(parsed));
        float threshold = parsed.GetValue(Threshold) is >= 0 and <= 1 and float share
            ? share
            : throw new UsageException($"--threshold {parsed.GetValue(Threshold)}: give a probability from 0 to 1.");
        int threads = CommonOptions.AtLeast(1, parsed.GetValue(Threads), "--threads");
        PredictionInput input = PredictionInput.Of(parsed.GetRequiredValue(Input), ImageFile.CountPages);
        outputs.RefuseOverwriting(input.Pictures);

        string weights = parsed.GetRequiredValue(Weights);
        using Segmenter segmenter =
            new(WeightsOptions.Load(parsed, weights), threads, parsed.GetValue(Exact));
        if (segmenter.SeesWholes && (settings.Tile ?? settings.Overlap) is not null)
        {
            throw new UsageException(
                "--tile and --overlap: this network sees every picture as a whole; leave them out.");
        }

        if (segmenter.SeesWholes && settings.Scale != 1)
        {
            throw new UsageException("--scale: this network sees every picture at its own size; leave it out.");
        }

        Directory.CreateDirectory(outputs.Folder);
        var record = PredictionRecord.Open(outputs.Folder, new PredictionRecord.Contents(
            PredictionRecord.Contents.HashOf(TrainedNetwork.FileOf(weights)),
            WeightsOptions.Given(parsed),
            input.Folder,
            settings,
            threshold,
            parsed.GetValue(Exact),
            outputs));
        bool isOneFile = outputs.Objects.Polygons == ObjectSettings.Coco; // of all pictures, so all are done
        bool isResumed = input.IsSeveral && !isOneFile && !parsed.GetValue(Again);
        PredictionSession session = new(segmenter, outputs, settings, threshold, parsed.GetValue(Json));
        return session.Run([.. input.Pictures.Select(
            picture => (picture, IsDone: isResumed && record.IsDone(picture.Path, outputs.Mask(picture))))]);
    }

    private static SegmentationSettings SettingsOf(ParseResult parsed)
    {
        int? tile = CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Tile), "--tile");
        int? overlap = parsed.GetRequiredValue(Overlap) == "0"
            ? 0
            : CommonOptions.AutoOrNumber(parsed.GetRequiredValue(Overlap), "--overlap");
        if (tile is { } side)
        {
            CommonOptions.AtLeast(LeastTile, side, "--tile");
            if (overlap > side / 2)
            {
                throw new UsageException($"--overlap {overlap}: give at most half of --tile {side}.");
            }
        }

        double scale = parsed.GetValue(Scale);
        return scale is >= LeastScale and <= MostScale
            ? new SegmentationSettings(
                tile,
                overlap,
                Augmentations[CommonOptions.OneOf(Augmentations.Keys, parsed.GetRequiredValue(Tta), "--tta")],
                scale)
            : throw new UsageException($"--scale {scale}: give a number from {LeastScale} to {MostScale}.");
    }
}
