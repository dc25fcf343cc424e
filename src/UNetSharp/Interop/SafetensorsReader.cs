using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using UNetSharp.Files;

namespace UNetSharp.Interop;

/// <summary>
/// Reads the safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON
/// header, the header with type, shape and place of every array, then the numbers. Nothing in the file is trusted:
/// every length is checked against the file before memory is reserved for it.
/// </summary>
public static class SafetensorsReader
{
    /// <summary>Room for some 200 bytes on each array.</summary>
    internal const long MaxHeaderBytes = 16 << 20;

    private const int LengthBytes = sizeof(ulong);
    private const int MaxDims = 8;

    // Numbers pass through a buffer of this size, a multiple of every number's, on their way to float32.
    private const int BlockBytes = 1 << 20;

    /// <summary>Reads a file whole.</summary>
    /// <returns>The arrays in the order of the file, and its metadata.</returns>
    /// <exception cref="CheckpointException">The file is missing, damaged or not a safetensors file.</exception>
    public static Checkpoint Read(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static Checkpoint Read(FileStream stream, string path)
    {
        byte[] lengthBytes = new byte[LengthBytes];
        if (stream.ReadAtLeast(lengthBytes, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
        {
            throw Damaged(path, "it is shorter than eight bytes");
        }

        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (headerLength is 0 or > MaxHeaderBytes || (long)headerLength > stream.Length - LengthBytes)
        {
            throw Damaged(path, $"its header claims {headerLength} bytes");
        }

        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        long dataLength = stream.Length - stream.Position;
        (List<Entry> entries, Dictionary<string, string> metadata) = ParseHeader(header, dataLength, path);
        long dataStart = stream.Position;
        byte[] block = new byte[Math.Min(BlockBytes, dataLength)];
        StoredTensor[] tensors = [.. entries.Select(entry => ReadTensor(stream, dataStart, entry, block))];
        return new Checkpoint(tensors, metadata);
    }

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) ParseHeader(
        byte[] header, long dataLength, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(header);
            if (document.RootElement.GetPropertyCount() > CheckpointFile.MaxArrays)
            {
                throw new CheckpointException($"{path}: is refused: its header names more than "
                    + $"{CheckpointFile.MaxArrays} arrays, which no network here has.");
            }

            List<Entry> entries = [];
            Dictionary<string, string> metadata = [];
            HashSet<string> names = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw Damaged(path, $"it names '{CheckpointException.Sanitize(property.Name)}' twice");
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
            throw new CheckpointException(
                $"{path}: is no safetensors file, or damaged: its header is not readable.", e);
        }
    }

    private static Entry ParseEntry(JsonProperty property, long dataLength, string path)
    {
        string name = property.Name;
        string type = property.Value.GetProperty("dtype").GetString() ?? "";
        if (!NumberFormat.ByName.TryGetValue(type, out NumberFormat? format))
        {
            throw Damaged(path, $"'{CheckpointException.Sanitize(name)}' has the unknown number format "
                + $"'{CheckpointException.Sanitize(type)}'");
        }

        long[] dims = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(at => at.GetInt64())];
        bool isPlausible = offsets.Length == 2 && offsets[0] >= 0 && offsets[1] >= offsets[0]
            && offsets[1] <= dataLength
            && dims.Length <= MaxDims && dims.All(size => size is >= 0 and <= int.MaxValue);
        BigInteger count = isPlausible ? dims.Aggregate(BigInteger.One, (product, size) => product * size) : -1;
        if (!isPlausible || count > Array.MaxLength || count * format.Bytes != offsets[1] - offsets[0])
        {
            throw Damaged(path, $"shape and place of '{CheckpointException.Sanitize(name)}' do not fit the file");
        }

        return new Entry(name, [.. dims.Select(size => (int)size)], (int)count, offsets[0], offsets[1], type);
    }

    private static void RefuseOverlaps(List<Entry> entriesByPlace, string path)
    {
        foreach ((Entry before, Entry after) in entriesByPlace.Zip(entriesByPlace.Skip(1)))
        {
            if (after.Begin < before.End)
            {
                throw Damaged(path, $"'{CheckpointException.Sanitize(before.Name)}' and "
                    + $"'{CheckpointException.Sanitize(after.Name)}' overlap");
            }
        }
    }

    private static StoredTensor ReadTensor(FileStream stream, long dataStart, Entry entry, byte[] block)
    {
        stream.Position = dataStart + entry.Begin;
        NumberFormat format = NumberFormat.ByName[entry.Type];
        float[] values = new float[entry.Count];
        int blockCount = block.Length / format.Bytes;
        for (int start = 0; start < values.Length; start += blockCount)
        {
            int count = Math.Min(blockCount, values.Length - start);
            Span<byte> bytes = block.AsSpan(0, count * format.Bytes);
            stream.ReadExactly(bytes);
            format.ToFloat(bytes, values.AsSpan(start, count));
        }

        return new StoredTensor(entry.Name, entry.Dims, values, IsInteger: entry.Type.StartsWith('I'));
    }

    private static CheckpointException Damaged(string path, string what) =>
        new($"{path}: is no safetensors file, or damaged: {what}.");

    private sealed record Entry(string Name, int[] Dims, int Count, long Begin, long End, string Type);
}
