using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu;

/// <summary>The processor: kernels in plain C# on a fixed number of threads.</summary>
/// <remarks>
/// Any thread may compile and compute; kernels of one device are executed one after another, each on all threads.
/// </remarks>
public sealed class CpuDevice : Device
{
    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Number of threads that compute, at least 1.</param>
    public CpuDevice(int threads) => Workers = new Workers(threads);

    /// <summary>
    /// Ends the threads of a device that nobody has disposed and nobody can reach any more; they would wait for ever.
    /// </summary>
    ~CpuDevice() => Workers?.Abandon();

    /// <inheritdoc/>
    public override int ThreadCount => Workers.Count;

    /// <summary>The threads.</summary>
    internal Workers Workers { get; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Kernel> CreateKernels(ComputationGraph graph, PlanSettings settings) =>
        Fusion.CreateKernels(graph, settings);

    /// <inheritdoc/>
    protected override void Release() => Workers.Dispose();
}

/// <summary>What kernels of the processor find in their context beside memory.</summary>
internal static class CpuContext
{
    extension(KernelContext context)
    {
        /// <summary>The threads to compute on.</summary>
        public Workers Workers => ((CpuDevice)context.Device).Workers;
    }
}
