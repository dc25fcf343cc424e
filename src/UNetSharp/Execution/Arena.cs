using System.Runtime.InteropServices;

namespace UNetSharp.Execution;

/// <summary>
/// The one block of memory of a plan, aligned to cache lines. Disposing it returns the memory at once.
/// </summary>
internal sealed unsafe partial class Arena : SafeHandle
{
    /// <summary>Floats of a cache line: what starts on a multiple of it is aligned.</summary>
    public const int LineFloats = 16;

    private const int PageBytes = 4096;

    // Linux gives memory in such pages where it is advised to: addresses are translated once for all of one.
    private const int HugePageBytes = 2 << 20;
    private const int HugePagesWelcome = 14; // MADV_HUGEPAGE

    /// <summary>Reserves memory, which starts out as zeros.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much memory.</exception>
    public Arena(long floats)
        : base(0, ownsHandle: true)
    {
        Floats = floats;
        nuint bytes = checked((nuint)Math.Max(floats, LineFloats) * sizeof(float));
        bool isHuge = bytes >= HugePageBytes;
        SetHandle((nint)NativeMemory.AlignedAlloc(bytes, (nuint)(isHuge ? HugePageBytes : PageBytes)));
        if (isHuge && OperatingSystem.IsLinux())
        {
            _ = Advise(handle, bytes, HugePagesWelcome);
        }

        NativeMemory.Clear((void*)handle, bytes);
    }

    /// <summary>Number of floats.</summary>
    public long Floats { get; }

    /// <summary>Address of the first float.</summary>
    public float* Start => (float*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint bytes, int advice);
}
