using System.Diagnostics;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tests.Cli;
using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

/// <summary>A run that was broken off ends with the same weights as one that was not.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly TrainingSettings Settings = new(
        new ModelSettings("unet", Channels: 1, Classes: 1) { BaseChannels = 4 },
        Size: null,
        Crop: 24,
        Epochs: 4,
        BatchSize: 2,
        new OptimizerSettings("adam", 1e-2f),
        Loss: "bce+dice",
        Validation: new SplitSettings(0.25),
        Augmentation: "strong",
        Seed: 1,
        Threads: 2);

    private readonly DiscData _data = new(8);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_run_stopped_every_few_steps_ends_with_the_same_weights(int stepsAtATime)
    {
        Assert.True(Make("whole", isResumed: false).Run(_ => { }, CancellationToken.None));

        bool isDone = false;
        for (int part = 0; !isDone; part++)
        {
            int steps = 0;
            using CancellationTokenSource cancellation = new();
            isDone = Make("parts", isResumed: part > 0).Run(
                progress =>
                {
                    if (!progress.IsEpochDone && ++steps == stepsAtATime)
                    {
                        cancellation.Cancel();
                    }
                },
                cancellation.Token);
        }

        AssertSame("whole", "parts");
    }

    [Fact]
    public void Masks_that_were_changed_meanwhile_are_said_once()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();
        Make("run", isResumed: false).Run(_ => { }, cancellation.Token);
        string mask = _data.In("masks", "disc-0.png");
        byte[] changed = [.. ImageFile.Read(mask).Samples.Select(value => (byte)value)];
        changed[0] = 255;
        ImageFile.WriteGrey(mask, changed, 32, 32);
        List<string> warnings = [];

        Make("run", isResumed: true).Run(done => warnings.AddRange(done.Warning is { } w ? [w] : []), default);

        Assert.StartsWith("images or masks have been changed", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cosine")]
    [InlineData("plateau")]
    public void Schedules_averages_and_gathered_gradients_go_on_as_well(string schedule)
    {
        TrainingSettings settings = Settings with
        {
            BatchSize = 1,
            Rate = new LearningRate(schedule, WarmUp: 0.5, Patience: 0),
            AccumulationSteps = 4,
            ClipNorm = 0.5,
            AverageDecay = 0.9,
        };
        Assert.True(Make("whole", isResumed: false, settings).Run(_ => { }, CancellationToken.None));

        bool isDone = false;
        int parts = 0;
        for (; !isDone; parts++)
        {
            using CancellationTokenSource cancellation = new();
            cancellation.Cancel();
            isDone = Make("parts", isResumed: parts > 0, settings).Run(_ => { }, cancellation.Token);
        }

        // Six images make two steps an epoch, and after an epoch's last step the epoch is brought to its end.
        Assert.Equal(2 * settings.Epochs, parts);
        AssertSame("whole", "parts");
    }

    [Fact]
    public void A_killed_program_goes_on_to_the_same_weights()
    {
        string[] train =
        [
            "train", "--data", _data.Root, "--base", "4", "--size", "32x32", "--epochs", "12", "--batch", "2",
            "--optimizer", "adam",
            "--lr", "1e-2", "--val", "0.25", "--augment", "flips", "--threads", "2", "--out",
        ];
        Assert.Equal(0, UnetProgram.Run([.. train, _data.In("whole")]).Code);

        Random random = new(1);
        using (Process first = UnetProgram.Start([.. train, _data.In("parts")]))
        {
            Kill(first, () => File.Exists(_data.In("parts", "config.json")), random);
        }

        for (int i = 0; i < 4; i++)
        {
            using Process next = UnetProgram.Start([.. train, _data.In("parts"), "--resume"]);
            Kill(next, () => File.Exists(_data.In("parts", "state.safetensors")), random);
        }

        Assert.Equal(0, UnetProgram.Run([.. train, _data.In("parts"), "--resume"]).Code);
        AssertSame("whole", "parts");
    }

    [Fact]
    public void A_run_does_not_go_on_with_other_settings_or_images()
    {
        Assert.True(Make("run", isResumed: false).Run(_ => { }, CancellationToken.None));

        TrainingException settings = Assert.Throws<TrainingException>(
            () => Make("run", isResumed: true, Settings with { Loss = "bce" }).Run(_ => { }, CancellationToken.None));
        TrainingSettings cosine = Settings with { Rate = new LearningRate("cosine") };
        Assert.True(Make("cosine", isResumed: false, cosine).Run(_ => { }, CancellationToken.None));
        TrainingException epochs = Assert.Throws<TrainingException>(
            () => Make("cosine", isResumed: true, cosine with { Epochs = 9 }).Run(_ => { }, CancellationToken.None));
        File.Delete(_data.In("images", "disc-3.png"));
        TrainingException images = Assert.Throws<TrainingException>(
            () => Make("run", isResumed: true).Run(_ => { }, CancellationToken.None));
        TrainingException absent = Assert.Throws<TrainingException>(() => Make("nothing", isResumed: true));

        Assert.Contains("Epochs was 4", epochs.Message, StringComparison.Ordinal);
        Assert.Contains("Loss was bce+dice", settings.Message, StringComparison.Ordinal);
        Assert.Contains("other images", images.Message, StringComparison.Ordinal);
        Assert.Contains("no training run", absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_state_is_refused_by_name()
    {
        Assert.True(Make("run", isResumed: false).Run(_ => { }, CancellationToken.None));
        File.Copy(_data.In("run", "last.safetensors"), _data.In("run", "state.safetensors"), overwrite: true);

        CheckpointException e = Assert.Throws<CheckpointException>(
            () => Make("run", isResumed: true).Run(_ => { }, CancellationToken.None));

        Assert.Contains("state.safetensors: is no state", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_done_goes_on_for_more_epochs()
    {
        Assert.True(Make("whole", isResumed: false).Run(_ => { }, CancellationToken.None));
        Assert.True(Make("more", isResumed: false, Settings with { Epochs = 2 }).Run(_ => { }, CancellationToken.None));
        Assert.True(Make("more", isResumed: true).Run(_ => { }, CancellationToken.None));

        AssertSame("whole", "more");
    }

    public void Dispose() => _data.Dispose();

    private static void Kill(Process process, Func<bool> hasBegun, Random random)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!hasBegun() && !process.HasExited && clock.Elapsed < TimeSpan.FromMinutes(1))
        {
            Thread.Sleep(1);
        }

        Thread.Sleep(random.Next(400));
        process.Kill();
        process.WaitForExit();
    }

    private Trainer Make(string run, bool isResumed, TrainingSettings? settings = null)
    {
        DataReport report =
            DataReport.Create(DataFolder.Find(_data.Root), ImageFile.Read, new MaskSettings(), threads: 2);
        return new Trainer(settings ?? Settings, report, ImageFile.Read, new RunFolder(_data.In(run), isResumed));
    }

    private void AssertSame(string one, string other)
    {
        foreach (string file in new[] { "last.safetensors", "best.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(_data.In(one, file)), File.ReadAllBytes(_data.In(other, file)));
        }

        Assert.Equal(Figures(one), Figures(other));
    }

    /// <summary>Epoch, loss and Dice of every line of the log; times differ.</summary>
    private IEnumerable<string> Figures(string run) =>
        File.ReadAllLines(_data.In(run, "log.csv")).Select(line => string.Join(',', line.Split(',')[..3]));
}
