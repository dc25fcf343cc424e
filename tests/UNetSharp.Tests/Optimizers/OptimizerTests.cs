using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Optimizers;

namespace UNetSharp.Tests.Optimizers;

/// <summary>Optimizers against their definition, for every length, number of threads, and after a restart.</summary>
public sealed class OptimizerTests
{
    private const int Steps = 4;
    private static readonly int[] AroundOneChunk = [16383, 16384, 16385, 40000, 1];

    private static readonly Dictionary<string, (Func<ParameterStore, Optimizer> Create, OptimizerTwin.Rule Twin)> All =
        new()
        {
            ["rmsprop"] = (p => new RmsProp(p, 1e-2, 0.1), OptimizerTwin.RmsProp(1e-2, 0.1, 0.9, 0.99, 1e-8)),
            ["adam"] = (p => Adam.Create(p, 1e-2, 0.1), OptimizerTwin.Adam(1e-2, 0.1, 0.9, 0.999, 1e-8)),
            ["adamw"] = (p => Adam.CreateDecoupled(p, 1e-2, 0.1), OptimizerTwin.AdamW(1e-2, 0.1, 0.9, 0.999, 1e-8)),
            ["sgd"] = (p => new Sgd(p, 1e-2, 0.1, 0.9), OptimizerTwin.Sgd(1e-2, 0.1, 0.9)),
        };

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_length_is_updated_as_defined_to_the_bit(string name)
    {
        using CpuDevice device = new(1);
        for (int length = 1; length <= 40; length++)
        {
            ParameterStore store = TestParameters.Store(TestParameters.Random("w", length, seed: length));
            float[][] expected = Twin(All[name].Twin, store);
            Optimizer optimizer = All[name].Create(store);

            Train(optimizer, device, 0, Steps);

            Assert.Equal(expected, Values(store));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_of_many_chunks_are_updated_as_defined_with_any_number_of_threads(string name)
    {
        for (int threads = 1; threads <= 3; threads++)
        {
            using CpuDevice device = new(threads);
            ParameterStore store = Store();
            float[][] expected = Twin(All[name].Twin, store);
            Optimizer optimizer = All[name].Create(store);

            Train(optimizer, device, 0, Steps);

            Assert.Equal(expected, Values(store));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_trained_parameters_change(string name)
    {
        using CpuDevice device = new(1);
        Parameter running = TestParameters.Random("mean", 9, seed: 1, ParameterKind.Running);
        Parameter counter = TestParameters.Random("steps", 1, seed: 2, ParameterKind.Counter);
        ParameterStore store = TestParameters.Store(running, TestParameters.Random("w", 3, seed: 3), counter);
        float[] before = [.. store.GetValues(running), .. store.GetValues(counter)];
        Optimizer optimizer = All[name].Create(store);

        optimizer.Step(device);

        float[] after = [.. store.GetValues(running), .. store.GetValues(counter)];
        Assert.Equal(before, after);
        Assert.All(
            OptimizerStateDict.FromOptimizer(optimizer),
            tensor => Assert.StartsWith("w.", tensor.Name, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_allocates_nothing(string name)
    {
        using CpuDevice device = new(1);
        Optimizer optimizer = All[name].Create(Store());

        // A collection that other tests cause can move the thread's count; what a step allocates shows in every one.
        long least = Enumerable.Range(0, 10).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            optimizer.Step(device);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(0, least);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_restored_optimizer_goes_on_to_the_bit(string name)
    {
        using CpuDevice device = new(2);
        ParameterStore never = Store();
        Train(All[name].Create(never), device, 0, 2 * Steps);

        ParameterStore stopped = Store();
        Optimizer first = All[name].Create(stopped);
        Train(first, device, 0, Steps);
        Optimizer second = All[name].Create(stopped);
        OptimizerStateDict.Load(second, OptimizerStateDict.FromOptimizer(first), first.StepCount, "state.safetensors");
        Train(second, device, Steps, Steps);

        Assert.Equal(2 * Steps, second.StepCount);
        Assert.Equal(Values(never), Values(stopped));
    }

    [Fact]
    public void The_learning_rate_can_change_between_steps()
    {
        using CpuDevice device = new(1);
        Parameter parameter = TestParameters.Random("w", 1, seed: 1);
        ParameterStore store = new([parameter]);
        store.SetValues(parameter, [1]);
        store.SetGradients(parameter, [2]);
        Sgd optimizer = new(store, learningRate: 0.25);

        optimizer.Step(device);
        optimizer.LearningRate = 0.125;
        optimizer.Step(device);

        Assert.Equal(0.25f, store.GetValues(parameter)[0]);
    }

    [Fact]
    public void State_is_named_like_PyTorchs()
    {
        ParameterStore parameters = TestParameters.Store(
            TestParameters.Random("a", 2, seed: 1), TestParameters.Random("b", 3, seed: 2));

        Assert.Equal(["a.momentum_buffer", "b.momentum_buffer"], Names(new Sgd(parameters)));
        Assert.Equal(["a.exp_avg", "a.exp_avg_sq", "b.exp_avg", "b.exp_avg_sq"], Names(Adam.Create(parameters)));
        Assert.Equal(
            ["a.square_avg", "a.momentum_buffer", "b.square_avg", "b.momentum_buffer"], Names(new RmsProp(parameters)));
        Assert.Equal(
            [2, 2, 3, 3],
            OptimizerStateDict.FromOptimizer(new RmsProp(parameters)).Select(tensor => tensor.Values.Length));

        static IEnumerable<string> Names(Optimizer optimizer) =>
            OptimizerStateDict.FromOptimizer(optimizer).Select(tensor => tensor.Name);
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_and_changes_nothing()
    {
        using CpuDevice device = new(1);
        ParameterStore parameters = Store();
        Optimizer optimizer = Adam.Create(parameters);
        optimizer.Step(device);
        float[] before = States(optimizer);

        IReadOnlyList<StoredTensor> other = OptimizerStateDict.FromOptimizer(new Sgd(parameters));
        CheckpointException e = Assert.Throws<CheckpointException>(
            () => OptimizerStateDict.Load(optimizer, other, 7, "state.safetensors"));

        Assert.StartsWith(
            "state.safetensors: does not fit the optimizer: 10 missing: w0.exp_avg, ",
            e.Message,
            StringComparison.Ordinal);
        Assert.Equal(1, optimizer.StepCount);
        Assert.Equal(before, States(optimizer));

        static float[] States(Optimizer optimizer) =>
            [.. OptimizerStateDict.FromOptimizer(optimizer).SelectMany(tensor => tensor.Values)];
    }

    private static ParameterStore Store() => TestParameters.Store(
        [.. AroundOneChunk.Select((length, i) => TestParameters.Random($"w{i}", length, seed: i))]);

    private static float[][] Values(ParameterStore store) =>
        [.. store.Parameters.Select(parameter => store.GetValues(parameter).ToArray())];

    /// <summary>Steps with gradients that differ from step to step.</summary>
    private static void Train(Optimizer optimizer, CpuDevice device, int firstStep, int steps)
    {
        for (int step = firstStep; step < firstStep + steps; step++)
        {
            foreach (Parameter parameter in optimizer.Parameters.Parameters)
            {
                optimizer.Parameters.SetGradients(parameter, Gradient(parameter.Count, step));
            }

            optimizer.Step(device);
        }
    }

    private static float[][] Twin(OptimizerTwin.Rule rule, ParameterStore store) =>
        [.. Values(store).Select(values => Twin(rule, values))];

    private static float[] Twin(OptimizerTwin.Rule rule, float[] values)
    {
        float[] first = new float[values.Length];
        float[] second = new float[values.Length];
        for (int step = 0; step < Steps; step++)
        {
            float[] gradient = Gradient(values.Length, step);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = rule(values[i], gradient[i], ref first[i], ref second[i], step + 1);
            }
        }

        return values;
    }

    private static float[] Gradient(int count, int step) => TestParameters.Values(count, seed: 1000 + step);
}
