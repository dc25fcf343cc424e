using UNetSharp.Cpu.Convolutions;
using UNetSharp.Cpu.Normalization;
using UNetSharp.Cpu.Pointwise;
using UNetSharp.Cpu.Resampling;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu;

/// <summary>
/// The kernel of each operation that is executed on its own; <see cref="Fusion"/> makes the fused ones.
/// </summary>
internal static class KernelCatalog
{
    /// <summary>Creates the kernel of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="isTraining">Whether batch norm and dropout are those of training.</param>
    /// <exception cref="NotSupportedException">There is no kernel for such an operation.</exception>
    public static Kernel Create(Operation operation, bool isTraining) => operation switch
    {
        Add add => new AddKernel(add),
        AvgPool pool => new AvgPoolKernel(pool),
        BatchNorm norm when isTraining => new BatchNormKernel(norm, relu: null, convolution: null),
        BatchNorm norm => new BatchNormEvaluationKernel(norm),
        BilinearResize resize => new BilinearResizeKernel(resize),
        ChannelMaximum maximum => new ChannelMaximumKernel(maximum),
        ChannelSlice slice => new ChannelSliceKernel(slice),
        Clamp clamp => new ElementwiseKernel<Bound, BoundGradient>(clamp, clamp.Max),
        Concat concat => new ConcatKernel(concat),
        DepthwiseConvolution convolution => new DepthwiseConvolutionKernel(convolution),
        Dropout dropout => new DropoutKernel(dropout, isTraining ? dropout.Probability : 0),
        Function function => FunctionKernels.Create(function),
        Gate gate => new GateKernel(gate),
        MaxPool pool => new MaxPoolKernel(pool),
        Multiply multiply => new MultiplyKernel(multiply),
        Pad pad => new PadKernel(pad),
        PixelCopy copy => new PixelCopyKernel(copy),
        Rearrange rearrange => new RearrangeKernel(rearrange),
        Relu relu => new ElementwiseKernel<LeakyRelu, LeakyReluGradient>(relu, relu.NegativeSlope),
        Resample resample => new ResampleKernel(resample),
        Sigmoid sigmoid => new ElementwiseKernel<Logistic, LogisticGradient>(sigmoid),
        Softmax softmax => new SoftmaxKernel(softmax),
        WithBackground labels => new WithBackgroundKernel(labels),
        ICpuOperation own => own.CreateKernel(),
        _ => throw new NotSupportedException($"There is no kernel for the operation {operation.GetType().Name}."),
    };
}
