using System.Text;
using UNetSharp.Files;

namespace UNetSharp.Interop;

/// <summary>
/// Reads the files of TorchSharp's Module.save (https://github.com/dotnet/TorchSharp, docfx/articles/saveload.md): the
/// number of arrays, then for each its name, number format, sizes and numbers. Whole numbers are LEB128
/// (https://en.wikipedia.org/wiki/LEB128), seven bits a byte from the lowest. Nothing in the file is trusted.
/// </summary>
internal static class TorchSharpReader
{
    private const int MaxNameBytes = 256;
    private const int MaxDims = 8;

    // Numbers of TorchSharp's ScalarType, and safetensors' names for the same.
    private static readonly Dictionary<long, string> FormatNames = new()
    {
        [0] = "U8",
        [1] = "I8",
        [2] = "I16",
        [3] = "I32",
        [4] = "I64",
        [5] = "F16",
        [6] = "F32",
        [7] = "F64",
        [11] = "BOOL",
        [15] = "BF16",
    };

    /// <summary>Whether a file begins like one: the format has no mark, so its first array must make sense.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> head)
    {
        using MemoryStream stream = new(head.ToArray());
        try
        {
            return ReadNumber(stream) is > 0 and <= CheckpointFile.MaxArrays && IsName(ReadName(stream))
                && FormatNames.ContainsKey(ReadNumber(stream)) && ReadNumber(stream) <= MaxDims;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public static IReadOnlyList<StoredTensor> Read(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            return Read(stream);
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException($"{path}: is a damaged file of TorchSharp: {e.Message}; save it again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static List<StoredTensor> Read(Stream stream)
    {
        long count = ReadNumber(stream);
        if (count > CheckpointFile.MaxArrays)
        {
            throw new InvalidDataException($"it claims {count} arrays");
        }

        List<StoredTensor> tensors = [];
        HashSet<string> names = [];
        while (tensors.Count < count)
        {
            StoredTensor tensor = ReadTensor(stream);
            tensors.Add(names.Add(tensor.Name)
                ? tensor
                : throw new InvalidDataException($"it names '{CheckpointException.Sanitize(tensor.Name)}' twice"));
        }

        return stream.Position == stream.Length ? tensors : throw new InvalidDataException("more follows its arrays");
    }

    private static StoredTensor ReadTensor(Stream stream)
    {
        string name = ReadName(stream);
        if (!FormatNames.TryGetValue(ReadNumber(stream), out string? type))
        {
            throw new InvalidDataException(
                $"'{CheckpointException.Sanitize(name)}' has a number format that is not known");
        }

        NumberFormat format = NumberFormat.ByName[type];
        long rank = ReadNumber(stream);
        long[] dims = rank <= MaxDims ? [.. Enumerable.Range(0, (int)rank).Select(_ => ReadNumber(stream))] : [];
        double numbers = dims.Aggregate(1.0, (product, size) => product * size);
        if (rank > MaxDims || numbers * format.Bytes > stream.Length - stream.Position
            || numbers * format.Bytes > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"sizes of '{CheckpointException.Sanitize(name)}' do not fit the file, or a single array");
        }

        byte[] bytes = new byte[(int)numbers * format.Bytes];
        stream.ReadExactly(bytes);
        float[] values = new float[(int)numbers];
        format.ToFloat(bytes, values);
        return new StoredTensor(name, [.. dims.Select(size => (int)size)], values, type.StartsWith('I'));
    }

    private static string ReadName(Stream stream)
    {
        long length = ReadNumber(stream);
        if (length is 0 or > MaxNameBytes || length > stream.Length - stream.Position)
        {
            throw new InvalidDataException($"a name claims {length} bytes");
        }

        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static bool IsName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static long ReadNumber(Stream stream)
    {
        long number = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
            {
                break;
            }

            number |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }

        throw new InvalidDataException("a number in it has no end");
    }
}
