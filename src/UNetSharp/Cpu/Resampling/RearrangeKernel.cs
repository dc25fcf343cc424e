using UNetSharp.Cpu.Pointwise;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// Kernel of <see cref="Rearrange"/>. Where a value of the result comes from is the sum of what its place along each
/// axis says: so many pixels, and so many channels. A block is a row of the result.
/// </summary>
internal sealed unsafe class RearrangeKernel : Kernel
{
    private readonly Steps[] _axes;
    private readonly bool _repeats;

    /// <summary>Creates the kernel.</summary>
    public RearrangeKernel(Rearrange operation)
        : base(operation)
    {
        Tensors.Shape x = operation.Inputs[0].Shape;
        _axes = [.. operation.Axes.Select(parts => new Steps(x, parts))];
        _repeats = operation.Output.Shape.Count != x.Count || operation.Axes.Any(
            parts => parts.Any(part => part is { Stride: 0, Size: > 1 }));
    }

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View y = context.Output;
        context.Workers.Execute(y.Shape.N * y.Shape.H, new ForwardRow(context.Input(0), y, new Places(_axes)));
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dx = context.InputGradient(0);
        if (!context.Accumulates(0))
        {
            Elementwise<Zero>.Execute(context.Workers, dx, dx, dx);
        }

        // Rows that read the same values would add to them at once.
        int rows = context.OutputGradient.Shape.N * context.OutputGradient.Shape.H;
        context.Workers.Execute(
            _repeats ? 1 : rows, new BackwardRow(context.OutputGradient, dx, new Places(_axes), _repeats ? rows : 1));
    }

    /// <summary>What each place along an axis of the result adds to the place in the source.</summary>
    private sealed class Steps
    {
        public Steps(Tensors.Shape x, IReadOnlyList<AxisPart> parts)
        {
            int count = parts.Aggregate(1, (product, part) => product * part.Size);
            (long[] pixels, int[] channels) = (new long[count], new int[count]);
            for (int i = 0; i < count; i++)
            {
                int rest = i;
                for (int k = parts.Count - 1; k >= 0; k--)
                {
                    (rest, int step) = Math.DivRem(rest, parts[k].Size);
                    long move = (long)step * parts[k].Stride;
                    if (parts[k].Axis == 1)
                    {
                        channels[i] += (int)move;
                    }
                    else
                    {
                        pixels[i] += move * parts[k].Axis switch { 0 => (long)x.H * x.W, 2 => x.W, _ => 1 };
                    }
                }
            }

            (Pixels, Channels) = (new PinnedArray<long>(pixels), new PinnedArray<int>(channels));
        }

        public PinnedArray<long> Pixels { get; }

        public PinnedArray<int> Channels { get; }
    }

    /// <summary>The same by address.</summary>
    private readonly struct Places(Steps[] axes)
    {
        private readonly Place _n = new(axes[0]);
        private readonly Place _h = new(axes[2]);

        public Place C { get; } = new(axes[1]);

        public Place W { get; } = new(axes[3]);

        public float* Row(View x, int n, int h) => _h.Move(x, _n.Move(x, x.Start, n), h);
    }

    private readonly struct Place(Steps axis)
    {
        private readonly long* _pixels = axis.Pixels.Address;
        private readonly int* _channels = axis.Channels.Address;

        public float* Move(View x, float* from, int i) => from + (_pixels[i] * x.Stride) + _channels[i];
    }

    private readonly struct ForwardRow(View x, View y, Places places) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int n, int h) = Math.DivRem(block, y.Shape.H);
            float* row = places.Row(x, n, h);
            for (int w = 0; w < y.Shape.W; w++)
            {
                float* from = places.W.Move(x, row, w);
                float* to = y.At(n, h, w);
                for (int c = 0; c < y.Channels; c++)
                {
                    to[c] = *places.C.Move(x, from, c);
                }
            }
        }
    }

    private readonly struct BackwardRow(View dy, View dx, Places places, int rows) : IJob
    {
        public void Execute(int block, int worker)
        {
            for (int i = block * rows; i < (block + 1) * rows; i++)
            {
                (int n, int h) = Math.DivRem(i, dy.Shape.H);
                float* row = places.Row(dx, n, h);
                for (int w = 0; w < dy.Shape.W; w++)
                {
                    float* to = places.W.Move(dx, row, w);
                    float* from = dy.At(n, h, w);
                    for (int c = 0; c < dy.Channels; c++)
                    {
                        *places.C.Move(dx, to, c) += from[c];
                    }
                }
            }
        }
    }
}
