using System.Runtime.Intrinsics;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Models;

namespace UNetSharp.Training;

/// <summary>
/// An exponential moving average of a network's weights, which is often better than the newest ones (Polyak and
/// Juditsky 1992, https://doi.org/10.1137/0330046): a ← d · a + (1 − d) · w after every step, with d = min(decay, (1 +
/// t) / (10 + t)), so that the first of t steps do not stay for long. The running statistics of batch norm are averaged
/// too; counters are copied.
/// </summary>
internal sealed unsafe class WeightAverage
{
    private readonly double _decay;
    private readonly ParameterStore _newest;

    /// <summary>Prepares, with the weights as they are.</summary>
    /// <param name="network">The network that learns.</param>
    /// <param name="average">Another of its kind, which becomes the average.</param>
    /// <param name="decay">How much of the average a step keeps, between 0 and 1.</param>
    public WeightAverage(Network network, Network average, double decay)
    {
        (_newest, Average, _decay) = (network.Store, average, decay);
        average.Store.CopyFrom(network.Store);
    }

    /// <summary>The network with the averaged weights.</summary>
    public Network Average { get; }

    /// <summary>Moves the average towards the newest weights.</summary>
    /// <param name="steps">Steps of the optimizer so far.</param>
    /// <param name="device">The device to compute on.</param>
    public void Update(int steps, CpuDevice device)
    {
        float rate = (float)(1 - Math.Min(_decay, (1.0 + steps) / (10.0 + steps)));
        MoveJob job = new(_newest.ValuesStart, Average.Store.ValuesStart, _newest.AveragedCount, rate);
        device.Workers.Execute(FlatBlocks.Count(_newest.AveragedCount), job);
        _newest.AllValues[_newest.AveragedCount..].CopyTo(Average.Store.AllValues[_newest.AveragedCount..]);
        Average.Store.MarkChanged();
    }

    /// <summary>Moves means towards the newest values; the vectors' length is a multiple of a cache line.</summary>
    private readonly struct MoveJob(float* newest, float* means, int count, float rate) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int start, int end) = FlatBlocks.Range(block, count);
            for (int i = start; i < end; i += Vector256<float>.Count)
            {
                Vector256<float> mean = Vector256.Load(means + i);
                (mean + (rate * (Vector256.Load(newest + i) - mean))).Store(means + i);
            }
        }
    }
}
