using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Backward of <see cref="DepthwiseForward"/>: dx[p, c] = Σ dy[i, c] · w[t, c] over the windows i whose tap t reads p;
/// and dw[t, c] = Σᵢ dy[i, c] · x[…, c].
/// </summary>
internal static unsafe class DepthwiseBackward
{
    /// <summary>Writes dx, or adds to it.</summary>
    public static void ComputeInputGradient(
        Workers workers, View dy, View dx, Axis rows, Axis columns, float* weights, bool adds) =>
        workers.Execute(dx.Shape.N * dx.Shape.H, new ByInput(dy, dx, rows, columns, weights, adds));

    /// <summary>Writes dw, (kernel height, kernel width, channels).</summary>
    public static void ComputeWeightGradient(Workers workers, View x, View dy, Axis rows, Axis columns, float* dw) =>
        workers.Execute(rows.Kernel * columns.Kernel, new ByWeights(x, dy, rows, columns, dw));

    /// <summary>A block is a row of dx.</summary>
    private readonly struct ByInput(View dy, View dx, Axis rows, Axis columns, float* weights, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int n, int row) = Math.DivRem(block, dx.Shape.H);
            for (int column = 0; column < dx.Shape.W; column++)
            {
                float* to = dx.At(n, row, column);
                if (!adds)
                {
                    new Span<float>(to, dx.Channels).Clear();
                }

                for (int p = 0; p < rows.Kernel; p++)
                {
                    for (int q = 0; q < columns.Kernel; q++)
                    {
                        if (Window(rows, row, p, dy.Shape.H) is { } i
                            && Window(columns, column, q, dy.Shape.W) is { } j)
                        {
                            float* tap = weights + (((p * columns.Kernel) + q) * dx.Channels);
                            DepthwiseForward.AddProducts(dy.At(n, i, j), tap, to, dx.Channels);
                        }
                    }
                }
            }
        }

        /// <summary>The window whose tap reads a pixel; null if there is none.</summary>
        private static int? Window(Axis axis, int pixel, int tap, int count)
        {
            int start = pixel + axis.Padding - (tap * axis.Dilation);
            return start >= 0 && start % axis.Stride == 0 && start / axis.Stride < count ? start / axis.Stride : null;
        }
    }

    /// <summary>A block is a tap.</summary>
    private readonly struct ByWeights(View x, View dy, Axis rows, Axis columns, float* dw) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int p, int q) = Math.DivRem(block, columns.Kernel);
            float* to = dw + ((long)block * x.Channels);
            new Span<float>(to, x.Channels).Clear();
            for (int n = 0; n < dy.Shape.N; n++)
            {
                for (int i = 0; i < dy.Shape.H; i++)
                {
                    int row = (i * rows.Stride) - rows.Padding + (p * rows.Dilation);
                    for (int j = 0; j < dy.Shape.W && (uint)row < (uint)x.Shape.H; j++)
                    {
                        int column = (j * columns.Stride) - columns.Padding + (q * columns.Dilation);
                        if ((uint)column < (uint)x.Shape.W)
                        {
                            DepthwiseForward.AddProducts(x.At(n, row, column), dy.At(n, i, j), to, x.Channels);
                        }
                    }
                }
            }
        }
    }
}
