using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Models;

namespace UNetSharp.Training;

/// <summary>
/// An exponential moving average of a network's weights, which is often better than the newest ones (Polyak and Juditsky 1992,
/// https://doi.org/10.1137/0330046): a ← d · a + (1 − d) · w after every step, with d = min(decay, (1 + t) / (10 + t)), so that
/// the first of t steps do not stay for long. The running statistics of batch norm are averaged too; counters are copied.
/// </summary>
internal sealed unsafe class WeightAverage
{
    private readonly double _decay;
    private readonly Network _network;
    private readonly Pair[] _pairs;

    /// <summary>Prepares, with the weights as they are.</summary>
    /// <param name="network">The network that learns.</param>
    /// <param name="average">Another of its kind, which becomes the average.</param>
    /// <param name="decay">How much of the average a step keeps, between 0 and 1.</param>
    public WeightAverage(Network network, Network average, double decay)
    {
        (_network, Average, _decay) = (network, average, decay);
        StateDict.Load(average, StateDict.Of(network), "the average of the weights");
        Parameter[] newest = [.. network.Parameters()], means = [.. average.Parameters()];
        _pairs = GC.AllocateArray<Pair>(means.Length, pinned: true);
        for (int i = 0; i < means.Length; i++)
        {
            _pairs[i] = new Pair(
                (nint)newest[i].Pointer, (nint)means[i].Pointer, means[i].Count, means[i].Kind == ParameterKind.Counter);
        }
    }

    /// <summary>The network with the averaged weights.</summary>
    public Network Average { get; }

    /// <summary>Takes a step into the average.</summary>
    /// <param name="steps">Steps of the optimizer so far.</param>
    /// <param name="workers">Threads to run on.</param>
    public void Update(int steps, Workers workers)
    {
        float rate = (float)(1 - Math.Min(_decay, (1.0 + steps) / (10.0 + steps)));
        workers.Run(_pairs.Length, new Move((Pair*)Marshal.UnsafeAddrOfPinnedArrayElement(_pairs, 0), rate));
        GC.KeepAlive(_network);
    }

    /// <summary>An array of both networks, by address.</summary>
    private readonly record struct Pair(nint Newest, nint Mean, int Count, bool IsCounter);

    /// <summary>Moves one array towards the newest values.</summary>
    private readonly struct Move(Pair* pairs, float rate) : IJob
    {
        public void Run(int block, int worker)
        {
            Pair pair = pairs[block];
            float* newest = (float*)pair.Newest, means = (float*)pair.Mean;
            float share = pair.IsCounter ? 1 : rate;
            int i = 0;
            for (; i <= pair.Count - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> mean = Vector256.Load(means + i);
                (mean + (share * (Vector256.Load(newest + i) - mean))).Store(means + i);
            }

            for (; i < pair.Count; i++)
            {
                means[i] += share * (newest[i] - means[i]);
            }
        }
    }
}
