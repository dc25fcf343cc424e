using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Normalization;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Batch norm of a network that is used and not trained: y = scale · x + shift of each channel, which follow from the
/// running statistics, weight and bias. Backward: dx = scale · dy, as nothing depends on the batch.
/// </summary>
internal sealed unsafe class FixedNormalization : Operation
{
    private readonly BatchNormalization _norm;

    public FixedNormalization(BatchNormalization norm)
        : base(norm.Output, norm.Inputs, norm.Parameters) => _norm = norm;

    internal override bool IsTrained => false;

    internal override long SavedFloats => 2 * Channels;

    private int Channels => Output.Shape.C;

    internal override void Forward(Run run)
    {
        float* scale = run.Saved(this);
        float* shift = scale + Channels;
        for (int c = 0; c < Channels; c++)
        {
            (scale[c], shift[c]) = _norm.RunningAffine(c);
        }

        ChannelAffine.Run(run.Workers, run.Data(Inputs[0]), run.Data(Output), scale, shift, slope: 1);
    }

    internal override void Backward(Run run)
    {
        View dy = run.Gradient(Output);
        Row row = new(dy, run.Gradient(Inputs[0]), run.Saved(this), run.Adds(this, 0));
        run.Workers.Run(dy.Shape.N * dy.Shape.H, row);
    }

    private readonly struct Row(View dy, View dx, float* scale, bool adds) : IJob
    {
        public void Run(int block, int worker)
        {
            int width = dy.Shape.W, channels = dy.Channels;
            for (long p = (long)block * width; p < (block + 1L) * width; p++)
            {
                float* from = dy.Pixel(p), to = dx.Pixel(p);
                for (int c = 0; c < channels; c++)
                {
                    float value = scale[c] * from[c];
                    to[c] = adds ? to[c] + value : value;
                }
            }
        }
    }
}
