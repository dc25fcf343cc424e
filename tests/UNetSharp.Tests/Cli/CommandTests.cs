using System.Text.Json;
using UNetSharp.Imaging;
using UNetSharp.Interop;
using UNetSharp.Tests.Training;

namespace UNetSharp.Tests.Cli;

/// <summary>
/// The program as a user starts it: exit codes, one line for every error, and the files that it leaves.
/// </summary>
public sealed class CommandTests
{
    [Fact]
    public void A_run_that_diverges_says_so_on_its_page_and_keeps_earlier_weights()
    {
        using DiscData data = new(4);

        // One step an epoch: the first one is sound, and after it weights are too large to compute with.
        (int code, _, string errors) = UnetProgram.Run(
            "train", "--data", data.Root, "--out", data.In("run"), "--base", "4", "--batch", "4", "--epochs", "9",
            "--optimizer",
            "sgd", "--lr", "1e30", "--threads", "2");

        Assert.Equal(1, code);
        Assert.StartsWith(
            "unet: The loss became", errors.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Contains(
            "training ended early: The loss became", File.ReadAllText(
                data.In("run", "report.html")), StringComparison.Ordinal);
        Assert.All(
            SafetensorsReader.Read(data.In("run", "last.safetensors")).Tensors.SelectMany(tensor => tensor.Values),
            value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_network_is_trained_used_and_scored()
    {
        using DiscData data = new(6);
        string run = data.In("run");

        (int code, string output, _) = UnetProgram.Run(
            "train", "--data", data.Root, "--out", run, "--base", "4", "--epochs", "60", "--optimizer", "adam", "--lr",
            "2e-2",
            "--batch", "2", "--augment", "none", "--threads", "2");
        Assert.Equal(0, code);
        Assert.Contains("best validation dice", output, StringComparison.Ordinal);

        Assert.Equal(0, UnetProgram.Run(
            "predict", "--weights", run, "--input", data.In("images"), "--out", data.In("out"), "--overlay",
            "--probabilities").Code);
        Assert.Equal(18, Directory.GetFiles(data.In("out"), "*.png").Length);
        Assert.Equal([0f, 255f], ImageFile.Read(data.In("out", "disc-0.png")).Samples.Distinct().Order());

        (code, output, _) = UnetProgram.Run("evaluate", "--weights", run, "--data", data.Root, "--json");
        Assert.Equal(0, code);
        using var scores = JsonDocument.Parse(output);
        Assert.InRange(scores.RootElement.GetProperty("meanDice").GetDouble(), 0.8, 1);
        Assert.Equal(6, scores.RootElement.GetProperty("images").GetArrayLength());
    }

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("--size", "large")]
    [InlineData("--loss", "hinge")]
    [InlineData("--loss", "ce")]
    [InlineData("--optimizer", "lion")]
    [InlineData("--channels", "65")]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "many")]
    [InlineData("--lr", "0")]
    [InlineData("--val", "1")]
    [InlineData("--augment", "flips,spin")]
    [InlineData("--cache", "much")]
    [InlineData("--cache", "1XB")]
    public void Wrong_usage_is_one_line_and_exit_code_2(params string[] options)
    {
        using DiscData data = new(2);

        UnetProgram.AssertRefused(2, options[0], ["train", "--data", data.Root, "--out", data.In("run"), .. options]);

        Assert.False(Directory.Exists(data.In("run")));
    }

    [Fact]
    public void What_augmentation_does_is_drawn()
    {
        using DiscData data = new(3);
        string sheet = data.In("sheet.png");

        (int code, string output, _) = UnetProgram.Run(
            "augment", "--data", data.Root, "--out", sheet, "--augment", "paper,noise", "--count", "2", "--lines");

        Assert.Equal(0, code);
        Assert.Contains("elastic=10:1", output, StringComparison.Ordinal);
        Assert.Equal(8 + (3 * 264), ImageFile.Read(sheet).Width);
        Assert.Equal(8 + (4 * 264), ImageFile.Read(sheet).Height);
        UnetProgram.AssertRefused(2, "'spin'", ["augment", "--data", data.Root, "--out", sheet, "--augment", "spin"]);
    }

    [Fact]
    public void A_folder_without_images_is_refused()
    {
        using DiscData data = new(1);

        UnetProgram.AssertRefused(1, "no images with masks", ["data", data.In("images")]);
    }

    [Fact]
    public void An_image_without_its_mask_is_refused_by_name()
    {
        using DiscData data = new(3);
        File.Delete(data.In("masks", "disc-1.png"));

        UnetProgram.AssertRefused(
            1, data.In("images", "disc-1.png"), ["train", "--data", data.Root, "--out", data.In("run")]);
    }

    [Fact]
    public void A_truncated_image_is_refused_by_name()
    {
        using DiscData data = new(3);
        string file = data.In("images", "disc-2.png");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..200]);

        UnetProgram.AssertRefused(1, file, ["train", "--data", data.Root, "--out", data.In("run")]);
    }

    [Fact]
    public void A_bad_pair_can_be_left_out()
    {
        using DiscData data = new(4);
        string file = data.In("images", "disc-2.png");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..200]);

        (int code, string output, _) = UnetProgram.Run(
            "train", "--data", data.Root, "--out", data.In("run"), "--base", "4", "--epochs", "1", "--skip-bad");

        Assert.Equal(0, code);
        Assert.Contains("pairs          3", output, StringComparison.Ordinal);
        Assert.Contains($"left out: {file}: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_in_the_cache_and_from_the_disk_give_the_same_weights()
    {
        using DiscData data = new(5);
        foreach (string cache in new[] { "0", "10KB", "1GB" })
        {
            (int code, string output, _) = UnetProgram.Run(
                "train", "--data", data.Root, "--out", data.In(cache), "--base", "4", "--epochs", "3", "--batch", "2",
                "--cache", cache);

            Assert.Equal(0, code);
            string said = cache == "1GB" ? "cache          all images, 25 KB" : "of 25 KB; the rest";
            Assert.Contains(said, output, StringComparison.Ordinal);
            Assert.Equal(
                File.ReadAllBytes(data.In("0", "last.safetensors")),
                File.ReadAllBytes(data.In(cache, "last.safetensors")));
        }
    }

    [Fact]
    public void Several_sizes_in_one_batch_are_refused_before_anything_is_written()
    {
        using DiscData data = new(3);
        ImageFile.WriteGrey(data.In("images", "disc-1.png"), new byte[20 * 10], 20, 10);
        ImageFile.WriteGrey(data.In("masks", "disc-1.png"), new byte[20 * 10], 20, 10);

        UnetProgram.AssertRefused(
            1,
            data.In("images", "disc-1.png"),
            ["train", "--data", data.Root, "--out", data.In("run"), "--batch", "2"]);

        Assert.False(Directory.Exists(data.In("run")));
    }

    [Fact]
    public void Classes_have_names_and_pairs_are_drawn()
    {
        using DiscData data = new(3);
        File.WriteAllText(data.In("classes.json"), """{"ground": "#000000", "disc": [255, 255, 255]}""");
        string sheet = data.In("sheet.png");

        (int code, string output, _) = UnetProgram.Run("data", data.Root, "--sheet", sheet);

        Assert.Equal(0, code);
        Assert.Contains("classes        ground and disc", output, StringComparison.Ordinal);
        Assert.Equal((8 + (3 * 264), 8 + 264), (ImageFile.Read(sheet).Width, ImageFile.Read(sheet).Height));
    }

    [Fact]
    public void Unknown_pixels_count_nowhere_and_classes_are_scored_by_name()
    {
        using DiscData data = new(4);
        File.WriteAllText(data.In("classes.json"), """{"ground": 0, "disc": 255, "ignore": 7}""");
        byte[] mask = new byte[32 * 32];
        mask.AsSpan(0, 400).Fill(7);
        mask.AsSpan(400, 100).Fill(255);
        foreach (string file in Directory.GetFiles(data.In("masks")))
        {
            ImageFile.WriteGrey(file, mask, 32, 32);
        }

        Assert.Equal(0, UnetProgram.Run(
            "train", "--data", data.Root, "--out", data.In("run"), "--base", "4", "--epochs", "1",
            "--val", "0.5").Code);
        (int code, string output, _) = UnetProgram.Run("evaluate", "--weights", data.In("run"), "--data", data.Root);

        Assert.Equal(0, code);
        Assert.Contains(" disc ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused_with_both_sizes()
    {
        using DiscData data = new(3);
        ImageFile.WriteGrey(data.In("masks", "disc-0.png"), new byte[20 * 10], 20, 10);

        string line = UnetProgram.AssertRefused(
            1, data.In("masks", "disc-0.png"), ["train", "--data", data.Root, "--out", data.In("run")]);

        Assert.Contains("20x10", line, StringComparison.Ordinal);
        Assert.Contains("32x32", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_odd_value_in_a_mask_is_refused_by_name()
    {
        using DiscData data = new(3);
        byte[] mask = new byte[32 * 32];
        (mask[40], mask[41]) = (255, 7);
        ImageFile.WriteGrey(data.In("masks", "disc-1.png"), mask, 32, 32);

        string line = UnetProgram.AssertRefused(
            1, data.In("masks", "disc-1.png"), ["train", "--data", data.Root, "--out", data.In("run")]);

        Assert.Contains("the value 7 (1 pixel first at (9, 1))", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_none_are_refused_by_name()
    {
        using DiscData data = new(1);
        string file = data.In("images", "disc-0.png");

        UnetProgram.AssertRefused(1, file, ["predict", "--weights", file, "--input", file, "--out", data.In("out")]);
        UnetProgram.AssertRefused(
            1, "no such file", ["predict", "--weights", "nowhere", "--input", file, "--out", data.In("out")]);
    }
}
