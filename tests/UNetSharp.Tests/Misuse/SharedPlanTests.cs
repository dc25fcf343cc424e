using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Misuse;

/// <summary>A plan that two threads use, or that is disposed of while it computes.</summary>
public sealed class SharedPlanTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Shape ImageShape = Shape.Nchw(1, 1, 32, 32);

    [Fact]
    public async Task Threads_that_mix_their_calls_are_refused_or_get_their_own_results()
    {
        (CpuDevice device, Plan plan, Value x, Value y) = Compile();
        using CpuDevice owner = device;
        Tensor[] images = [TestTensors.Random(ImageShape, 1), TestTensors.Random(ImageShape, 2)];
        float[][] expected = [.. images.Select(Compute)];

        int[] refusals = await Task.WhenAll(images.Select((image, thread) => Task.Factory.StartNew(
            () =>
            {
                int refused = 0;
                for (int i = 0; i < 300; i++)
                {
                    try
                    {
                        Assert.Equal(expected[thread], Compute(image));
                    }
                    catch (InvalidOperationException e)
                    {
                        Assert.Contains("for one thread at a time", e.Message, StringComparison.Ordinal);
                        refused++;
                    }
                }

                return refused;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))).WaitAsync(Patience);

        Assert.InRange(refusals.Sum(), 0, 600);

        float[] Compute(Tensor image)
        {
            plan.SetInput(x, image.Data);
            plan.Forward();
            return plan.Output(y);
        }
    }

    [Fact]
    public void A_call_of_another_thread_between_input_and_result_is_refused()
    {
        (CpuDevice device, Plan plan, Value x, Value y) = Compile();
        using CpuDevice owner = device;
        plan.SetInput(x, new float[ImageShape.Count]);
        Assert.IsType<InvalidOperationException>(OnAnotherThread(() => plan.SetInput(x, new float[ImageShape.Count])));
        Assert.IsType<InvalidOperationException>(OnAnotherThread(plan.Forward));
        plan.Forward();
        Assert.IsType<InvalidOperationException>(OnAnotherThread(() => plan.GetOutput(y)));
        Assert.Equal(y.Shape.Count, plan.Output(y).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposing_waits_for_what_computes_and_later_calls_are_refused(bool disposesDevice)
    {
        for (int attempt = 0; attempt < 50; attempt++)
        {
            (CpuDevice device, Plan plan, Value x, _) = Compile();
            using CpuDevice owner = device;
            using SemaphoreSlim started = new(0);
            Task computing = Task.Run(() =>
            {
                plan.SetInput(x, new float[ImageShape.Count]);
                while (true)
                {
                    plan.Forward();
                    started.Release();
                }
            });

            await started.WaitAsync(Patience);
            await Task.Run(disposesDevice ? device.Dispose : plan.Dispose).WaitAsync(Patience);

            await Assert.ThrowsAsync<ObjectDisposedException>(() => computing.WaitAsync(Patience));
        }
    }

    private static Exception? OnAnotherThread(Action action)
    {
        Exception? e = null;
        Thread thread = new(() => e = Record.Exception(action));
        thread.Start();
        thread.Join();
        return e;
    }

    private static (CpuDevice Device, Plan Plan, Value X, Value Y) Compile()
    {
        Network network =
            ModelCatalog.Create(new ModelSettings("unet-leaky", Channels: 1, Classes: 1) { BaseChannels = 2 });
        CpuDevice device = new(2);
        Value x = Value.Input(ImageShape);
        Value y = network.Forward(x);
        return (device, device.Compile(new ComputationGraph(y), network.Store, PlanSettings.ForInference()), x, y);
    }
}
