using System.Buffers.Binary;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Interop;

/// <summary>Reads a file of weights of any format that is known: safetensors, or PyTorch's.</summary>
public static class CheckpointFile
{
    private const int LengthBytes = sizeof(ulong);

    /// <summary>
    /// Reads a file whole. Its first bytes say what it is, whatever its name. A prefix 'module.' or '_orig_mod.' that
    /// all names have is taken off.
    /// </summary>
    /// <returns>The arrays in the order of the file, and its metadata; PyTorch's files have none.</returns>
    /// <exception cref="CheckpointException">The file is missing, damaged or of another format.</exception>
    public static (IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        byte[] head = Head(path);

        // A safetensors file with a header of 640 bytes begins like a pickle. Its brace distinguishes them.
        if (IsSafetensors(head))
        {
            (IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata) =
                SafetensorsReader.Read(path);
            return (NamePrefixes.Strip(tensors), metadata);
        }

        return PyTorchReader.IsLikely(head)
            ? (PyTorchReader.Read(path), new Dictionary<string, string>())
            : throw new CheckpointException($"{path}: is no file of weights: it is neither safetensors nor a PyTorch "
                + "checkpoint (.pth or .pt) of torch.save, nor ONNX.");
    }

    /// <summary>Whether a file is an ONNX file, by its first bytes.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    internal static bool IsOnnx(string path)
    {
        byte[] head = Head(path);
        return OnnxModel.IsLikely(head) && !IsSafetensors(head);
    }

    private static byte[] Head(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (!stream.CanSeek)
            {
                throw new CheckpointException($"{path}: cannot be read: it is a pipe or a device; name a file.");
            }

            byte[] head = new byte[LengthBytes + 1];
            int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return head[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CheckpointException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static bool IsSafetensors(byte[] head) => head.Length > LengthBytes
        && BinaryPrimitives.ReadUInt64LittleEndian(head) <= SafetensorsReader.MaxHeaderBytes
        && head[LengthBytes] == '{';
}
