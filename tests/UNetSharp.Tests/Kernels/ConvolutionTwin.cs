using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Kernels;

/// <summary>The definition of convolution and its transpose, one number at a time in double precision.</summary>
internal static class ConvolutionTwin
{
    /// <summary>y[n, o, h, w] = b[o] + Σ x[n, h · s − p + i · d, w · s − p + j · d, c] · weight[o, c, i, j].</summary>
    public static Tensor Forward(Tensor x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, int outC, Axis axis)
    {
        var y = new Tensor(
            Shape.Nchw(x.Shape.N, outC, axis.CountPositions(x.Shape.H), axis.CountPositions(x.Shape.W)));
        for (int n = 0; n < y.Shape.N; n++)
        {
            for (int h = 0; h < y.Shape.H; h++)
            {
                for (int w = 0; w < y.Shape.W; w++)
                {
                    for (int o = 0; o < outC; o++)
                    {
                        double sum = bias.IsEmpty ? 0 : bias[o];
                        y[n, o, h, w] = (float)(sum + Sum(x, weight, axis, (n, h, w, o)));
                    }
                }
            }
        }

        return y;
    }

    /// <summary>
    /// Each x[n, c, h, w] adds x · weight[c, o, i, j] to y[n, o, h · s − p + i · d, w · s − p + j · d o].
    /// </summary>
    public static Tensor Transposed(Tensor x, ReadOnlySpan<float> weight, int outC, Axis axis)
    {
        var y = new Tensor(
            Shape.Nchw(x.Shape.N, outC, axis.TransposedSize(x.Shape.H, 0), axis.TransposedSize(x.Shape.W, 0)));
        for (int n = 0; n < x.Shape.N; n++)
        {
            for (int h = 0; h < x.Shape.H; h++)
            {
                for (int w = 0; w < x.Shape.W; w++)
                {
                    Scatter(x, weight, axis, (n, h, w), y);
                }
            }
        }

        return y;
    }

    private static double Sum(Tensor x, ReadOnlySpan<float> weight, Axis axis, (int N, int H, int W, int O) at)
    {
        double sum = 0;
        int k = axis.Kernel;
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                int row = (at.H * axis.Stride) - axis.Padding + (i * axis.Dilation);
                int column = (at.W * axis.Stride) - axis.Padding + (j * axis.Dilation);
                bool isInside = row >= 0 && row < x.Shape.H && column >= 0 && column < x.Shape.W;
                for (int c = 0; isInside && c < x.Shape.C; c++)
                {
                    sum += (double)x[at.N, c, row, column] * weight[(((((at.O * x.Shape.C) + c) * k) + i) * k) + j];
                }
            }
        }

        return sum;
    }

    private static void Scatter(Tensor x, ReadOnlySpan<float> weight, Axis axis, (int N, int H, int W) at, Tensor y)
    {
        int k = axis.Kernel;
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                int row = (at.H * axis.Stride) - axis.Padding + (i * axis.Dilation);
                int column = (at.W * axis.Stride) - axis.Padding + (j * axis.Dilation);
                bool isInside = row >= 0 && row < y.Shape.H && column >= 0 && column < y.Shape.W;
                for (int c = 0; isInside && c < x.Shape.C; c++)
                {
                    for (int o = 0; o < y.Shape.C; o++)
                    {
                        y[at.N, o, row, column] +=
                            x[at.N, c, at.H, at.W] * weight[(((((c * y.Shape.C) + o) * k) + i) * k) + j];
                    }
                }
            }
        }
    }
}
