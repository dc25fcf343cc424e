using System.IO.Compression;
using System.Runtime.InteropServices;

using UNetSharp.Files;
using UNetSharp.Interop.PyTorch;

namespace UNetSharp.Interop;

/// <summary>
/// Writes checkpoints that PyTorch's torch.load reads as an OrderedDict of contiguous tensors, also with
/// weights_only=True: float32 and, for whole numbers, int64. The file is whole or not there.
/// </summary>
public static class PyTorchWriter
{
    private const string Folder = "archive/";
    private const int BlockCount = 1 << 16;

    // The first time that a zip file can hold. The time of writing would make other bytes of the same weights.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file. The same arrays make the same bytes.</summary>
    /// <exception cref="ArgumentException">Two arrays have one name, or one's values are not as many as its sizes say.
    /// </exception>
    /// <exception cref="CheckpointException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, IReadOnlyList<StoredTensor> tensors)
    {
        NamedArrays.RequireReadable(tensors);
        try
        {
            AtomicFile.Write(path, stream => Write(stream, tensors));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private static void Write(Stream stream, IReadOnlyList<StoredTensor> tensors)
    {
        using ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "data.pkl", entry => entry.Write(PickleWriter.StateDict(tensors)));
        Add(zip, "byteorder", entry => entry.Write("little"u8));
        foreach ((int index, StoredTensor tensor) in tensors.Index())
        {
            Add(zip, $"data/{index}", entry => WriteValues(entry, tensor));
        }

        Add(zip, "version", entry => entry.Write("3\n"u8));
    }

    // PyTorch maps storages into memory, so they are not compressed.
    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = zip.CreateEntry(Folder + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        using Stream stream = entry.Open();
        write(stream);
    }

    private static void WriteValues(Stream stream, StoredTensor tensor)
    {
        foreach (float[] block in tensor.Values.Chunk(BlockCount))
        {
            if (tensor.IsInteger)
            {
                long[] integers = [.. block.Select(value => (long)value)];
                stream.Write(MemoryMarshal.AsBytes<long>(integers));
            }
            else
            {
                stream.Write(MemoryMarshal.AsBytes<float>(block));
            }
        }
    }
}
