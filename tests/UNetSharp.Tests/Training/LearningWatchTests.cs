using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Imaging;
using UNetSharp.Metrics;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

/// <summary>Training that does not learn is noticed, and starts that could not learn are not there.</summary>
[Trait("Cost", "high")]
public sealed class LearningWatchTests
{
    private static readonly TrainingSettings Settings = new(
        new ModelSettings("unet", Channels: 1, Classes: 1) { BaseChannels = 4 },
        Size: null,
        Crop: null,
        Epochs: 10,
        BatchSize: 1,
        new OptimizerSettings("adam", 1e-2f),
        Loss: "bce+dice",
        Validation: new SplitSettings(0.25),
        Augmentation: "none",
        Seed: 0,
        Threads: 2);

    [Fact]
    public void A_huge_loss_is_said_once()
    {
        LearningWatch watch = new(Settings);

        Assert.Null(watch.FindWarning(Epoch(1, loss: 3)));
        Assert.Contains("114,216", watch.FindWarning(Epoch(2, loss: 114_216)), StringComparison.Ordinal);
        Assert.Null(watch.FindWarning(Epoch(3, loss: 114_216)));
    }

    [Theory]
    [InlineData(1, 1, "every pixel of the validation images foreground")]
    [InlineData(0, 0, "every pixel of the validation images background")]
    public void One_class_everywhere_for_three_epochs_is_said_once(byte first, byte second, string words)
    {
        LearningWatch watch = new(Settings);

        Assert.Null(watch.FindWarning(Epoch(1, 1, first, second)));
        Assert.Null(watch.FindWarning(Epoch(2, 1, first, second)));
        Assert.Contains(words, watch.FindWarning(Epoch(3, 1, first, second)), StringComparison.Ordinal);
        Assert.Null(watch.FindWarning(Epoch(4, 1, first, second)));
    }

    [Fact]
    public void Foreground_that_is_never_met_is_said()
    {
        LearningWatch watch = new(Settings);
        string?[] warnings = [.. Enumerable.Range(1, 3).Select(i => watch.FindWarning(Epoch(i, 1, 1, 0)))];

        Assert.Contains("found no pixel of the foreground", warnings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void What_learns_now_and_then_is_left_alone()
    {
        LearningWatch watch = new(Settings);

        Assert.All(
            Enumerable.Range(1, 12),
            i => Assert.Null(watch.FindWarning(Epoch(i, 1, first: 0, second: (byte)(i % 3 == 0 ? 1 : 0)))));
    }

    /// <summary>Scores of rectified features of one sign would be of one sign, too.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Every_network_starts_undecided(string model)
    {
        ModelSettings settings = ModelCatalog.Entry(model).Default with
        {
            Channels = 1,
            Classes = 1,
            BaseChannels = 4,
            LevelChannels = [4, 8],
        };
        for (int seed = 0; seed < 5; seed++)
        {
            Network network = ModelCatalog.Create(settings, seed);
            foreach (Parameter weight in network.Parameters().Where(IsScore))
            {
                float[] values = network.Store.GetValues(weight).ToArray();
                Assert.Equal(0, values.Sum(), 1e-4);
                Assert.Contains(values, value => value < 0);
                Assert.Contains(values, value => value > 0);
            }
        }

        static bool IsScore(Parameter parameter) =>
            parameter is { Dims: [1, > 1, _, _] } && !parameter.Name.StartsWith("outconv", StringComparison.Ordinal)
            && !parameter.Name.Contains("psi", StringComparison.Ordinal);
    }

    /// <summary>
    /// All weights of the last layer were above 0 by the first of these seeds, and everything stayed foreground.
    /// </summary>
    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(8, 0)]
    [InlineData(8, 2)]
    public void Narrow_networks_leave_their_start(int baseChannels, int seed)
    {
        using DiscData data = new(16);
        TrainingSettings settings = Settings with
        {
            Model = Settings.Model with { BaseChannels = baseChannels },
            Optimizer = new OptimizerSettings("rmsprop", 1e-5f),
            Epochs = 25,
            Seed = seed,
        };
        DataReport report =
            DataReport.Create(DataFolder.Find(data.Root), ImageFile.Read, new MaskSettings(), threads: 2);
        Trainer trainer = new(settings, report, ImageFile.Read, new RunFolder(data.In("run")));
        trainer.Run(_ => { }, CancellationToken.None);

        Assert.True(trainer.BestDice > 0.6, $"Dice {trainer.BestDice}");
    }

    /// <summary>All networks that are trained.</summary>
    public static TheoryData<string> Networks => [.. ModelCatalog.Names];

    private static TrainingProgress Epoch(int epoch, double loss, byte first = 0, byte second = 1)
    {
        byte[] truth = [0, 1];
        ConfusionMatrix matrix = new(2);
        matrix.Add(truth, [first, second]);
        ValidationResult result = new(2);
        result.Pooled.Add(matrix);
        return new TrainingProgress { Epoch = epoch, Epochs = 10, Loss = loss, Validation = result };
    }
}
