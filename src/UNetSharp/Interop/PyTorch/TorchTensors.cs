using System.Numerics;

namespace UNetSharp.Interop.PyTorch;

/// <summary>Cuts tensors out of storages: of any stride, several out of one storage, none outside it.</summary>
internal sealed class TorchTensors
{
    private const long MaxValues = 1L << 31;

    // Float32 values may take more memory than the file has bytes: bytes and half-precision numbers grow, tensors that
    // share a storage are copied, and a compressed file may hold many zeros. A tiny file that claims gigabytes may not.
    private const long FreeBytes = 64 << 20;
    private const long MaxGrowth = 16;

    // Numbers that do not lie in order are gathered in runs of so many on their way to float32.
    private const int BlockCount = 1 << 16;

    private readonly ITorchData _data;
    private readonly long _maxBytes;
    private long _values;
    private long _readBytes;

    private TorchTensors(ITorchData data, long fileBytes) =>
        (_data, _maxBytes) = (data, FreeBytes + (MaxGrowth * fileBytes));

    /// <summary>Reads tensors, each storage once.</summary>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="data">Where their storages are.</param>
    /// <param name="fileBytes">Length of the file, by which memory and time are limited.</param>
    /// <exception cref="InvalidDataException">A tensor does not fit its storage, or the limit is reached.</exception>
    public static StoredTensor[] Read(
        IReadOnlyList<KeyValuePair<string, PickleTensor>> tensors, ITorchData data, long fileBytes)
    {
        TorchTensors reader = new(data, fileBytes);
        TensorSlice[] cuts = [.. tensors.Select((tensor, index) => reader.Validate(index, tensor.Key, tensor.Value))];
        var read = new StoredTensor[cuts.Length];
        foreach (IGrouping<TorchStorage, TensorSlice> storage in cuts.GroupBy(cut => cut.Storage))
        {
            reader.ReadStorage(storage.Key, [.. storage], read);
        }

        return read;
    }

    private TensorSlice Validate(int index, string name, PickleTensor tensor)
    {
        BigInteger count = tensor.Dims.Aggregate(BigInteger.One, (product, size) => product * size);
        BigInteger last = tensor.Dims.Zip(tensor.Strides, (size, stride) => (size - 1) * (BigInteger)stride)
            .Aggregate(new BigInteger(tensor.Offset), (sum, step) => sum + step);
        if (count > 0 && last >= tensor.Storage.Count)
        {
            throw new InvalidDataException($"is damaged: '{CheckpointException.Sanitize(name)}' reaches beyond its "
                + $"storage '{CheckpointException.Sanitize(tensor.Storage.Storage.Key)}' of {tensor.Storage.Count} "
                + "numbers; copy it again.");
        }

        if (count > Array.MaxLength || _values + (long)count > MaxValues
            || (_values + (long)count) * sizeof(float) > _maxBytes)
        {
            throw new InvalidDataException($"is refused: its arrays up to '{CheckpointException.Sanitize(name)}' would "
                + $"take more than {Math.Min(_maxBytes, MaxValues * sizeof(float)) >> 20} MiB of memory; "
                + "save contiguous copies without compression.");
        }

        _values += (long)count;
        int bytes = tensor.Storage.Storage.Type.Format.Bytes;
        bool isEmpty = count.IsZero;
        long start = isEmpty ? 0 : (tensor.Storage.Start + tensor.Offset) * bytes;
        long end = isEmpty ? 0 : (tensor.Storage.Start + (long)last + 1) * bytes;
        return new TensorSlice(index, name, tensor, (int)count, start, end);
    }

    private void ReadStorage(TorchStorage storage, TensorSlice[] cuts, StoredTensor[] read)
    {
        if (_data.GetLength(storage.Key) < storage.Bytes)
        {
            throw new InvalidDataException($"is damaged: storage '{CheckpointException.Sanitize(storage.Key)}' has "
                + $"{_data.GetLength(storage.Key)} bytes instead of {storage.Bytes}; copy it again.");
        }

        long end = cuts.Max(cut => cut.End);
        long start = cuts.Min(cut => cut.Count == 0 ? end : cut.Start);
        _readBytes += end;
        if (end - start > Array.MaxLength || _readBytes > _maxBytes)
        {
            throw new InvalidDataException(
                $"is refused: storage '{CheckpointException.Sanitize(storage.Key)}' is larger "
                + "than can be read; save each array by itself, without compression.");
        }

        byte[] bytes = end == start ? [] : _data.Read(storage.Key, start, (int)(end - start));
        foreach (TensorSlice cut in cuts)
        {
            ReadOnlySpan<byte> part = cut.Count == 0 ? [] : bytes.AsSpan((int)(cut.Start - start));
            read[cut.Index] = new StoredTensor(
                cut.Name, cut.Tensor.Dims, Values(cut, part, storage.Type.Format), storage.Type.IsInteger);
        }
    }

    private static float[] Values(TensorSlice cut, ReadOnlySpan<byte> part, NumberFormat format)
    {
        float[] values = new float[cut.Count];
        if (IsContiguous(cut.Tensor))
        {
            format.ToFloat(part[..(cut.Count * format.Bytes)], values);
            return values;
        }

        StridedIndex walk = new(cut.Tensor);
        byte[] gathered = new byte[Math.Min(cut.Count, BlockCount) * format.Bytes];
        for (int start = 0; start < cut.Count; start += BlockCount)
        {
            int count = Math.Min(BlockCount, cut.Count - start);
            for (int i = 0; i < count; i++)
            {
                part.Slice((int)walk.Place * format.Bytes, format.Bytes).CopyTo(gathered.AsSpan(i * format.Bytes));
                walk.Next();
            }

            format.ToFloat(gathered.AsSpan(0, count * format.Bytes), values.AsSpan(start, count));
        }

        return values;
    }

    private static bool IsContiguous(PickleTensor tensor)
    {
        long expected = 1;
        for (int axis = tensor.Dims.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Dims[axis] != 1 && tensor.Strides[axis] != expected)
            {
                return false;
            }

            expected *= tensor.Dims[axis];
        }

        return true;
    }

    /// <summary>A tensor that lies in its storage from byte <c>Start</c> up to <c>End</c>.</summary>
    private sealed record TensorSlice(int Index, string Name, PickleTensor Tensor, int Count, long Start, long End)
    {
        public TorchStorage Storage => Tensor.Storage.Storage;
    }

    /// <summary>The places of a tensor's numbers in row-major order, from its first one.</summary>
    private sealed class StridedIndex(PickleTensor tensor)
    {
        private readonly int[] _at = new int[tensor.Dims.Length];

        public long Place { get; private set; }

        public void Next()
        {
            for (int axis = _at.Length - 1; axis >= 0; axis--)
            {
                Place += tensor.Strides[axis];
                if (++_at[axis] < tensor.Dims[axis])
                {
                    return;
                }

                Place -= tensor.Dims[axis] * tensor.Strides[axis];
                _at[axis] = 0;
            }
        }
    }
}
