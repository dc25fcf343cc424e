using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Misuse;

/// <summary>An exception in a block, on any thread, reaches the caller and leaves the threads usable.</summary>
public sealed unsafe class FailingBlockTests
{
    private const int Blocks = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void An_exception_in_a_block_reaches_the_caller_and_the_next_job_runs_whole(int threads)
    {
        using Workers workers = new(threads);
        int[] counts = GC.AllocateArray<int>(Blocks, pinned: true);
        fixed (int* at = counts)
        {
            for (int bad = 0; bad < Blocks; bad += 50)
            {
                int* counted = at;
                InvalidDataException e = Assert.Throws<InvalidDataException>(
                    () => workers.Execute(Blocks, new Count(counted, bad)));
                Assert.Equal($"block {bad}", e.Message);

                Array.Clear(counts);
                workers.Execute(Blocks, new Count(at, bad: -1));
                Assert.All(counts, count => Assert.Equal(1, count));
            }
        }
    }

    [Fact]
    public void Blocks_after_one_that_throws_are_skipped()
    {
        using Workers workers = new(2);
        int[] counts = GC.AllocateArray<int>(Blocks, pinned: true);
        fixed (int* at = counts)
        {
            int* counted = at;
            Assert.Throws<InvalidDataException>(
                () => workers.Execute(Blocks, new Count(counted, bad: 0, milliseconds: 1)));
        }

        Assert.InRange(counts.Sum(), 0, Blocks / 2);
    }

    [Fact]
    public void Every_block_may_throw_at_once()
    {
        using Workers workers = new(4);

        for (int i = 0; i < 100; i++)
        {
            Assert.Throws<InvalidDataException>(() => workers.Execute(Blocks, default(Throw)));
        }
    }

    [Theory]
    [InlineData("ce", 7)]
    [InlineData("ce", -1)]
    [InlineData("focal", 7)]
    [InlineData("dice", 3)]
    [InlineData("lovasz", 3)]
    [InlineData("tversky", 4)]
    public void A_label_of_no_class_ends_the_step_and_not_the_process(string name, int label)
    {
        using CpuDevice device = new(2);
        var logits = Value.Input(Shape.Nchw(1, 3, 64, 64));
        var labels = Value.Input(Shape.Nchw(1, 1, 64, 64));
        Value loss = LossCatalog.Create(name, classes: 3)(logits, labels);
        using Plan plan = device.Compile(
            new ComputationGraph(loss), TestStores.For(loss), PlanSettings.ForTraining(loss, logits));
        for (int row = 0; row < 64; row++)
        {
            Tensor bad = TestTensors.Constant(labels.Shape, 1);
            bad[0, 0, row, 5] = label;
            plan.SetInput(logits, new float[logits.Shape.Count]);
            plan.SetInput(labels, bad.Data);
            ArgumentException e = Assert.Throws<ArgumentException>(() => plan.ComputeGradients());
            Assert.Contains(
                $"the class {label}, but there are the classes 0 to 2", e.Message, StringComparison.Ordinal);
        }

        plan.SetInput(logits, new float[logits.Shape.Count]);
        plan.SetInput(labels, TestTensors.Constant(labels.Shape, 1).Data);
        Assert.InRange(plan.ComputeGradients(), 0.1f, 2);
    }

    private readonly struct Count(int* counts, int bad, int milliseconds = 0) : IJob
    {
        public void Execute(int block, int worker)
        {
            if (block == bad)
            {
                throw new InvalidDataException($"block {block}");
            }

            Thread.Sleep(milliseconds);
            Interlocked.Increment(ref counts[block]);
        }
    }

    private readonly struct Throw : IJob
    {
        public void Execute(int block, int worker) => throw new InvalidDataException();
    }
}
