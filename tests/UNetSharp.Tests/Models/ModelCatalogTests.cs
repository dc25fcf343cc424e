using UNetSharp.Cpu;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;
using UNetSharp.Training;

namespace UNetSharp.Tests.Models;

/// <summary>What holds for every network of the catalog.</summary>
public sealed class ModelCatalogTests
{
    public static TheoryData<string> Names => [.. ModelCatalog.Names];

    public static TheoryData<string> LightNames => [.. ModelCatalog.Names.Where(name => name != "u2net")];

    [Theory]
    [InlineData("unet", 17_263_042)]
    [InlineData("unet-classic", 31_030_658)]
    [InlineData("u2net", 44_009_869)]
    [InlineData("u2netp", 1_131_181)]
    public void Parameters_are_as_many_as_published(string name, int count)
    {
        Network network = ModelCatalog.Create(ModelCatalog.Entry(name).Default);

        Assert.Equal(
            count, network.Parameters().Where(parameter => parameter.Kind == ParameterKind.Trained).Sum(p => p.Count));
    }

    [Theory]
    [InlineData(true, 31_042_369)]
    [InlineData(false, 31_036_481)]
    public void Widths_in_a_list_come_with_biases_or_without(bool hasBias, int count)
    {
        ModelSettings usual = UNetFeatures.Entry.Default with { Channels = 1 };

        Network network = ModelCatalog.Create(usual with { Bias = hasBias });

        Assert.True(usual.Bias);
        Assert.Equal(count, network.Parameters().Where(p => p.Kind == ParameterKind.Trained).Sum(p => p.Count));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_recognises_the_names_and_sizes_of_its_own_arrays(string name)
    {
        foreach (ModelSettings settings in Variants(name))
        {
            Network network = ModelCatalog.Create(settings);
            TensorShapes arrays = new(network.Parameters().ToDictionary(p => p.Name, p => p.Dims));

            ModelSettings? recognized = ModelCatalog.Recognize(arrays);

            Assert.NotNull(recognized);
            Assert.Equal(settings with { LevelChannels = [] }, recognized with { LevelChannels = [] });
            Assert.Equal(settings.LevelChannels, recognized.LevelChannels);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Images_of_any_size_are_segmented_at_their_size(string name)
    {
        Network network = ModelCatalog.Create(Small(name, channels: 1, classes: 3));
        foreach ((int height, int width) in new[] { (1, 1), (7, 40), (33, 50), (64, 64) })
        {
            Value image = Value.Input(Shape.Nchw(2, 1, height, width));
            IReadOnlyList<Value> logits = network.SegmentWithSideOutputs(image, height, width);

            Assert.All(logits, map => Assert.Equal(Shape.Nchw(2, 3, height, width), map.Shape));
        }
    }

    [Theory]
    [MemberData(nameof(LightNames))]
    public void Training_lowers_the_loss(string name) => TrainAndAssert(name);

    [Fact]
    [Trait("Cost", "high")]
    public void Training_lowers_the_loss_of_a_large_network() => TrainAndAssert("u2net");

    private static void TrainAndAssert(string name)
    {
        using CpuDevice device = new(2);
        Network network = ModelCatalog.Create(Small(name, channels: 1, classes: 1), seed: 1);
        Optimizer optimizer = Adam.Create(network.Store, learningRate: 5e-3);
        using TrainingStep step = new(network, LossCatalog.Create("bce+dice", 1), optimizer, device);
        Tensor image = TestTensors.Random(Shape.Nchw(2, 1, 32, 32), seed: 1);
        Tensor mask = new(image.Shape);
        for (int i = 0; i < mask.Data.Length; i++)
        {
            bool isForeground = i % 32 is > 8 and < 24;
            image.Data[i] += isForeground ? 1 : 0;
            mask.Data[i] = isForeground ? 1 : 0;
        }

        float[] losses = [.. Enumerable.Range(0, 25).Select(_ => step.Train(image, mask))];

        Assert.True(losses[^1] < 0.8 * losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void Names_of_other_networks_are_not_recognised() =>
        Assert.Null(ModelCatalog.Recognize(new TensorShapes(
            new Dictionary<string, IReadOnlyList<int>> { ["encoder.conv1.weight"] = [64, 3, 7, 7] })));

    [Theory]
    [InlineData(0, 1, 4)]
    [InlineData(3, 0, 4)]
    [InlineData(3, 257, 4)]
    [InlineData(3, 1, 0)]
    [InlineData(3, 1, 100_000)]
    public void Settings_without_sense_are_refused(int channels, int classes, int width) =>
        Assert.Throws<ArgumentException>(
            () => ModelCatalog.Create(new ModelSettings("unet", channels, classes) { BaseChannels = width }));

    [Fact]
    public void Networks_without_use_take_no_memory()
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Network network = ModelCatalog.Create(ModelCatalog.Entry("u2net").Default);
        ComputationGraph graph = new(network.Forward(Value.Input(Shape.Nchw(1, 3, 64, 64))));

        Assert.True(graph.Macs > 0);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20_000_000);
    }

    /// <summary>The usual settings, and every option changed.</summary>
    private static IEnumerable<ModelSettings> Variants(string name)
    {
        ModelEntry entry = ModelCatalog.Entry(name);
        ModelSettings usual = entry.Default with { Channels = 2, Classes = 5 };
        yield return usual;
        foreach (string option in entry.Options)
        {
            yield return option switch
            {
                nameof(ModelSettings.BaseChannels) => usual with { BaseChannels = 24 },
                nameof(ModelSettings.LevelChannels) => usual with { LevelChannels = [8, 12, 40] },
                nameof(ModelSettings.Up) => usual with { Up = UpSampling.Transpose },
                nameof(ModelSettings.Decoder) => usual with { Decoder = DecoderWidths.Narrow },
                nameof(ModelSettings.Fusion) => usual with { Fusion = SkipFusion.Add },
                nameof(ModelSettings.Bias) => usual with { Bias = !usual.Bias },
                nameof(ModelSettings.UpBias) => usual with { UpBias = false },
                nameof(ModelSettings.DeepSupervision) => usual with { DeepSupervision = false },

                // What follows a convolution, and what training drops, cannot be seen from arrays.
                nameof(ModelSettings.Activation) or nameof(ModelSettings.Slope) or nameof(ModelSettings.Dropout) =>
                    usual,
                _ => throw new ArgumentException(option),
            };
        }
    }

    private static ModelSettings Small(string name, int channels, int classes) =>
        ModelCatalog.Entry(name).Default with
        {
            Channels = channels,
            Classes = classes,
            BaseChannels = 4,
            LevelChannels = [4, 8],
        };
}
