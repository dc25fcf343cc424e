using System.Diagnostics;
using System.Runtime.ExceptionServices;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Inference.Explanation;
using UNetSharp.Interop.Onnx;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Misuse;

/// <summary>Graphs of untrusted files may be very long: they take no stack and no quadratic time.</summary>
public sealed class LongGraphTests : IDisposable
{
    private const int SmallStack = 1 << 20;

    // Linear time is a second or two where nothing else runs; tests share the processor with others, and some run
    // without vector instructions.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("Relu", 30_000)]
    [InlineData("Relu", 100_000)]
    [InlineData("Add", 100_000)]
    [InlineData("AddConstant", 100_000)]
    [InlineData("Conv", 100_000)]
    [InlineData("Nested", 100_000)]
    [InlineData("Concat", 5_000)]
    public void A_long_chain_is_loaded_and_planned_in_little_time_on_a_small_stack(string operation, int length)
    {
        string file = _folder.File("chain.onnx");
        Chain(operation, length).Write(file);
        Stopwatch watch = new();

        OnSmallStack(() =>
        {
            watch.Start();
            var network = OnnxNetwork.Load(file);
            using CpuDevice device = new(1);
            var image = Value.Input(Shape.Nchw(1, 1, 64, 64));
            Value result = network.Segment(image);
            using Plan plan = device.Compile(
            new ComputationGraph(result), network.Store, PlanSettings.ForInference());
            plan.SetInput(image, TestTensors.Constant(image.Shape, 1).Data);
            watch.Stop();
            plan.Forward();
            Assert.False(float.IsNaN(plan.Output(result)[0]));
        });

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience);
    }

    [Fact]
    public void Memory_of_many_values_is_laid_out_in_little_time()
    {
        const int Steps = 200_000;
        MemoryLayout layout = new();
        for (int step = 0; step < Steps; step++)
        {
            layout.Add(1, step, Math.Min(step + 1, Steps - 1)); // read by the next step
            layout.Add(1, 0, Steps - 1); // weights
        }

        Stopwatch watch = Stopwatch.StartNew();
        layout.Place();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience);
        Assert.Equal((Steps + 2L) * Arena.LineFloats, layout.Floats);
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Double")]
    public void The_layers_of_a_long_chain_are_named_and_measured_on_a_small_stack(string operation)
    {
        string file = _folder.File("chain.onnx");
        Chain(operation, 30_000).Write(file);

        OnSmallStack(() =>
        {
            var network = OnnxNetwork.Load(file);
            Value logits = network.Segment(Value.Input(Shape.Nchw(1, 1, 64, 64)));
            Assert.NotNull(new LayerNames(logits).GetDefault());
            Assert.NotEmpty(ReceptiveField.FindAll(new ComputationGraph(logits)));
        });
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>From the image to one pixel (else there would be too many values), then the chain.</summary>
    private static OnnxModel Chain(string operation, int length)
    {
        OnnxAttribute[] alongChannels = [new("axis") { Integer = 1 }];
        List<OnnxNode> nodes =
        [
            new("first", "Conv", ["image", "part.weight"], ["filtered"], []),
            new("pool", "GlobalAveragePool", ["filtered"], ["x0"], []),
        ];
        for (int i = 0; i < length; i++)
        {
            string x = $"x{i}";
            nodes.Add(operation switch
            {
                "Relu" => new("", operation, [x], [$"x{i + 1}"], []),
                "Add" => new("", operation, [x, $"x{Math.Max(0, i - 1)}"], [$"x{i + 1}"], []),
                "AddConstant" => new("", "Add", [x, "one"], [$"x{i + 1}"], []),
                "Double" => new("", "Add", [x, x], [$"x{i + 1}"], []),
                "Conv" => new("", operation, [x, "part.weight"], [$"x{i + 1}"], []),
                "Nested" => i < length / 2
                    ? new("", "Relu", [x], [$"x{i + 1}"], [])
                    : new("", "Add", [x, $"x{length - i}"], [$"x{i + 1}"], []),
                "Concat" => new("", operation, [x, "x0"], [$"x{i + 1}"], alongChannels),
                _ => throw new ArgumentOutOfRangeException(nameof(operation)),
            });
        }

        if (operation == "Concat")
        {
            nodes.Add(new("", "Conv", [$"x{length}", "mixing"], ["mixed"], []));
        }

        nodes.Add(new("last", "Add", ["filtered", operation == "Concat" ? "mixed" : $"x{length}"], ["result"], []));
        return new OnnxModel(
            13,
            nodes,
            [
                OnnxTensor.Create("part.weight", [1, 1, 1, 1], [0.5f]),
                OnnxTensor.Create("one", [1], [1f]),
                OnnxTensor.Create("mixing", [1, length + 1, 1, 1], new float[length + 1]),
            ],
            [new OnnxValueInfo("image", [new(1), new(1), new(64), new(64)])],
            [new OnnxValueInfo("result", [])],
            new Dictionary<string, string>());
    }

    private static void OnSmallStack(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            SmallStack);
        thread.Start();
        thread.Join();
        failure?.Throw();
    }
}
