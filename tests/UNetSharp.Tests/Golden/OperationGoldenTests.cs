using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Losses;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Golden;

/// <summary>Every operation's forward and backward against PyTorch.</summary>
public sealed class OperationGoldenTests
{
    private const double Tolerance = 2e-6;

    // Winograd's transforms multiply and subtract numbers some ten times as large as their results.
    private const double FastTolerance = 3e-5;

    public static TheoryData<string> Convolutions => GoldenFile.Cases("ops", "conv-");

    public static TheoryData<string> OblongConvolutions => GoldenFile.Cases("ops", "oblong-");

    public static TheoryData<string> TransposedConvolutions => GoldenFile.Cases("ops", "transposed-");

    public static TheoryData<string> BatchNorms => GoldenFile.Cases("ops", "batchnorm-");

    public static TheoryData<string> Rectifiers => GoldenFile.Cases("ops", "rectifier-");

    public static TheoryData<string> MaxPools => GoldenFile.Cases("ops", "maxpool-");

    public static TheoryData<string> Resizes => GoldenFile.Cases("ops", "resize-");

    public static TheoryData<string> Nearests => GoldenFile.Cases("ops", "nearest-");

    public static TheoryData<string> Mirrors => GoldenFile.Cases("ops", "mirror-");

    public static TheoryData<string> Pads => GoldenFile.Cases("ops", "pad-");

    public static TheoryData<string> Concats => GoldenFile.Cases("ops", "concat-");

    public static TheoryData<string> Losses => GoldenFile.Cases("losses");

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution(string name)
    {
        GoldenFile golden = new(name);
        Conv2d layer = new(
            golden.Image("x").Shape.C,
            golden.Image("y").Shape.C,
            golden.Int("kernel"),
            golden.Int("stride"),
            golden.Int("padding"),
            golden.Int("dilation"),
            golden.Flag("bias"));
        Verify(golden, x => layer.Forward(x[0]), layer);
    }

    [Theory]
    [MemberData(nameof(OblongConvolutions))]
    public void Convolution_with_different_axes(string name)
    {
        GoldenFile golden = new(name);
        OblongConvolution layer = new(golden, AxisOf("H"), AxisOf("W"));
        Verify(golden, x => layer.Forward(x[0]), layer);

        Axis AxisOf(string side) => new(
            golden.Int("kernel" + side),
            golden.Int("stride" + side),
            golden.Int("padding" + side),
            golden.Int("dilation" + side));
    }

    [Theory]
    [MemberData(nameof(TransposedConvolutions))]
    public void Transposed_convolution(string name)
    {
        GoldenFile golden = new(name);
        ConvTranspose2d layer = new(
            golden.Image("x").Shape.C,
            golden.Image("y").Shape.C,
            golden.Int("kernel"),
            golden.Int("stride"),
            golden.Int("padding"),
            golden.Int("outputPadding"),
            golden.Flag("bias"));
        Verify(golden, x => layer.Forward(x[0]), layer);
    }

    [Theory]
    [MemberData(nameof(BatchNorms))]
    public void Batch_norm_with_its_running_statistics(string name)
    {
        GoldenFile golden = new(name);
        Tensor x = golden.Image("x");
        BatchNorm2d layer = new(x.Shape.C);
        ParameterStore store = TestStores.For(seed: 0, layer);

        Verify(golden, values => layer.Forward(values[0]), store);
        AssertRunning(golden, store, step: 1);

        foreach (ref float value in x.Data)
        {
            value *= 0.5f;
        }

        using CpuDevice device = new(2);
        Value input = Value.Input(x.Shape);
        Value output = layer.Forward(input);
        using Plan plan = device.Compile(
            new ComputationGraph(output), store, PlanSettings.ForTraining(output));
        plan.SetInput(input, x.Data);
        plan.Forward();
        AssertRunning(golden, store, step: 2);

        using Plan inference = device.Compile(
            new ComputationGraph(output), store, PlanSettings.ForInference());
        inference.SetInput(input, golden.Image("x").Data);
        inference.Forward();
        CloseAssert.AreClose(golden.Image("eval").Data, inference.Output(output), Tolerance, "eval");
    }

    [Theory]
    [MemberData(nameof(Rectifiers))]
    public void Rectifier(string name)
    {
        GoldenFile golden = new(name);
        Verify(golden, x => x[0].Relu(golden.Float("slope")));
    }

    [Fact]
    public void Sigmoid() => Verify(new GoldenFile("ops/sigmoid-00"), x => x[0].Sigmoid());

    [Fact]
    public void Softmax() => Verify(new GoldenFile("ops/softmax-00"), x => x[0].Softmax());

    [Fact]
    public void Add() => Verify(new GoldenFile("ops/add-00"), x => x[0] + x[1]);

    [Theory]
    [MemberData(nameof(MaxPools))]
    public void Max_pool_with_ties(string name)
    {
        GoldenFile golden = new(name);
        Verify(golden, x => x[0].MaxPool(
            golden.Int("kernel"), golden.Int("stride"), golden.Int("padding"), golden.Flag("ceilMode")));
    }

    [Theory]
    [MemberData(nameof(Resizes))]
    public void Resize(string name)
    {
        GoldenFile golden = new(name);
        Verify(golden, x => x[0].Resize(golden.Int("height"), golden.Int("width"), golden.Flag("alignCorners")));
    }

    [Theory]
    [MemberData(nameof(Nearests))]
    public void Resize_to_the_nearest_pixel(string name)
    {
        GoldenFile golden = new(name);
        Verify(golden, x => x[0].ResizeNearest(golden.Int("height"), golden.Int("width")));
    }

    [Theory]
    [MemberData(nameof(Mirrors))]
    public void Mirror(string name)
    {
        GoldenFile golden = new(name);
        Verify(golden, x => x[0].ReflectPad(golden.Int("height"), golden.Int("width")));
    }

    [Fact]
    public void Gate() => Verify(new GoldenFile("ops/gate-00"), x => x[0].Gate(x[1]));

    [Theory]
    [MemberData(nameof(Pads))]
    public void Pad(string name)
    {
        GoldenFile golden = new(name);
        Verify(golden, x => x[0].Pad(golden.Int("left"), golden.Int("right"), golden.Int("top"), golden.Int("bottom")));
    }

    [Theory]
    [MemberData(nameof(Concats))]
    public void Concat(string name) => Verify(new GoldenFile(name), Value.Concat);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss(string name)
    {
        GoldenFile golden = new(name);
        Tensor logits = golden.Image("x");
        Tensor target = golden.Image("target");
        using CpuDevice device = new(2);
        Value x = Value.Input(logits.Shape);
        Value t = Value.Input(target.Shape);
        Value y = LossCatalog.Create(golden.Text("loss"), logits.Shape.C)(x, t);
        using Plan plan = device.Compile(
            new ComputationGraph(y), TestStores.For(y), PlanSettings.ForTraining(y, x));
        plan.SetInput(x, logits.Data);
        plan.SetInput(t, target.Data);

        float loss = plan.ComputeGradients();

        CloseAssert.AreClose(golden.Values("y"), [loss], Tolerance, "loss");
        CloseAssert.AreClose(golden.Image("dx").Data, plan.Gradient(x), Tolerance, "dx");
    }

    private static void AssertRunning(GoldenFile golden, ParameterStore store, int step)
    {
        CloseAssert.AreClose(
            golden.Values($"mean{step}"), store.GetValues(store.Parameters[2]), Tolerance, "running_mean");
        CloseAssert.AreClose(
            golden.Values($"var{step}"), store.GetValues(store.Parameters[3]), Tolerance, "running_var");
        Assert.Equal(step, store.GetValues(store.Parameters[4])[0]);
    }

    private static void Verify(GoldenFile golden, Func<Value[], Value> build, Module layer) =>
        Verify(golden, build, TestStores.For(seed: 0, layer));

    private static void Verify(GoldenFile golden, Func<Value[], Value> build, ParameterStore? store = null)
    {
        store ??= new ParameterStore([]);
        golden.Fill(store);

        string[] names = [.. new[] { "x", "x2", "x3" }.Where(golden.Has)];
        Value[] inputs = [.. names.Select(name => Value.Input(golden.Image(name).Shape))];
        Value y = build(inputs);
        Verify(golden, names, inputs, y, store, isExact: true, Tolerance);
        if (y.Producer is Convolution)
        {
            Verify(golden, names, inputs, y, store, isExact: false, FastTolerance);
        }
    }

    private static void Verify(
        GoldenFile golden, string[] names, Value[] inputs, Value y, ParameterStore store, bool isExact,
        double tolerance)
    {
        using CpuDevice device = new(2);
        using Plan plan = device.Compile(
            new ComputationGraph(y), store, PlanSettings.ForTraining(y, isExact, inputs));
        for (int i = 0; i < inputs.Length; i++)
        {
            plan.SetInput(inputs[i], golden.Image(names[i]).Data);
        }

        plan.Forward();
        plan.SetResultGradient(golden.Image("dy").Data);
        plan.Backward();

        CloseAssert.AreClose(golden.Image("y").Data, plan.Output(y), tolerance, "y");
        for (int i = 0; i < inputs.Length; i++)
        {
            CloseAssert.AreClose(
                golden.Image("d" + names[i]).Data, plan.Gradient(inputs[i]), tolerance, "d" + names[i]);
        }

        foreach (Parameter parameter in store.Parameters)
        {
            if (golden.Has("d" + parameter.Name))
            {
                CloseAssert.AreClose(
                    golden.Values("d" + parameter.Name),
                    store.GetGradients(parameter),
                    tolerance,
                    "d" + parameter.Name);
            }
        }
    }

    /// <summary>A convolution with unlike rows and columns; no layer of the networks is one.</summary>
    private sealed class OblongConvolution : Module
    {
        private readonly Parameter _weight;
        private readonly Parameter? _bias;
        private readonly Axis _rows;
        private readonly Axis _columns;

        public OblongConvolution(GoldenFile golden, Axis rows, Axis columns)
        {
            (_rows, _columns) = (rows, columns);
            _weight = Trained("weight");
            _bias = golden.Has("bias") ? Trained("bias") : null;

            Parameter Trained(string name) =>
                AddParameter(name, [.. golden.Dims(name)], ParameterKind.Trained, (_, _) => { });
        }

        public Value Forward(Value x) => new Convolution(x, _weight, _bias, _rows, _columns).Output;
    }
}
