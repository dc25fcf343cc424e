using System.Buffers.Binary;
using UNetSharp.Files;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Interop;

/// <summary>Reads a file of weights of any format that is known: safetensors, PyTorch's or TorchSharp's.</summary>
public static class CheckpointFile
{
    /// <summary>The most arrays that a file may hold; the deepest networks have some thousand.</summary>
    internal const int MaxArrays = 1 << 16;

    private const int LengthBytes = sizeof(ulong);
    private const int HeadBytes = 512;

    /// <summary>Reads a file whole. Its first bytes say what it is, whatever its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="takesAveraged">
    /// Whether averaged weights are taken where a PyTorch file has plain ones too; see <see cref="PyTorchReader"/>.
    /// </param>
    /// <exception cref="CheckpointException">The file is missing, damaged or of another format.</exception>
    public static Checkpoint Read(string path, bool takesAveraged = false)
    {
        byte[] head = Head(path);

        // A safetensors file with a header of 640 bytes begins like a pickle. Its brace distinguishes them.
        return IsSafetensors(head) ? SafetensorsReader.Read(path)
            : PyTorchReader.IsLikely(head) ? PyTorchReader.Read(path, takesAveraged)
            : TorchSharpReader.IsLikely(head)
                ? new Checkpoint(TorchSharpReader.Read(path), new Dictionary<string, string>())
            : throw new CheckpointException($"{path}: is no file of weights: it is neither safetensors nor a PyTorch "
                + "checkpoint (.pth or .pt) of torch.save, nor TorchSharp's, nor ONNX.");
    }

    /// <summary>The name of a file's format, by its first bytes.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    internal static string DescribeFormat(string path)
    {
        byte[] head = Head(path);
        return IsSafetensors(head) ? "safetensors"
            : PyTorchReader.IsLikely(head) ? "PyTorch, torch.save"
            : TorchSharpReader.IsLikely(head) ? "TorchSharp, Module.save"
            : "ONNX";
    }

    /// <summary>Whether a file is an ONNX file, by its first bytes.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    internal static bool IsOnnx(string path)
    {
        byte[] head = Head(path);
        return OnnxModel.IsLikely(head) && !IsSafetensors(head) && !TorchSharpReader.IsLikely(head);
    }

    private static byte[] Head(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            byte[] head = new byte[HeadBytes];
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
