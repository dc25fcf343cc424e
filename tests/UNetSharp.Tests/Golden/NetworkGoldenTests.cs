using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Training;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Tests.Golden;

/// <summary>Whole networks and ten steps of training against PyTorch.</summary>
public sealed class NetworkGoldenTests
{
    // Of the largest value. Batch norms over a few pixels deep down amplify the rounding of float32 on both sides.
    private const double Tolerance = 5e-5;

    // Of an array's largest value. Where a gradient is all but zero its sign is a matter of rounding, and the first
    // steps of RMSprop and Adam have the gradient's sign and not its size; RMSprop's are ten times the learning rate.
    private const double EndTolerance = 5e-4;
    private const double EndToleranceFast = 1e-2;

    public static TheoryData<string> Networks => GoldenFile.Cases("unet");

    public static TheoryData<string> Trainings => GoldenFile.Cases("training");

    [Theory]
    [MemberData(nameof(Networks))]
    public void Logits_and_gradients_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        Tensor image = golden.Image("x");
        UpSampling up = Enum.Parse<UpSampling>(golden.Text("up"), ignoreCase: true);
        UNet network = new(image.Shape.C, golden.Int("classes"), golden.Int("width"), up);
        StateDict.Load(network, golden.WithPrefix("start."), name);
        Value x = Value.Input(image.Shape);
        Value y = network.Forward(x);
        using var workers = new Workers(2);
        using TrainingPlan plan = new(new GraphOf(y), y, workers);
        image.Data.CopyTo(plan.Input(x));

        plan.Forward();
        golden.Image("dy").Data.CopyTo(plan.Gradient(y));
        plan.Backward();

        Close.Assert(golden.Image("y").Data, plan.Output(y), Tolerance, "logits");
        foreach (StoredTensor gradient in golden.WithPrefix("d."))
        {
            Parameter parameter = network.Parameters().Single(parameter => parameter.Name == gradient.Name);
            Close.Assert(gradient.Values, parameter.Gradient, Tolerance, gradient.Name);
        }

        using InferencePlan inference = new(new GraphOf(y), workers);
        image.Data.CopyTo(inference.Input(x));
        inference.Run();
        Close.Assert(golden.Image("eval").Data, inference.Output(y), Tolerance, "logits in inference");
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Ten_steps_of_training_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        UNet network = new(channels: 3, classes: 1, width: 2);
        StateDict.Load(network, golden.WithPrefix("start."), name);
        using var workers = new Workers(2);
        Optimizer optimizer = Create(name, network.Parameters());
        using TrainingStep training = new(network, LossCatalog.Create("bce+dice", 1), optimizer, workers);
        float[] losses = golden.Values("losses");

        for (int step = 0; step < 10; step++)
        {
            float loss = training.Run(golden.Image("images", step % 2), golden.Image("masks", step % 2));
            Assert.True(
                Math.Abs(loss - losses[step]) <= 1e-4 * losses[step],
                $"step {step}: PyTorch's loss is {losses[step]}, ours {loss}");
        }

        double tolerance = name == "training/rmsprop-fast" ? EndToleranceFast : EndTolerance;
        IReadOnlyList<StoredTensor> end = StateDict.Of(network);
        foreach (StoredTensor expected in golden.WithPrefix("end."))
        {
            StoredTensor actual = end.Single(tensor => tensor.Name == expected.Name);
            Close.Assert(expected.Values, actual.Values, tolerance, expected.Name);
        }
    }

    private static Optimizer Create(string name, IEnumerable<Parameter> parameters) => Path.GetFileName(name) switch
    {
        "rmsprop" => OptimizerCatalog.Create(new OptimizerSettings("rmsprop"), parameters),
        "rmsprop-fast" => new RmsProp(parameters, learningRate: 1e-4, weightDecay: 1e-3, momentum: 0.9),
        "adam" => Adam.Create(parameters, weightDecay: 1e-4),
        "adamw" => OptimizerCatalog.Create(new OptimizerSettings("adamw"), parameters),
        "sgd" => new Sgd(parameters, learningRate: 1e-2, weightDecay: 1e-4, momentum: 0.9),
        string other => throw new ArgumentException(other),
    };
}
