using System.Diagnostics;
using System.Text.Json;
using UNetSharp.Files;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tests.Training;

namespace UNetSharp.Tests.Cli;

/// <summary>Options that make no sense, files that are none, folders that another program is writing to.</summary>
public sealed class MisuseTests
{
    [Theory]
    [InlineData("--lr", "0,001", "write 0.001")]
    [InlineData("--lr", "nan", "finite number")]
    [InlineData("--lr", "inf", "finite number")]
    [InlineData("--size", "-3x32", "-3x32")]
    [InlineData("--epochs", "0", "at least 1")]
    public void Numbers_that_make_no_sense_are_refused_at_once(string option, string value, string mend)
    {
        using DiscData data = new(2);

        (int code, _, string errors) = UnetProgram.Run(
            "train", "--data", data.Root, "--out", data.In("run"), option, value);

        Assert.Equal(2, code);
        Assert.Contains(mend, errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data.In("run")));
    }

    [Fact]
    public void A_pipe_under_the_name_of_a_picture_or_of_weights_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using DiscData data = new(1);
        string pipe = data.In("pipe.png");
        Process.Start("mkfifo", [pipe]).WaitForExit();

        Assert.Contains("a pipe or a device", UnetProgram.AssertRefused(
            1, "pipe.png", ["predict", "--weights", pipe, "--input", data.In("images"), "--out", data.In("out")]),
            StringComparison.Ordinal);
        Assert.Contains("a pipe or a device", UnetProgram.AssertRefused(
            1, "pipe.png", ["predict", "--weights", SaveNetwork(data), "--input", pipe, "--out", data.In("out")]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_program_is_told_that_the_folder_is_in_use()
    {
        using DiscData data = new(2);
        using (FolderLock.Acquire(data.In("out")))
        {
            UnetProgram.AssertRefused(
                1,
                "another program is writing to it (process",
                ["predict", "--weights", SaveNetwork(data), "--input", data.In("images"), "--out", data.In("out")]);
        }

        using (FolderLock.Acquire(data.In("run")))
        {
            string[] train = ["train", "--data", data.Root, "--out", data.In("run"), "--base", "4", "--epochs", "1"];
            (int code, _, string errors) = UnetProgram.Run(train);
            Assert.Equal(1, code);
            Assert.Contains("another program is writing to it (process", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Notes_on_a_picture_are_lines_and_part_of_the_json()
    {
        using DiscData data = new(1);
        float[] samples = new float[32 * 32];
        samples[5] = float.NaN;
        samples[6] = 251;
        string image = data.In("odd.tif");
        using (NetVips.Image vips = NetVips.Image.NewFromMemory(samples, 32, 32, 1, NetVips.Enums.BandFormat.Float))
        {
            vips.Tiffsave(image);
        }

        string[] command =
            ["predict", "--weights", SaveNetwork(data), "--input", image, "--out", data.In("out"), "--again"];
        (int code, _, string errors) = UnetProgram.Run(command);
        Assert.Equal(0, code);
        Assert.Contains(
            $"note: {image}: 1 of its values are no finite numbers (NaN or infinity); 0 stands for them",
            errors,
            StringComparison.Ordinal);
        Assert.Contains("the range 0 to 255 is assumed", errors, StringComparison.Ordinal);

        (_, string output, _) = UnetProgram.Run([.. command, "--json"]);
        using var record = JsonDocument.Parse(output.Split('\n')[0]);
        Assert.Equal(2, record.RootElement.GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public void White_that_is_given_is_used()
    {
        using DiscData data = new(1);
        string wide = data.In("wide.tif");
        string narrow = data.In("narrow.tif");
        ushort[] samples = [.. Enumerable.Range(0, 1024).Select(i => (ushort)(i % 256))];
        Write(wide, [.. samples.Select(value => (ushort)(value * 257))]);
        Write(narrow, [.. samples.Select(value => (ushort)(value * 4))]);
        string weights = SaveNetwork(data);

        Assert.Equal(0, UnetProgram.Run(
            "predict", "--weights", weights, "--input", wide, "--out", data.In("out"), "--probabilities").Code);
        Assert.Equal(0, UnetProgram.Run(
            "predict", "--weights", weights, "--input", narrow, "--out", data.In("out"), "--probabilities",
            "--white", "1020").Code);

        Assert.Equal(
            ImageFile.Read(data.In("out", "wide.probability.png")).Samples,
            ImageFile.Read(data.In("out", "narrow.probability.png")).Samples);

        static void Write(string path, ushort[] values)
        {
            using NetVips.Image vips = NetVips.Image.NewFromMemory(values, 32, 32, 1, NetVips.Enums.BandFormat.Ushort);
            vips.Tiffsave(path);
        }
    }

    private static string SaveNetwork(DiscData data)
    {
        ModelSettings settings = new("unet", 1, 1) { BaseChannels = 4 };
        new TrainedNetwork(ModelCatalog.Create(settings), NetworkDescription.CreateDefault(settings))
            .Save(data.In("weights.safetensors"));
        return data.In("weights.safetensors");
    }
}
