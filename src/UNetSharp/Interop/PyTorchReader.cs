using UNetSharp.Files;
using UNetSharp.Interop.PyTorch;

namespace UNetSharp.Interop;

/// <summary>
/// Reads checkpoints of PyTorch's torch.save, without Python: the zip files since version 1.6 and the streams before
/// it. They hold a pickle, a program that could call anything; here it runs on a machine that knows a short list of
/// names and calls nothing outside this library. See <see cref="RestrictedUnpickler"/>.
/// </summary>
public static class PyTorchReader
{
    private const int HeadBytes = 4;
    private const byte FirstProtocol = 2;
    private const byte LastProtocol = 5;

    /// <summary>
    /// Reads the weights: of a state dict, or of the first dict of tensors among the entries state_dict, model,
    /// model_state_dict, net, network, params and weights, or of the dict with most tensors. Other entries are left
    /// out.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="takesAveraged">
    /// Whether averaged weights (an entry as model_ema, swa_state_dict) are taken where plain ones are there too.
    /// </param>
    /// <returns>The arrays in the order of the state dict, and where they were.</returns>
    /// <exception cref="CheckpointException">The file is missing, damaged, asks for more than arrays, or is no
    /// checkpoint of torch.save.</exception>
    public static Checkpoint Read(string path, bool takesAveraged = false)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            return Read(stream, takesAveraged);
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CheckpointException($"{path}: cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            throw new CheckpointException($"{path}: cannot be read: its arrays need more memory than there is.", e);
        }
    }

    /// <summary>Whether a file begins like one of torch.save.</summary>
    internal static bool IsLikely(ReadOnlySpan<byte> head) => IsZip(head) || IsPickle(head);

    private static Checkpoint Read(FileStream stream, bool takesAveraged)
    {
        byte[] head = new byte[HeadBytes];
        int length = stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        if (!IsLikely(head.AsSpan(0, length)))
        {
            throw new InvalidDataException(
                "is no PyTorch checkpoint: it is neither a zip file nor a pickle; save model.state_dict() with "
                + "torch.save.");
        }

        (PickleValue root, ITorchData data) = IsZip(head) ? TorchZip.Open(stream) : TorchStream.Open(stream);
        var weights = TorchStateDict.Find(root, takesAveraged);
        return new Checkpoint(
            TorchTensors.Read(weights.Tensors, data, stream.Length), new Dictionary<string, string>())
        {
            Entry = weights.Entry,
            AveragedEntry = weights.AveragedEntry,
        };
    }

    private static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8);

    private static bool IsPickle(ReadOnlySpan<byte> head) =>
        head.Length >= 2 && head[0] == (byte)PickleOpcode.Proto && head[1] is >= FirstProtocol and <= LastProtocol;
}
