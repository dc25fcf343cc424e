using System.Runtime.InteropServices;

namespace UNetSharp.Graph;

/// <summary>Numbers that stay where they are in memory, for kernels to read by address.</summary>
internal sealed unsafe class PinnedArray<T>
    where T : unmanaged
{
    private readonly T[] _values;

    /// <summary>Copies the numbers.</summary>
    public PinnedArray(IEnumerable<T> values)
    {
        T[] array = [.. values];
        _values = GC.AllocateUninitializedArray<T>(array.Length, pinned: true);
        array.CopyTo(_values, 0);
    }

    /// <summary>How many there are.</summary>
    public int Count => _values.Length;

    /// <summary>The first of them; valid as long as this object lives.</summary>
    public T* Address => (T*)Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0);

    /// <summary>One of them.</summary>
    public ref T this[int index] => ref _values[index];
}
