using System.Numerics;

namespace UNetSharp.Interop.PyTorch;

/// <summary>
/// What a pickle of a state dict can hold. The kinds are ours and plain data: whatever a file says, no more than these
/// is made of it. Lists and dicts may hold themselves, so nothing walks through values without end.
/// </summary>
internal abstract record PickleValue;

/// <summary>What weights are never read from: None, booleans, fractions, bytes, devices, number types.</summary>
internal sealed record PickleOpaque : PickleValue
{
    public static PickleOpaque Instance { get; } = new();
}

/// <summary>A whole number of any size.</summary>
internal sealed record PickleInteger(BigInteger Value) : PickleValue;

/// <summary>A text.</summary>
internal sealed record PickleText(string Value) : PickleValue;

/// <summary>A tuple, or the sizes of a tensor.</summary>
internal sealed record PickleTuple(PickleValue[] Items) : PickleValue;

/// <summary>A list.</summary>
internal sealed record PickleList(List<PickleValue> Items) : PickleValue;

/// <summary>A dict in the order in which it was filled; a key that is set again stands in it again.</summary>
internal record PickleDict(List<KeyValuePair<PickleValue, PickleValue>> Items) : PickleValue;

/// <summary>An object of a class that is not known: its entries, if it is a kind of dict, and nothing else.</summary>
internal sealed record PickleObject(string ClassName) : PickleDict([]);

/// <summary>A name that stands for a constructor, and what we make of its arguments.</summary>
internal sealed record PickleFunction(Func<PickleValue[], PickleValue> Call) : PickleValue;

/// <summary>A type of storage, as torch.FloatStorage.</summary>
internal sealed record PickleStorageType(NumberFormat Format, bool IsInteger) : PickleValue;

/// <summary>Numbers beside the pickle, and which of them: a storage, or a part of one.</summary>
internal sealed record PickleStorage(TorchStorage Storage, long Start, long Count) : PickleValue;

/// <summary>A tensor: sizes and steps over the numbers of a storage. They are not compared with it yet.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, int[] Dims, long[] Strides) : PickleValue;
