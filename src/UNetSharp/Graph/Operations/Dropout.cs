using UNetSharp.Execution;
using UNetSharp.Kernels;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Dropout (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html): in training y = k · x / (1 − p) and
/// dx = k · dy / (1 − p), where k is 0 with probability p and else 1; in evaluation p is 0. Whether a value is kept
/// follows from the step's seed, the layer and the value's place by a hash, so backward draws the same and nothing is
/// stored.
/// </summary>
public sealed class Dropout : Operation
{
    private readonly float _probability;
    private readonly int _layer;

    internal Dropout(Value x, float probability, int layer)
        : base(x.Shape, [x]) => (_probability, _layer) = (probability, layer);

    private Dropout(Dropout dropout)
        : base(dropout.Output, dropout.Inputs, dropout.Parameters)
    {
    }

    internal override string LayerType => "Dropout";

    internal override Operation InEvaluation() => new Dropout(this);

    internal override void Forward(Run run) =>
        Apply(run, run.Data(Inputs[0]), run.Data(Output), adds: false);

    internal override void Backward(Run run) =>
        Apply(run, run.Gradient(Output), run.Gradient(Inputs[0]), run.Adds(this, 0));

    private void Apply(Run run, View from, View to, bool adds)
    {
        uint key = Hash(Hash((uint)run.Seed) + (uint)_layer);
        run.Workers.Run(from.Shape.N * from.Shape.H, new Row(from, to, _probability, key, adds));
    }

    // The mixing of Chris Wellons' lowbias32 (https://nullprogram.com/blog/2018/07/31/).
    private static uint Hash(uint x)
    {
        x = (x ^ (x >> 16)) * 0x7feb352d;
        x = (x ^ (x >> 15)) * 0x846ca68b;
        return x ^ (x >> 16);
    }

    private readonly unsafe struct Row(View from, View to, float probability, uint key, bool adds) : IJob
    {
        public void Run(int block, int worker)
        {
            int width = from.Shape.W, channels = from.Channels;
            float scale = 1 / (1 - probability);
            uint least = (uint)(probability * uint.MaxValue);
            for (long p = (long)block * width; p < (block + 1L) * width; p++)
            {
                float* x = from.Pixel(p), y = to.Pixel(p);
                uint place = (uint)(p * channels);
                for (int c = 0; c < channels; c++, place++)
                {
                    float value = Hash(place ^ key) >= least ? scale * x[c] : 0;
                    y[c] = adds ? y[c] + value : value;
                }
            }
        }
    }
}
