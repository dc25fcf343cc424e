using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>
/// Kernel of <see cref="Dropout"/>. Whether a value is kept follows from the step's seed, the layer and the value's
/// place by a hash, so backward draws the same and nothing is stored.
/// </summary>
internal sealed class DropoutKernel(Dropout dropout, float probability) : Kernel(dropout)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        Apply(context, context.Input(0), context.Output, adds: false);

    /// <inheritdoc/>
    public override void Backward(KernelContext context) =>
        Apply(context, context.OutputGradient, context.InputGradient(0), context.Accumulates(0));

    private void Apply(KernelContext context, View from, View to, bool adds)
    {
        uint key = Hash(Hash((uint)context.Seed) + (uint)dropout.Layer);
        context.Workers.Execute(from.Shape.N * from.Shape.H, new Row(from, to, probability, key, adds));
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
        public void Execute(int block, int worker)
        {
            int width = from.Shape.W, channels = from.Channels;
            float scale = 1 / (1 - probability);
            uint firstKept = (uint)(probability * uint.MaxValue);
            for (long p = (long)block * width; p < (block + 1L) * width; p++)
            {
                float* x = from.Pixel(p), y = to.Pixel(p);
                uint place = (uint)(p * channels);
                for (int c = 0; c < channels; c++, place++)
                {
                    float value = Hash(place ^ key) >= firstKept ? scale * x[c] : 0;
                    y[c] = adds ? y[c] + value : value;
                }
            }
        }
    }
}
