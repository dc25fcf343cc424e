using UNetSharp.Execution;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// y[h, w] = x[h − down, w − right], zero where that lies outside of x; or y[h, w] += …. A block is a row of y.
/// </summary>
internal readonly unsafe struct Translation(View x, View y, int down, int right, bool adds) : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View y, int down, int right, bool adds) =>
        workers.Execute(y.Shape.N * y.Shape.H, new Translation(x, y, down, right, adds));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int h) = Math.DivRem(block, y.Shape.H);
        bool isInside = (uint)(h - down) < (uint)x.Shape.H;
        for (int w = 0; w < y.Shape.W; w++)
        {
            var to = new Span<float>(y.At(n, h, w), y.Channels);
            if (isInside && (uint)(w - right) < (uint)x.Shape.W)
            {
                Pixel(new ReadOnlySpan<float>(x.At(n, h - down, w - right), y.Channels), to);
            }
            else if (!adds)
            {
                to.Clear();
            }
        }
    }

    private void Pixel(ReadOnlySpan<float> from, Span<float> to)
    {
        if (!adds)
        {
            from.CopyTo(to);
            return;
        }

        for (int c = 0; c < to.Length; c++)
        {
            to[c] += from[c];
        }
    }
}
