using System.Text.Json;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;
using UNetSharp.Training;

namespace UNetSharp.Tests.Golden;

/// <summary>Whole networks and ten steps of training against PyTorch.</summary>
public sealed class NetworkGoldenTests
{
    // Of the largest value. Batch norms over a few pixels deep down amplify the rounding of float32 on both sides.
    private const double Tolerance = 5e-5;

    // With Winograd's transforms, whose rounding is some ten times that of direct sums.
    private const double FastTolerance = 5e-4;

    // Of an array's norm.
    private const double GradientTolerance = 1e-4;

    // The rounding of fast convolutions puts a few rectifiers on the other side of zero, each of which changes
    // gradients by more than rounding.
    private const double FastGradientTolerance = 5e-3;

    // Where float32 is that far from float64 in PyTorch itself, ours may be a few times as far.
    private const double Headroom = 3;

    // Of an array's largest value. Where a gradient is all but zero its sign is a matter of rounding, and the first
    // steps of RMSprop and Adam have the gradient's sign and not its size; RMSprop's are ten times the learning rate.
    private const double EndTolerance = 5e-4;
    private const double EndToleranceFast = 1e-2;

    public static TheoryData<string> FullNetworks => GoldenFile.Cases("networks", without: "train");

    public static TheoryData<string> NetworksWithGradients => GoldenFile.Cases("networks", with: "train");

    public static TheoryData<string> Trainings => GoldenFile.Cases("training");

    [Theory]
    [Trait("Cost", "high")]
    [MemberData(nameof(FullNetworks))]
    public void Logits_of_networks_of_full_width_are_those_of_PyTorch(string name) => AssertLogits(name);

    [Theory]
    [MemberData(nameof(NetworksWithGradients))]
    public void Logits_are_those_of_PyTorch(string name) => AssertLogits(name);

    private static void AssertLogits(string name)
    {
        AssertLogits(name, isExact: true, Tolerance);
        AssertLogits(name, isExact: false, FastTolerance);
    }

    private static void AssertLogits(string name, bool isExact, double tolerance)
    {
        GoldenFile golden = new(name);
        Network network = Create(golden);
        Tensor image = ImageOf(golden, network);
        Value x = Value.Input(image.Shape);
        Value y = network.Forward(x);
        using CpuDevice device = new(2);
        using Plan plan = device.Compile(
            new ComputationGraph(y), network.Store, PlanSettings.ForInference(isExact));
        plan.SetInput(x, image.Data);

        plan.Forward();

        Assert.Equal(golden.Int("parameters"), network.Parameters().Where(IsTrained).Sum(p => (long)p.Count));
        CloseAssert.AreClose(golden.Image("eval").Data, plan.Output(y), tolerance, "logits");
        if (golden.Flag("fullWidth"))
        {
            CloseAssert.AreWithin(golden.Image("eval").Data, plan.Output(y), 1e-3, "logits");
        }
    }

    [Theory]
    [MemberData(nameof(NetworksWithGradients))]
    public void Logits_and_gradients_in_training_are_those_of_PyTorch(string name)
    {
        AssertTraining(name, isExact: true, Tolerance, GradientTolerance);
        AssertTraining(name, isExact: false, FastTolerance, FastGradientTolerance);
    }

    private static void AssertTraining(
        string name, bool isExact, double tolerance, double gradientTolerance)
    {
        GoldenFile golden = new(name);
        Network network = Create(golden);
        Tensor image = ImageOf(golden, network);
        Value x = Value.Input(image.Shape);
        Value y = Value.Concat([.. network.ForwardWithSideOutputs(x)]);
        using CpuDevice device = new(2);
        using Plan plan = device.Compile(
            new ComputationGraph(y), network.Store, PlanSettings.ForTraining(y, isExact));
        plan.SetInput(x, image.Data);

        plan.Forward();
        plan.SetResultGradient(GoldenValues.Image("gradient", y.Shape).Data);
        plan.Backward();

        double bound = Math.Max(tolerance, Headroom * golden.Double("rounding"));
        CloseAssert.AreClose(golden.Image("train").Data, plan.Output(y), bound, "logits");
        double largest = network.Parameters().Where(IsTrained).Max(p => golden.Values("norm." + p.Name)[0]);
        foreach (Parameter parameter in network.Parameters().Where(IsTrained))
        {
            AssertGradient(golden, network.Store, parameter, largest, gradientTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Ten_steps_of_training_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        UNet network = Path.GetFileName(name) == "narrow"
            ? new UNet(channels: 3, classes: 1, baseChannels: 1, decoder: DecoderWidths.Narrow)
            : new UNet(channels: 3, classes: 1, baseChannels: 2);
        StateDict.Load(network, golden.WithPrefix("start."), name);
        using CpuDevice device = new(2);
        Optimizer optimizer = Create(name, network.Store);
        using TrainingStep training = new(
            network, LossCatalog.Create("bce+dice", 1), optimizer, device, isExact: true);
        float[] losses = golden.Values("losses");

        for (int step = 0; step < 10; step++)
        {
            float loss = training.Train(golden.Image("images", step % 2), golden.Image("masks", step % 2));
            Assert.True(
                Math.Abs(loss - losses[step]) <= 1e-4 * losses[step],
                $"step {step}: PyTorch's loss is {losses[step]}, ours {loss}");
        }

        double tolerance = name == "training/rmsprop-fast" ? EndToleranceFast : EndTolerance;
        IReadOnlyList<StoredTensor> end = StateDict.FromModule(network);
        foreach (StoredTensor expected in golden.WithPrefix("end."))
        {
            StoredTensor actual = end.Single(tensor => tensor.Name == expected.Name);
            CloseAssert.AreClose(expected.Values, actual.Values, tolerance, expected.Name);
        }
    }

    private static bool IsTrained(Parameter parameter) => parameter.Kind == ParameterKind.Trained;

    private static Network Create(GoldenFile golden)
    {
        Network network = ModelCatalog.Create(JsonSerializer.Deserialize<ModelSettings>(golden.Text("settings"))!);
        GoldenValues.Fill(network.Store, golden.Double("shift"));
        return network;
    }

    private static Tensor ImageOf(GoldenFile golden, Network network) => GoldenValues.Image(
        "image", Shape.Nchw(golden.Int("images"), network.Channels, golden.Int("height"), golden.Int("width")));

    /// <summary>
    /// Compares samples and norm. A bias before a batch norm has no gradient but rounding, so errors are measured by
    /// the gradient's own norm or, where that is small, by a tenth of the network's largest.
    /// </summary>
    private static void AssertGradient(
        GoldenFile golden, ParameterStore store, Parameter parameter, double largest, double min)
    {
        float norm = golden.Values("norm." + parameter.Name)[0];
        double scale = Math.Max(norm, 0.1 * largest);
        double tolerance = Math.Max(min, Headroom * golden.Double("gradientRounding"));
        double own = Math.Sqrt(store.GetGradients(parameter).ToArray().Sum(value => (double)value * value));
        Assert.True(
            Math.Abs(own - norm) <= tolerance * scale,
            $"gradient of {parameter.Name}: PyTorch's norm is {norm}, ours {own}");
        CloseAssert.AreWithin(
            golden.Values("d." + parameter.Name),
            GoldenValues.Sample(store.GetGradients(parameter)),
            tolerance * scale,
            "gradient of " + parameter.Name);
    }

    private static Optimizer Create(string name, ParameterStore parameters) => Path.GetFileName(name) switch
    {
        "rmsprop" => OptimizerCatalog.Create(new OptimizerSettings("rmsprop"), parameters),
        "rmsprop-fast" => new RmsProp(parameters, learningRate: 1e-4, weightDecay: 1e-3, momentum: 0.9),
        "adam" => Adam.Create(parameters, weightDecay: 1e-4),
        "adamw" => OptimizerCatalog.Create(new OptimizerSettings("adamw"), parameters),
        "sgd" or "narrow" => new Sgd(parameters, learningRate: 1e-2, weightDecay: 1e-4, momentum: 0.9),
        string other => throw new ArgumentException(other),
    };
}
