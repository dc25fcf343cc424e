using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Imaging.Rows;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tests.Imaging;
using UNetSharp.Tests.Training;

namespace UNetSharp.Tests.Cli;

/// <summary>Masks for single pictures, folders and large pictures.</summary>
public sealed class PredictCommandTests
{
    [Fact]
    public void Masks_that_are_done_are_skipped_until_something_changes()
    {
        using DiscData data = new(3);
        string weights = SaveNetwork(data);
        string[] command =
            ["predict", "--weights", weights, "--input", data.In("images"), "--out", data.In("out"), "--json"];

        Assert.Equal(["done", "done", "done"], States(command));
        Assert.Equal(["skipped", "skipped", "skipped"], States(command));

        File.Delete(data.In("out", "disc-1.png"));
        File.SetLastWriteTimeUtc(data.In("images", "disc-2.png"), DateTime.UtcNow.AddSeconds(1));
        Assert.Equal(["done", "done", "skipped"], States(command).Order());

        Assert.Equal(["done", "done", "done"], States([.. command, "--threshold", "0.4"]));
        Assert.Equal(["done", "done", "done"], States([.. command, "--threshold", "0.4", "--again"]));
        SaveNetwork(data, seed: 2);
        Assert.Equal(["done", "done", "done"], States([.. command, "--threshold", "0.4"]));
    }

    [Fact]
    public void A_bad_picture_is_one_line_and_the_rest_goes_on()
    {
        using DiscData data = new(4);
        string bad = data.In("images", "disc-1.png");
        File.WriteAllBytes(bad, File.ReadAllBytes(bad)[..200]);
        File.WriteAllText(data.In("images", "disc-0.png"), "text");

        (int code, string output, string errors) = UnetProgram.Run(
            "predict", "--weights", SaveNetwork(data), "--input", data.In("images"), "--out", data.In("out"),
            "--overlay", "--probabilities");

        Assert.Equal(1, code);
        Assert.Equal($"2 masks in {data.In("out")}, 2 pictures failed", output.Trim());
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"unet: {data.In("images", "disc-0.png")}: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"unet: {bad}: ", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            [
                "disc-2.overlay.png", "disc-2.png", "disc-2.probability.png", "disc-3.overlay.png", "disc-3.png",
                "disc-3.probability.png", "predict.json",
            ],
            Directory.GetFiles(data.In("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_page_of_a_stack_has_a_mask()
    {
        using DiscData data = new(1);
        string stack = data.In("stack.tif");
        File.Copy(Fixtures.GetPath("pages.tif"), stack);
        string weights = SaveNetwork(data);

        Assert.Equal(
            ["done", "done"],
            States(["predict", "--weights", weights, "--input", stack, "--out", data.In("out"), "--json"]));

        using Segmenter segmenter = Segmenter.Load(weights);
        for (int page = 0; page < 2; page++)
        {
            byte[] expected = segmenter.Segment(ImageFile.Read(stack, page)).ComputeClasses();
            Assert.Equal(
                expected.Select(index => index * 255f), ImageFile.Read(data.In("out", $"stack-{page}.png")).Samples);
        }
    }

    [Fact]
    public void A_large_picture_is_segmented_in_tiles()
    {
        using DiscData data = new(1);
        string path = data.In("large.tif");
        using (RowFile file = RowFile.Create(path, new PictureSize(2000, 3000), RowFormat.Grey))
        {
            for (int row = 0; row < 2000; row++)
            {
                file.Write([.. Enumerable.Range(0, 3000).Select(x => (byte)(((x / 40) ^ (row / 40)) * 37))]);
            }

            file.Finish();
        }

        (int code, string output, string errors) = UnetProgram.Run(
            "predict", "--weights", SaveNetwork(data, classes: 3), "--input", path, "--out", data.In("out"),
            "--tile", "256", "--format", "tiff", "--overlay", "--probabilities", "--json");

        Assert.Equal(0, code);
        Assert.Contains("3000x2000 pixels in 176 tiles of 256x256 that share 64", errors, StringComparison.Ordinal);
        using var line = JsonDocument.Parse(output);
        Assert.Equal(3000, line.RootElement.GetProperty("width").GetInt32());
        Assert.Equal(176, line.RootElement.GetProperty("tiles").GetInt32());
        using Segmenter segmenter = Segmenter.Load(data.In("network.safetensors"));
        Segmentation expected = segmenter.Segment(ImageFile.Read(path), new SegmentationSettings(Tile: 256));
        IReadOnlyList<(byte R, byte G, byte B)> colors = ClassColors.FromMaskClasses(segmenter.Masks);
        Assert.Equal(
            expected.ComputeClasses().SelectMany(k => new float[] { colors[k].R, colors[k].G, colors[k].B }),
            ImageFile.Read(data.In("out", "large.tif")).Samples);
        Assert.Equal(
            expected.GetProbability(2).Select(value => MathF.Round(value * 65535)),
            ImageFile.Read(data.In("out", "large.probability-2.tif")).Samples);
        Assert.Equal(3000, ImageFile.Read(data.In("out", "large.overlay.tif")).Width);
    }

    [Theory]
    [InlineData("--tile", "63")]
    [InlineData("--tile", "big")]
    [InlineData("--tile", "64", "--overlap", "33")]
    [InlineData("--overlap", "-1")]
    [InlineData("--tta", "all")]
    [InlineData("--scale", "0")]
    [InlineData("--threshold", "2")]
    [InlineData("--format", "jpeg")]
    public void Wrong_usage_is_one_line_and_exit_code_2(params string[] options)
    {
        using DiscData data = new(1);

        UnetProgram.AssertRefused(
            2,
            options[^2],
            [
                "predict", "--weights", SaveNetwork(data), "--input", data.In("images"), "--out", data.In("out"),
                .. options,
            ]);

        Assert.False(Directory.Exists(data.In("out")));
    }

    [Theory]
    [InlineData("--tile", "64")]
    [InlineData("--overlap", "0")]
    [InlineData("--scale", "2")]
    public void Networks_that_see_wholes_are_not_given_parts(params string[] options)
    {
        using DiscData data = new(1);
        string weights = SaveNetwork(data, size: new PictureSize(16, 16));
        string[] command = ["predict", "--weights", weights, "--input", data.In("images"), "--out", data.In("out")];

        UnetProgram.AssertRefused(2, options[0], [.. command, .. options]);

        Assert.Equal(0, UnetProgram.Run(command).Code);
        Assert.Equal(32, ImageFile.Read(data.In("out", "disc-0.png")).Width);
    }

    private static string[] States(string[] command)
    {
        (int code, string output, _) = UnetProgram.Run(command);
        Assert.Equal(0, code);
        return
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("state").GetString()!),
        ];
    }

    private static string SaveNetwork(DiscData data, int seed = 1, int classes = 1, PictureSize? size = null)
    {
        ModelSettings settings = UNet.Entry.Default with { Channels = 1, Classes = classes, BaseChannels = 2 };
        Dictionary<int, int> values = Enumerable.Range(0, Math.Max(2, classes)).ToDictionary(k => k);
        string path = data.In("network.safetensors");
        new TrainedNetwork(
            ModelCatalog.Create(settings, seed),
            new NetworkDescription(settings, new MaskClasses(classes, values), size)).Save(path);
        return path;
    }
}
