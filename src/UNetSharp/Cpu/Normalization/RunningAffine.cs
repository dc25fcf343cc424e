using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Normalization;

/// <summary>
/// Batch norm with its running statistics, which is an affine map of each channel: y = scale · x + shift with
/// scale = weight / √(variance + eps) and shift = bias − scale · mean.
/// </summary>
internal static unsafe class RunningAffine
{
    /// <summary>Scale and shift of a channel.</summary>
    public static (float Scale, float Shift) Compute(KernelContext context, BatchNormParameters norm, int c) => Compute(
        context.Values(norm.Weight)[c],
        context.Values(norm.Bias)[c],
        context.Values(norm.RunningMean)[c],
        context.Values(norm.RunningVariance)[c],
        norm.Epsilon);

    /// <summary>Scale and shift of a channel.</summary>
    public static (float Scale, float Shift) Compute(ParameterStore store, BatchNormParameters norm, int c) => Compute(
        store.GetValues(norm.Weight)[c],
        store.GetValues(norm.Bias)[c],
        store.GetValues(norm.RunningMean)[c],
        store.GetValues(norm.RunningVariance)[c],
        norm.Epsilon);

    private static (float Scale, float Shift) Compute(
        float weight, float bias, float mean, float variance, float epsilon)
    {
        double invStd = 1 / Math.Sqrt((double)variance + epsilon);
        double scale = invStd * weight;
        return ((float)scale, (float)(bias - (scale * mean)));
    }
}
