using System.Runtime.Intrinsics;
using UNetSharp.Cpu.Pointwise;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// Backward of <see cref="MaxPoolForward"/>: each window hands its gradient to the first of its pixels, by rows, that
/// holds the maximum, as PyTorch does. A block is a band of windows; where windows overlap it is all of an image for a
/// group of eight channels, so that they never add into one place from two threads.
/// </summary>
internal readonly unsafe struct MaxPoolBackward(View x, View y, View dy, View dx, Axis rows, Axis columns) : IJob
{
    private const int GroupChannels = 8;
    private const int BandRows = 4;

    private bool IsOverlapping => rows.Extent > rows.Stride;

    private int Bands => IsOverlapping ? 1 : (y.Shape.H + BandRows - 1) / BandRows;

    private int Groups => IsOverlapping ? (x.Channels + GroupChannels - 1) / GroupChannels : 1;

    /// <summary>Writes dx, or adds to it.</summary>
    public static void Execute(Workers workers, View x, View y, View dy, View dx, Axis rows, Axis columns, bool adds)
    {
        if (!adds)
        {
            Elementwise<Zero>.Execute(workers, dx, dx, dx);
        }

        var job = new MaxPoolBackward(x, y, dy, dx, rows, columns);
        workers.Execute(x.Shape.N * job.Groups * job.Bands, job);
    }

    /// <summary>Adds the gradient of one block.</summary>
    public void Execute(int block, int worker)
    {
        (int rest, int band) = Math.DivRem(block, Bands);
        (int n, int group) = Math.DivRem(rest, Groups);
        int channel = group * GroupChannels;
        int channelEnd = IsOverlapping ? Math.Min(x.Channels, channel + GroupChannels) : x.Channels;
        int first = IsOverlapping ? 0 : band * BandRows;
        int end = IsOverlapping ? y.Shape.H : Math.Min(y.Shape.H, first + BandRows);
        for (int i = first; i < end; i++)
        {
            MaxPoolForward.Window down = MaxPoolForward.Window.Create(rows, i, x.Shape.H);
            for (int j = 0; j < y.Shape.W; j++)
            {
                MaxPoolForward.Window across = MaxPoolForward.Window.Create(columns, j, x.Shape.W);
                float* maxima = y.At(n, i, j), gradients = dy.At(n, i, j);
                float* from = x.At(n, down.First, across.First), to = dx.At(n, down.First, across.First);
                int c = channel;
                for (; c + GroupChannels <= channelEnd; c += GroupChannels)
                {
                    AddEight(down, across, from + c, to + c, Vector256.Load(maxima + c), Vector256.Load(gradients + c));
                }

                for (; c < channelEnd; c++)
                {
                    AddOne(down, across, from + c, to + c, maxima[c], gradients[c]);
                }
            }
        }
    }

    private void AddEight(
        MaxPoolForward.Window down,
        MaxPoolForward.Window across,
        float* from,
        float* to,
        Vector256<float> max,
        Vector256<float> left)
    {
        nint step = (nint)across.Step * x.Stride, toStep = (nint)across.Step * dx.Stride;
        for (int row = down.First; row < down.End; row += down.Step)
        {
            float* pixel = from, target = to;
            for (int column = across.First; column < across.End; column += across.Step)
            {
                Vector256<float> isMax = Vector256.Equals(Vector256.Load(pixel), max);
                (Vector256.Load(target) + (left & isMax)).Store(target);
                left = Vector256.AndNot(left, isMax);
                pixel += step;
                target += toStep;
            }

            from += (nint)down.Step * x.Shape.W * x.Stride;
            to += (nint)down.Step * dx.Shape.W * dx.Stride;
        }
    }

    private void AddOne(
        MaxPoolForward.Window down, MaxPoolForward.Window across, float* from, float* to, float max, float gradient)
    {
        for (int row = down.First; row < down.End; row += down.Step)
        {
            float* pixel = from, target = to;
            for (int column = across.First; column < across.End; column += across.Step)
            {
                if (*pixel == max)
                {
                    *target += gradient;
                    return;
                }

                pixel += (nint)across.Step * x.Stride;
                target += (nint)across.Step * dx.Stride;
            }

            from += (nint)down.Step * x.Shape.W * x.Stride;
            to += (nint)down.Step * dx.Shape.W * dx.Stride;
        }
    }
}
