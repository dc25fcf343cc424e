using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop;

/// <summary>Files that are cut, changed or claim too much end in one line, in little time and memory.</summary>
public sealed class PyTorchDamageTests : IDisposable
{
    private const int Changes = 2000;
    private const long MaxBytes = 256 << 20;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);
    private static readonly byte[] FourFloats = TorchFiles.Floats(1, 2, 3, 4);
    private readonly TemporaryFolder _folder = new();

    /// <summary>Count of the storage of four numbers, offset, sizes, strides, and the refusal.</summary>
    public static TheoryData<long, long, long[], long[], string> Places => new()
    {
        { 4, 0, [5], [1], "'a' reaches beyond its storage '0' of 4 numbers" },
        { 4, 1, [4], [1], "reaches beyond" },
        { 4, 4, [], [], "reaches beyond" },
        { 4, 0, [2, 2], [3, 1], "reaches beyond" },
        { 4, 0, [2], [4], "reaches beyond" },
        { 4, long.MaxValue, [1], [1], "reaches beyond" },
        { 4, 0, [2], [long.MaxValue], "reaches beyond" },
        { 4, 3, [int.MaxValue, int.MaxValue], [long.MaxValue, long.MaxValue], "reaches beyond" },
        { 4, 0, [1 << 16, 1 << 16], [1 << 16, 1], "reaches beyond" },
        { 5, 0, [5], [1], "storage '0' has 16 bytes instead of 20" },
        { 1L << 40, 0, [4], [1], "instead of 4398046511104" },
        { 1L << 62, 0, [4], [1], "no number that can be" },
        { -1, 0, [4], [1], "no number that can be" },
        { 4, -1, [4], [1], "no number that can be" },
        { 4, 3, [4], [-1], "no number that can be" },
        { 4, 0, [-1], [1], "no number that can be" },
        { 4, 0, [1L << 31], [0], "no number that can be" },
        { 4, 0, [2, 2], [1], "up to 8 sizes" },
        { 4, 0, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1], "up to 8 sizes" },

        // Expanded tensors that would fill the memory, and such that only look it.
        { 4, 0, [int.MaxValue], [0], "would take more than" },
        { 4, 0, [17 << 20], [0], "would take more than 64 MiB" },
        { 4, 0, [65536, 65536, 65536, 65536], [0, 0, 0, 0], "would take more than" },
    };

    public static TheoryData<string> SmallFiles => ["zip_views", "stream_views", "zip_trained", "stream_trained"];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_tensor_outside_its_storage_is_refused(
        long count, long offset, long[] size, long[] stride, string reason)
    {
        byte[] pickle = PickleBytes.OneTensor(count, offset, size, stride);

        Assert.Contains(reason, Refusal(TorchFiles.Zip(pickle, ("archive/data/0", FourFloats))),
            StringComparison.Ordinal);
        Refusal(TorchFiles.Stream(pickle, ("0", FourFloats)));
    }

    [Fact]
    public void Many_names_for_one_storage_do_not_fill_the_memory()
    {
        PickleBytes pickle = new PickleBytes().Code("}(");
        for (int i = 0; i < 1000; i++)
        {
            pickle.Text($"t{i}").Tensor(p => p.Storage("0", 1 << 20), 0, [1 << 20], [1]);
        }

        byte[] file = TorchFiles.Zip(pickle.Code("u").Done, ("archive/data/0", new byte[4 << 20]));

        Assert.Contains("would take more than", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SmallFiles))]
    public void A_file_cut_short_anywhere_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(TorchFiles.Golden(name));
        for (int length = 0; length < whole.Length; length++)
        {
            Refusal(whole[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(SmallFiles))]
    public void A_byte_changed_anywhere_never_does_more_than_refuse(string name)
    {
        byte[] whole = File.ReadAllBytes(TorchFiles.Golden(name));
        var random = new Random(1);
        for (int i = 0; i < Changes; i++)
        {
            byte[] changed = [.. whole];
            int place = random.Next(whole.Length);
            changed[place] = i % 2 == 0 ? (byte)random.Next(256) : (byte)(changed[place] ^ (1 << random.Next(8)));
            if (Failure(changed) is { } e)
            {
                Assert.IsType<CheckpointException>(e);
            }
        }
    }

    [Fact]
    public void A_compressed_file_of_zeros_is_refused_before_it_is_unpacked()
    {
        byte[] pickle = PickleBytes.OneTensor(40 << 20, (40 << 20) - 1, [1], [1]);
        byte[] file = TorchFiles.Zip(
            CompressionLevel.Optimal, ("archive/data.pkl", pickle), ("archive/data/0", new byte[160 << 20]));

        Assert.Contains("storage '0' is larger than can be read", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("archive/data/0", uint.MaxValue - 1, "does not fit the file")]
    [InlineData("archive/data/0", 17U, "'archive/data/0' cannot be unpacked")]
    [InlineData("archive/data.pkl", 1000U, "'archive/data.pkl' cannot be unpacked")]
    public void A_size_that_is_not_that_of_the_unpacked_entry_is_refused(string entry, uint bytes, string reason)
    {
        byte[] pickle = PickleBytes.OneTensor(5, 0, [5], [1], "ByteStorage");
        byte[] file = TorchFiles.Zip(
            CompressionLevel.Optimal, ("archive/data.pkl", pickle), ("archive/data/0", [1, 2, 3, 4]));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(DirectoryEntry(file, entry) + 24), bytes);

        Assert.Contains(reason, Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_is_not_deflate_is_refused()
    {
        byte[] file = TorchFiles.Zip(PickleBytes.OneTensor(4, 0, [4], [1]), ("archive/data/0", FourFloats));
        byte[] other = [.. file];
        other[DirectoryEntry(other, "archive/data/0") + 10] = 12;
        byte[] encrypted = [.. file];
        encrypted[DirectoryEntry(encrypted, "archive/data/0") + 8] |= 1;

        Assert.Contains("by another method than deflate", Refusal(other), StringComparison.Ordinal);
        Assert.Contains("is encrypted", Refusal(encrypted), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_in_a_zip_file_is_named()
    {
        byte[] pickle = PickleBytes.OneTensor(4, 0, [4], [1]);

        Assert.Contains("has no entry 'data/0'", Refusal(TorchFiles.Zip(pickle)), StringComparison.Ordinal);
        Assert.Contains("with 0 entries data.pkl",
            Refusal(TorchFiles.Zip(CompressionLevel.Optimal, ("word/document.xml", [1]))), StringComparison.Ordinal);
        Assert.Contains("with 2 entries data.pkl",
            Refusal(TorchFiles.Zip(pickle, ("other/data.pkl", pickle))), StringComparison.Ordinal);
        Assert.Contains("another byte order",
            Refusal(TorchFiles.Zip(pickle, ("archive/byteorder", "big"u8.ToArray()))), StringComparison.Ordinal);
        Assert.Contains("TorchScript",
            Refusal(TorchFiles.Zip(pickle, ("archive/constants.pkl", pickle))), StringComparison.Ordinal);
        Refusal(TorchFiles.Zip(pickle, ("archive/data/0", FourFloats), ("archive/data/0", FourFloats)));
    }

    [Fact]
    public void What_is_missing_in_a_stream_is_named()
    {
        byte[] pickle = PickleBytes.OneTensor(4, 0, [4], [1]);

        Assert.Contains("has no storage '0'", Refusal(TorchFiles.Stream(pickle)), StringComparison.Ordinal);
        Assert.Contains("'1' is listed but not described",
            Refusal(TorchFiles.Stream(pickle, ("1", FourFloats))), StringComparison.Ordinal);
        Assert.Contains("'0' is listed twice",
            Refusal(TorchFiles.Stream(pickle, ("0", FourFloats), ("0", FourFloats))), StringComparison.Ordinal);
        Assert.Contains("'0' has 3 numbers instead of 4",
            Refusal(TorchFiles.Stream(pickle, ("0", FourFloats[..12]))), StringComparison.Ordinal);
        Assert.Contains("none of torch.save", Refusal(new PickleBytes().Code("}").Done), StringComparison.Ordinal);
    }

    [Fact]
    public void A_storage_described_in_two_ways_and_a_name_given_twice_are_refused()
    {
        byte[] types = new PickleBytes().Code("}(")
            .Text("a").Tensor(p => p.Storage("0", 4), 0, [4], [1])
            .Text("b").Tensor(p => p.Storage("0", 4, "ByteStorage"), 0, [4], [1]).Code("u").Done;
        byte[] names = new PickleBytes().Code("}(")
            .Text("a").Tensor(p => p.Storage("0", 4), 0, [4], [1])
            .Text("a").Tensor(p => p.Storage("0", 4), 0, [2], [1]).Code("u").Done;

        Assert.Contains("'0' is described in two different ways",
            Refusal(TorchFiles.Zip(types, ("archive/data/0", FourFloats))), StringComparison.Ordinal);
        Assert.Contains("names 'a' twice",
            Refusal(TorchFiles.Zip(names, ("archive/data/0", FourFloats))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_a_folder_and_what_is_no_plain_file_are_refused()
    {
        RefusalOf(_folder.File("missing.pth"));
        RefusalOf(_folder.Path);
        if (!OperatingSystem.IsWindows())
        {
            RefusalOf("/dev/null");
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Where the directory of a zip file describes an entry: 46 bytes before the last of its names.</summary>
    private static int DirectoryEntry(byte[] file, string name) =>
        file.AsSpan().LastIndexOf(System.Text.Encoding.ASCII.GetBytes(name)) - 46;

    private string Refusal(byte[] file) => Message(Assert.IsType<CheckpointException>(Failure(file)), Path);

    private static void RefusalOf(string path) =>
        Message(Assert.Throws<CheckpointException>(() => PyTorchReader.Read(path)), path);

    private Exception? Failure(byte[] file)
    {
        File.WriteAllBytes(Path, file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();

        Exception? e = Record.Exception(() => PyTorchReader.Read(Path));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, MaxTime);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytes);
        return e;
    }

    private static string Message(CheckpointException e, string path)
    {
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.InRange(e.Message.Length, 1, path.Length + 300);
        return e.Message;
    }

    private string Path => _folder.File("weights.pth");
}
