using System.Runtime.InteropServices;

namespace UNetSharp.Execution;

/// <summary>The one block of memory of a plan, aligned to cache lines. Disposing it returns the memory at once.</summary>
internal sealed unsafe class Arena : SafeHandle
{
    /// <summary>Floats of a cache line: what starts on a multiple of it is aligned.</summary>
    public const int LineFloats = 16;

    private const int PageBytes = 4096;

    /// <summary>Reserves memory, which starts out as zeros.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much memory.</exception>
    public Arena(long floats)
        : base(0, ownsHandle: true)
    {
        Floats = floats;
        nuint bytes = checked((nuint)Math.Max(floats, LineFloats) * sizeof(float));
        SetHandle((nint)NativeMemory.AlignedAlloc(bytes, PageBytes));
        NativeMemory.Clear((void*)handle, bytes);
    }

    /// <summary>Number of floats.</summary>
    public long Floats { get; }

    /// <summary>Address of the first float.</summary>
    public float* Pointer => (float*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
