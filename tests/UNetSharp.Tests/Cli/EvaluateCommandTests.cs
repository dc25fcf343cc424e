using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Tests.Training;
using UNetSharp.Training;

namespace UNetSharp.Tests.Cli;

/// <summary>Which images are scored.</summary>
public sealed class EvaluateCommandTests
{
    [Fact]
    public void Only_what_the_run_set_aside_is_scored_where_that_is_asked_for()
    {
        using DiscData data = new(6);
        string run = Trained(data);
        IReadOnlyList<ImagePair> pairs = DataFolder.Find(data.Root).Pairs;
        TrainingSettings settings = RunFolder.LoadSettings(run);
        Assert.Equal(
            ("unet", 4, 0.3, 3),
            (settings.Model.Model, settings.Model.BaseChannels, settings.Validation.Share, settings.Seed));

        string[] scored = Scored("--weights", run, "--data", data.Root, "--validation");

        Assert.Equal(2, scored.Length);
        Assert.Equal(
            Split.Create(pairs, settings.Validation, settings.Seed).Validation.Select(pair => pair.Name), scored);
        UnetProgram.AssertRefused(
            1,
            "config.json",
            ["evaluate", "--weights", Path.Combine(run, "best.safetensors"), "--data", data.Root, "--validation"]);
    }

    [Fact]
    public void Pairs_that_cannot_be_read_are_named_before_scoring_or_left_out()
    {
        using DiscData data = new(6);
        string run = Trained(data);
        string bad = data.In("images", "disc-4.png");
        File.WriteAllBytes(bad, File.ReadAllBytes(bad)[..100]);

        string line = UnetProgram.AssertRefused(1, bad, ["evaluate", "--weights", run, "--data", data.Root]);
        Assert.Contains("--skip-bad", line, StringComparison.Ordinal);

        string[] scored = Scored("--weights", run, "--data", data.Root, "--skip-bad");

        Assert.Equal(["disc-0", "disc-1", "disc-2", "disc-3", "disc-5"], scored);
    }

    private static string Trained(DiscData data)
    {
        Assert.Equal(0, UnetProgram.Run(
            "train", "--data", data.Root, "--out", data.In("run"), "--base", "4", "--epochs", "1", "--val", "0.3",
            "--seed", "3").Code);
        return data.In("run");
    }

    private static string[] Scored(params string[] arguments)
    {
        (int code, string output, _) = UnetProgram.Run(["evaluate", .. arguments, "--json"]);
        Assert.Equal(0, code);
        using JsonDocument scores = JsonDocument.Parse(output);
        return
        [
            .. scores.RootElement.GetProperty("images").EnumerateArray()
                .Select(image => image.GetProperty("name").GetString()!),
        ];
    }
}
