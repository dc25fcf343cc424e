using UNetSharp.Execution;

namespace UNetSharp.Cpu;

/// <summary>An operation that brings its own kernel for the processor, as losses do.</summary>
internal interface ICpuOperation
{
    /// <summary>Creates the kernel.</summary>
    Kernel CreateKernel();
}
