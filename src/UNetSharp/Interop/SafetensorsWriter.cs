using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using UNetSharp.Files;

namespace UNetSharp.Interop;

/// <summary>
/// Writes the safetensors format, float32 and, for whole numbers, int64. The file is whole or not there.
/// </summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const string MetadataName = "__metadata__";

    /// <summary>Writes a file. The same arrays and metadata make the same bytes.</summary>
    /// <exception cref="ArgumentException">Two arrays have one name, or one's values are not as many as its sizes say.
    /// </exception>
    /// <exception cref="CheckpointException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(
        string path, IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        NamedArrays.RequireReadable(tensors, MetadataName);
        try
        {
            AtomicFile.Write(path, stream => Write(stream, tensors, metadata));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private static void Write(
        Stream stream, IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        byte[] header = Encoding.UTF8.GetBytes(Header(tensors, metadata));
        int padded = (header.Length + Alignment - 1) / Alignment * Alignment;
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded);
        stream.Write(length);
        stream.Write(header);
        stream.Write(Encoding.ASCII.GetBytes(new string(' ', padded - header.Length)));
        foreach (StoredTensor tensor in tensors)
        {
            if (tensor.IsInteger)
            {
                long[] integers = [.. tensor.Values.Select(value => (long)value)];
                stream.Write(MemoryMarshal.AsBytes<long>(integers));
            }
            else
            {
                stream.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
            }
        }
    }

    private static string Header(
        IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new JsonObject();
        if (metadata.Count > 0)
        {
            header[MetadataName] = new JsonObject(metadata
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));
        }

        long offset = 0;
        foreach (StoredTensor tensor in tensors)
        {
            long end = offset + ((long)tensor.Values.Length * (tensor.IsInteger ? sizeof(long) : sizeof(float)));
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.IsInteger ? "I64" : "F32",
                ["shape"] = new JsonArray([.. tensor.Dims.Select(size => (JsonNode?)JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        return header.ToJsonString(JsonSerializerOptions.Default);
    }
}
