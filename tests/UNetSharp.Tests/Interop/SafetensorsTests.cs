using System.Buffers.Binary;
using System.Text;
using UNetSharp.Files;
using UNetSharp.Interop;
using UNetSharp.Tests.Golden;

namespace UNetSharp.Tests.Interop;

/// <summary>What is written is read again; what others write is read as they meant it.</summary>
public sealed class SafetensorsTests : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly TemporaryFolder _folder = new();

    /// <summary>Bytes of numbers in every format, and the numbers.</summary>
    public static TheoryData<string, byte[], float[]> Formats => new()
    {
        { "F32", [0, 0, 0xC0, 0x3F, 0, 0, 0, 0x80], [1.5f, -0f] },
        { "F32", [0, 0, 0xC0, 0xFF, 0, 0, 0x80, 0xFF], [float.NaN, float.NegativeInfinity] },
        { "F64", [0, 0, 0, 0, 0, 0, 0xF8, 0xBF, 1, 0, 0, 0, 0, 0, 0xF0, 0x3F], [-1.5f, 1] },
        { "F16", [0x00, 0x3E, 0x01, 0x00, 0x00, 0xFC], [1.5f, 5.9604645e-8f, float.NegativeInfinity] },
        { "BF16", [0xC0, 0xBF, 0x01, 0x00, 0x80, 0x7F], [-1.5f, 9.1835e-41f, float.PositiveInfinity] },
        { "I64", [0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 1, 0, 0, 0], [-3, 4294967296] },
        { "I32", [0xFD, 0xFF, 0xFF, 0xFF, 0, 0, 1, 0], [-3, 65536] },
        { "I16", [0xFD, 0xFF, 0, 1], [-3, 256] },
        { "I8", [0xFD, 0x7F], [-3, 127] },
        { "U8", [0, 200, 255], [0, 200, 255] },
        { "BOOL", [0, 1], [0, 1] },
    };

    [Fact]
    public void What_is_written_is_read_again()
    {
        StoredTensor[] tensors =
        [
            new("z.weight", [2, 1, 3], [1, -2, 3.5f, float.NaN, float.PositiveInfinity, -0f]),
            new("z.num_batches_tracked", [], [16_000_000], IsInteger: true),
            new("a \"quoted\" näme", [1], [7]),
            new("empty", [3, 0], []),
        ];
        Dictionary<string, string> metadata = new() { ["model"] = "{\"α\": 1}", ["empty"] = "" };

        SafetensorsWriter.Write(File("w"), tensors, metadata);
        (IReadOnlyList<StoredTensor> read, IReadOnlyDictionary<string, string> readMetadata) =
            SafetensorsReader.Read(File("w"));

        Assert.Equal(metadata.OrderBy(pair => pair.Key), readMetadata.OrderBy(pair => pair.Key));
        Assert.Equal(tensors.Select(tensor => tensor.Name), read.Select(tensor => tensor.Name));
        foreach ((StoredTensor expected, StoredTensor actual) in tensors.Zip(read))
        {
            Assert.Equal(expected.Dims, actual.Dims);
            Assert.Equal(expected.IsInteger, actual.IsInteger);
            Assert.Equal(Bits(expected.Values), Bits(actual.Values));
        }
    }

    [Fact]
    public void More_numbers_than_one_block_are_read_in_order()
    {
        float[] values = [.. Enumerable.Range(0, 600_001).Select(i => (float)i)];
        SafetensorsWriter.Write(
            File("w"), [new("f", [600_001], values), new("i", [600_001], values, IsInteger: true)], NoMetadata);

        IReadOnlyList<StoredTensor> read = SafetensorsReader.Read(File("w")).Tensors;

        Assert.Equal(values, read[0].Values);
        Assert.Equal(values, read[1].Values);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_number_format_becomes_float32(string format, byte[] data, float[] values)
    {
        string header = $$"""
            {"a":{"dtype":"{{format}}","shape":[{{values.Length}}],"data_offsets":[0,{{data.Length}}]} }
            """;
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        System.IO.File.WriteAllBytes(File("w"), [.. length, .. Encoding.ASCII.GetBytes(header), .. data]);

        StoredTensor tensor = Assert.Single(SafetensorsReader.Read(File("w")).Tensors);

        Assert.Equal(Bits(values), Bits(tensor.Values));
        Assert.Equal(format.StartsWith('I'), tensor.IsInteger);
    }

    [Fact]
    public void Numbers_start_at_a_multiple_of_eight_bytes()
    {
        for (int length = 1; length <= 9; length++)
        {
            SafetensorsWriter.Write(File("w"), [new StoredTensor(new string('n', length), [1], [1])], NoMetadata);
            byte[] bytes = System.IO.File.ReadAllBytes(File("w"));

            ulong header = BinaryPrimitives.ReadUInt64LittleEndian(bytes);

            Assert.Equal(0UL, header % 8);
            Assert.Equal((ulong)bytes.Length, 8 + header + 4);
            Assert.Equal((byte)'{', bytes[8]);
        }
    }

    [Fact]
    public void The_order_in_which_metadata_was_collected_does_not_change_the_file()
    {
        StoredTensor[] tensors = [new("a", [1], [1])];
        SafetensorsWriter.Write(File("1"), tensors, new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        SafetensorsWriter.Write(File("2"), tensors, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });

        Assert.Equal(System.IO.File.ReadAllBytes(File("1")), System.IO.File.ReadAllBytes(File("2")));
    }

    [Fact]
    public void What_could_not_be_read_again_is_not_written()
    {
        Refuses(new("a", [1], [1]), new("a", [1], [1]));
        Refuses(new StoredTensor("__metadata__", [1], [1]));
        Refuses(new StoredTensor("a", [2, 2], [1, 2, 3]));
        Refuses(new StoredTensor("a", [0], [1]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));

        void Refuses(params StoredTensor[] tensors) =>
            Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(File("w"), tensors, NoMetadata));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named_and_leaves_nothing()
    {
        string[] places = [Path.Combine(File("missing"), "w"), Directory.CreateDirectory(File("folder")).FullName];
        foreach (string place in places)
        {
            CheckpointException e = Assert.Throws<CheckpointException>(
                () => SafetensorsWriter.Write(place, [new("a", [1], [1])], NoMetadata));

            Assert.StartsWith(place, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(e.Message, char.IsControl);
        }

        Assert.Equal([File("folder")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void The_old_file_survives_a_write_that_fails_half_way()
    {
        AtomicFile.WriteText(File("w"), "old");

        Assert.Throws<IOException>(() => AtomicFile.Write(File("w"), stream =>
        {
            stream.Write("new"u8);
            throw new IOException("No space left on device");
        }));

        Assert.Equal("old", System.IO.File.ReadAllText(File("w")));
        Assert.Equal([File("w")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_file_is_replaced_whole()
    {
        AtomicFile.WriteText(File("w"), "a long old text");

        AtomicFile.WriteText(File("w"), "new");

        Assert.Equal("new", System.IO.File.ReadAllText(File("w")));
        Assert.Equal([File("w")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_file_made_by_PyTorch_is_read()
    {
        GoldenFile golden = new("training/adam");

        IReadOnlyList<StoredTensor> start = golden.WithPrefix("start.");

        Assert.Equal("inc.double_conv.0.weight", start[0].Name);
        Assert.Equal([2, 3, 3, 3], start[0].Dims);
        Assert.All(start[0].Values, value => Assert.InRange(Math.Abs(value), 1e-6, 1));
        StoredTensor counter = start.Single(tensor => tensor.Name == "inc.double_conv.1.num_batches_tracked");
        Assert.True(counter.IsInteger);
        Assert.Empty(counter.Dims);
        Assert.Equal([0f], counter.Values);
    }

    public void Dispose() => _folder.Dispose();

    private string File(string name) => _folder.File(name);

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}
