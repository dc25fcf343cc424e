using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Kernels.Resampling;

/// <summary>
/// Backward of <see cref="MaxPool"/>: each window hands its gradient to the first of its pixels, by rows, that holds
/// the maximum, as PyTorch does. A block is one image times a group of eight channels, so that overlapping windows
/// never add into one place from two threads.
/// </summary>
internal readonly unsafe struct MaxPoolGradient(View x, View y, View dy, View dx, Axis rows, Axis columns) : IJob
{
    private const int GroupChannels = 8;
    private const int BandRows = 16;

    private bool IsOverlapping => rows.Extent > rows.Stride;

    private int Bands => IsOverlapping ? 1 : (y.Shape.H + BandRows - 1) / BandRows;

    private int Groups => (x.Channels + GroupChannels - 1) / GroupChannels;

    /// <summary>Writes dx, or adds to it.</summary>
    public static void Run(Workers workers, View x, View y, View dy, View dx, Axis rows, Axis columns, bool adds)
    {
        if (!adds)
        {
            Elementwise<Zero>.Run(workers, dx, dx, dx);
        }

        var job = new MaxPoolGradient(x, y, dy, dx, rows, columns);
        workers.Run(x.Shape.N * job.Groups * job.Bands, job);
    }

    /// <summary>Adds the gradient of one band of windows for one group of channels.</summary>
    public void Run(int block, int worker)
    {
        (int rest, int band) = Math.DivRem(block, Bands);
        (int n, int group) = Math.DivRem(rest, Groups);
        int channel = group * GroupChannels;
        int channels = Math.Min(GroupChannels, x.Channels - channel);
        int first = IsOverlapping ? 0 : band * BandRows;
        int end = IsOverlapping ? y.Shape.H : Math.Min(y.Shape.H, first + BandRows);
        for (int i = first; i < end; i++)
        {
            for (int j = 0; j < y.Shape.W; j++)
            {
                if (channels == GroupChannels)
                {
                    AddEight(n, i, j, channel);
                }
                else
                {
                    AddSome(n, i, j, channel, channels);
                }
            }
        }
    }

    private void AddEight(int n, int i, int j, int channel)
    {
        MaxPool.Window down = MaxPool.Window.Of(rows, i, x.Shape.H);
        MaxPool.Window across = MaxPool.Window.Of(columns, j, x.Shape.W);
        Vector256<float> max = Vector256.Load(y.At(n, i, j) + channel);
        Vector256<float> left = Vector256.Load(dy.At(n, i, j) + channel);
        for (int row = down.First; row < down.End; row += down.Step)
        {
            for (int column = across.First; column < across.End; column += across.Step)
            {
                Vector256<float> isMax = Vector256.Equals(Vector256.Load(x.At(n, row, column) + channel), max);
                float* to = dx.At(n, row, column) + channel;
                (Vector256.Load(to) + (left & isMax)).Store(to);
                left = Vector256.AndNot(left, isMax);
            }
        }
    }

    private void AddSome(int n, int i, int j, int channel, int channels)
    {
        MaxPool.Window down = MaxPool.Window.Of(rows, i, x.Shape.H);
        MaxPool.Window across = MaxPool.Window.Of(columns, j, x.Shape.W);
        for (int c = channel; c < channel + channels; c++)
        {
            AddOne(n, down, across, c, y.At(n, i, j)[c], dy.At(n, i, j)[c]);
        }
    }

    private void AddOne(int n, MaxPool.Window down, MaxPool.Window across, int c, float max, float gradient)
    {
        for (int row = down.First; row < down.End; row += down.Step)
        {
            for (int column = across.First; column < across.End; column += across.Step)
            {
                if (x.At(n, row, column)[c] == max)
                {
                    dx.At(n, row, column)[c] += gradient;
                    return;
                }
            }
        }
    }
}
