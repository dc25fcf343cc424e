using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace UNetSharp.Interop;

/// <summary>
/// Reads the safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON
/// header, the header with type, shape and place of every array, then the numbers. Nothing in the file is trusted:
/// every length is checked against the file before memory is reserved for it.
/// </summary>
public static class SafetensorsReader
{
    private const int LengthBytes = sizeof(ulong);
    private const long MostHeaderBytes = 100_000_000;
    private const int MostDims = 8;

    // Bytes of a number, and how to make float32 of a run of them.
    private static readonly Dictionary<string, (int Bytes, Action<byte[], float[]> ToFloat)> Types = new()
    {
        ["F32"] = (4, (from, to) => MemoryMarshal.Cast<byte, float>(from).CopyTo(to)),
        ["F64"] = (8, (from, to) => Convert<double>(from, to, value => (float)value)),
        ["F16"] = (2, (from, to) => Convert<Half>(from, to, value => (float)value)),
        ["BF16"] = (2, (from, to) => Convert<ushort>(from, to, value => BitConverter.Int32BitsToSingle(value << 16))),
        ["I64"] = (8, (from, to) => Convert<long>(from, to, value => value)),
        ["I32"] = (4, (from, to) => Convert<int>(from, to, value => value)),
        ["I16"] = (2, (from, to) => Convert<short>(from, to, value => value)),
        ["U8"] = (1, (from, to) => Convert<byte>(from, to, value => value)),
        ["BOOL"] = (1, (from, to) => Convert<byte>(from, to, value => value)),
    };

    /// <summary>Reads a file whole.</summary>
    /// <returns>The arrays in the order of the file, and its metadata.</returns>
    /// <exception cref="CheckpointException">The file is missing, damaged or not a safetensors file.</exception>
    public static (IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static (IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(
        FileStream stream, string path)
    {
        byte[] lengthBytes = new byte[LengthBytes];
        if (stream.ReadAtLeast(lengthBytes, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
        {
            throw Damaged(path, "it is shorter than eight bytes");
        }

        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (headerLength is 0 or > MostHeaderBytes || headerLength > (ulong)(stream.Length - LengthBytes))
        {
            throw Damaged(path, $"its header claims {headerLength} bytes");
        }

        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        long dataLength = stream.Length - stream.Position;
        (List<Entry> entries, Dictionary<string, string> metadata) = ParseHeader(header, dataLength, path);
        StoredTensor[] tensors = [.. entries.Select(entry => ReadTensor(stream, stream.Length - dataLength, entry))];
        return (tensors, metadata);
    }

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) ParseHeader(
        byte[] header, long dataLength, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(header);
            List<Entry> entries = [];
            Dictionary<string, string> metadata = [];
            HashSet<string> names = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw Damaged(path, $"it names '{property.Name}' twice");
                }

                if (property.Name == "__metadata__")
                {
                    metadata = property.Value.EnumerateObject().ToDictionary(
                        pair => pair.Name, pair => pair.Value.GetString() ?? "");
                }
                else
                {
                    entries.Add(ParseEntry(property, dataLength, path));
                }
            }

            entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
            RefuseOverlaps(entries, path);
            return (entries, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or ArgumentException)
        {
            throw new CheckpointException($"{path}: is no safetensors file, or damaged: its header is not readable.", e);
        }
    }

    private static Entry ParseEntry(JsonProperty property, long dataLength, string path)
    {
        string type = property.Value.GetProperty("dtype").GetString() ?? "";
        if (!Types.TryGetValue(type, out (int Bytes, Action<byte[], float[]> ToFloat) format))
        {
            throw Damaged(path, $"'{property.Name}' has the unknown number format '{type}'");
        }

        long[] dims = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(at => at.GetInt64())];
        bool isPlausible = offsets.Length == 2 && offsets[0] >= 0 && offsets[1] >= offsets[0]
            && offsets[1] <= dataLength && dims.Length <= MostDims && dims.All(size => size is >= 0 and <= int.MaxValue);
        Int128 count = isPlausible ? dims.Aggregate((Int128)1, (product, size) => product * size) : -1;
        if (!isPlausible || count > Array.MaxLength || count * format.Bytes != offsets[1] - offsets[0])
        {
            throw Damaged(path, $"shape and place of '{property.Name}' do not fit the file");
        }

        return new Entry(property.Name, type, [.. dims.Select(size => (int)size)], offsets[0], offsets[1]);
    }

    private static void RefuseOverlaps(List<Entry> entriesByPlace, string path)
    {
        foreach ((Entry before, Entry after) in entriesByPlace.Zip(entriesByPlace.Skip(1)))
        {
            if (after.Begin < before.End)
            {
                throw Damaged(path, $"'{before.Name}' and '{after.Name}' overlap");
            }
        }
    }

    private static StoredTensor ReadTensor(FileStream stream, long dataStart, Entry entry)
    {
        byte[] bytes = new byte[entry.End - entry.Begin];
        stream.Position = dataStart + entry.Begin;
        stream.ReadExactly(bytes);
        (int size, Action<byte[], float[]> toFloat) = Types[entry.Type];
        float[] values = new float[bytes.Length / size];
        toFloat(bytes, values);
        return new StoredTensor(entry.Name, entry.Dims, values, IsInteger: entry.Type.StartsWith('I'));
    }

    private static void Convert<T>(byte[] from, float[] to, Func<T, float> convert)
        where T : unmanaged
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(from);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = convert(values[i]);
        }
    }

    private static CheckpointException Damaged(string path, string what) =>
        new($"{path}: is no safetensors file, or damaged: {what}.");

    private sealed record Entry(string Name, string Type, int[] Dims, long Begin, long End);
}
