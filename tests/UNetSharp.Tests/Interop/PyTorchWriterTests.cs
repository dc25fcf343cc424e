using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop;

/// <summary>What is written is read again, by us and by PyTorch.</summary>
public sealed class PyTorchWriterTests : IDisposable
{
    // Prints each array as PyTorch loads it: name, type, sizes, whether it is contiguous, values.
    private const string Show = """
        import sys, torch
        for only in (False, True):
            weights = torch.load(sys.argv[1], weights_only=only)
            print(type(weights).__name__)
            for name, t in weights.items():
                print(name, t.dtype, list(t.shape), t.is_contiguous(), t.flatten().tolist())
        """;

    private static readonly StoredTensor[] Tensors =
    [
        new("z.weight", [2, 1, 3], [1, -2, 3.5f, float.NaN, float.PositiveInfinity, -0f]),
        new("z.num_batches_tracked", [], [16_000_000], IsInteger: true),
        new("a \"quoted\" näme", [1], [7]),
        new("empty", [3, 0, int.MaxValue, int.MaxValue], []),
    ];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void What_is_written_is_read_again()
    {
        PyTorchWriter.Write(File("w.pth"), Tensors);

        IReadOnlyList<StoredTensor> read = PyTorchReader.Read(File("w.pth")).Tensors;

        Assert.Equal(Tensors.Select(tensor => tensor.Name), read.Select(tensor => tensor.Name));
        foreach ((StoredTensor expected, StoredTensor actual) in Tensors.Zip(read))
        {
            Assert.Equal(expected.Dims, actual.Dims);
            Assert.Equal(expected.IsInteger, actual.IsInteger);
            Assert.Equal(Bits(expected.Values), Bits(actual.Values));
        }
    }

    [Fact]
    public void A_file_without_arrays_is_read_again()
    {
        PyTorchWriter.Write(File("w.pth"), []);

        Assert.Empty(PyTorchReader.Read(File("w.pth")).Tensors);
    }

    [Fact]
    public void More_numbers_than_one_block_are_written_in_order()
    {
        float[] values = [.. Enumerable.Range(0, 200_001).Select(i => (float)i)];

        PyTorchWriter.Write(File("w.pth"), [new("f", [200_001], values), new("i", [200_001], values, true)]);
        IReadOnlyList<StoredTensor> read = PyTorchReader.Read(File("w.pth")).Tensors;

        Assert.Equal(values, read[0].Values);
        Assert.Equal(values, read[1].Values);
    }

    [Fact]
    public void The_same_arrays_make_the_same_bytes()
    {
        PyTorchWriter.Write(File("1.pth"), Tensors);
        PyTorchWriter.Write(File("2.pth"), Tensors);

        Assert.Equal(System.IO.File.ReadAllBytes(File("1.pth")), System.IO.File.ReadAllBytes(File("2.pth")));
    }

    [PyTorchFact]
    public void PyTorch_loads_what_is_written()
    {
        PyTorchWriter.Write(File("w.pth"),
        [
            new("w", [2, 1, 3], [1, -2, 3.5f, float.NaN, float.PositiveInfinity, 0]),
            new("n.num_batches_tracked", [], [16_000_000], IsInteger: true),
            new("empty", [3, 0], []),
        ]);

        string shown = """
            OrderedDict
            w torch.float32 [2, 1, 3] True [1.0, -2.0, 3.5, nan, inf, 0.0]
            n.num_batches_tracked torch.int64 [] True [16000000]
            empty torch.float32 [3, 0] True []

            """;
        Assert.Equal(shown + shown, PyTorchFactAttribute.Run(Show, File("w.pth")));
    }

    [Fact]
    public void What_could_not_be_read_again_is_not_written()
    {
        Refuses(new("a", [1], [1]), new("a", [1], [1]));
        Refuses(new StoredTensor("a", [2, 2], [1, 2, 3]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));

        void Refuses(params StoredTensor[] tensors) =>
            Assert.Throws<ArgumentException>(() => PyTorchWriter.Write(File("w.pth"), tensors));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named_and_leaves_nothing()
    {
        string place = Path.Combine(File("missing"), "w.pth");

        CheckpointException e = Assert.Throws<CheckpointException>(() => PyTorchWriter.Write(place, Tensors));

        Assert.StartsWith($"{place}: cannot be written", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private string File(string name) => _folder.File(name);

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}
