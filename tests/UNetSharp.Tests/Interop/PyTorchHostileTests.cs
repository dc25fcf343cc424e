using System.Diagnostics;
using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop;

/// <summary>Whatever a pickle asks for, reading it ends with weights or one line that names the file.</summary>
public sealed class PyTorchHostileTests : IDisposable
{
    private const long MaxBytes = 512 << 20;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();

    /// <summary>Names that pickles may not use.</summary>
    public static TheoryData<string, string> Names => new()
    {
        { "os", "system" },
        { "posix", "system" },
        { "builtins", "eval" },
        { "__builtin__", "getattr" },
        { "torch.storage", "_load_from_bytes" },
        { "torch", "load" },
        { "torch._utils", "_rebuild_qtensor" },
        { "torch._utils", "_rebuild_tensor_v2.__globals__" },
        { "numpy.core.multiarray", "fromfile" },
        { "argparse", "FileType" },
        { "collections", "OrderedDict.__class__" },
        { "", "" },
    };

    /// <summary>Pickles that are refused, and what the message says.</summary>
    public static TheoryData<byte[], string> Pickles => new()
    {
        // More is taken than was made.
        { [(byte)'.'], "takes more values" },
        { new PickleBytes().Done, "takes more values" },
        { new PickleBytes().Code("0").Done, "takes more values" },
        { new PickleBytes().Code("N(0").Done, "takes more values" },
        { new PickleBytes().Code("t").Done, "takes more values" },
        { new PickleBytes().Raw(0x87).Done, "takes more values" },
        { new PickleBytes().Code("h\x01").Done, "did not store" },
        { new PickleBytes().Get(uint.MaxValue).Done, "did not store" },

        // Kinds that do not fit.
        { new PickleBytes().Code("NNa").Done, "no list" },
        { new PickleBytes().Code("NNNs").Done, "no dict" },
        { new PickleBytes().Code("}(NNNu").Done, "has no value" },
        { new PickleBytes().Code("N}b").Done, "no dict" },
        { new PickleBytes().Code("N)R").Done, "no function" },
        { new PickleBytes().Global("collections", "OrderedDict").Code("NR").Done, "no function" },
        { new PickleBytes().Global("torch", "float32").Code(")R").Done, "no function" },
        { new PickleBytes().Global("torch", "FloatStorage").Code(")R").Done, "no function" },
        { new PickleBytes().Global("collections", "OrderedDict").Code("(](NetR").Done, "no pair" },
        { new PickleBytes().Global("torch", "Size").Code(")R").Done, "no tuple" },
        { new PickleBytes().Global("torch._utils", "_rebuild_parameter").Code(")R").Done, "no tensor" },
        { new PickleBytes().Global("torch._utils", "_rebuild_tensor").Code(")R").Done, "a tensor has no storage" },
        { new PickleBytes().Text("module").Code("Q").Done, "no storage" },
        { new PickleBytes().Code("NN").Raw(0x93).Done, "no text" },
        { new PickleBytes().Code("I1\n").Done, "instruction 0x49" },
        { new PickleBytes().Raw(0x82, 1).Done, "instruction 0x82" },
        { new PickleBytes().Raw(0x80, 200).Done, "protocol 200" },

        // Lengths of texts, bytes, numbers and names.
        { new PickleBytes().Raw(0x8D).Raw(BitConverter.GetBytes(ulong.MaxValue)).Done, "ends too early" },
        { new PickleBytes().Raw(0x8D).Raw(BitConverter.GetBytes(1UL << 62)).Done, "ends too early" },
        { new PickleBytes().Raw(0x8E).Raw(BitConverter.GetBytes(1UL << 63)).Done, "ends too early" },
        { new PickleBytes().Code("X").Raw(BitConverter.GetBytes(uint.MaxValue)).Done, "ends too early" },
        { new PickleBytes().Code("T").Raw(BitConverter.GetBytes(-1)).Done, "ends too early" },
        { new PickleBytes().Code("B").Raw(BitConverter.GetBytes(int.MaxValue)).Done, "ends too early" },
        { new PickleBytes().Raw(0x8B).Raw(BitConverter.GetBytes(int.MaxValue)).Done, "2147483647 bytes" },
        { new PickleBytes().Raw(0x8B).Raw(BitConverter.GetBytes(-1)).Done, "4294967295 bytes" },
        { new PickleBytes().Code("c" + new string('n', 100_000) + "\n").Done, "more than 256 bytes" },

        { new PickleBytes().Storage(new string('k', 257), 1).Done, "key of more than 256" },

        // Objects that are no dict of tensors, also such that hold themselves.
        { new PickleBytes().Code("]").Put(0).Get(0).Code("a").Done, "no dict of arrays" },
        { new PickleBytes().Code("}").Put(0).Text("state_dict").Get(0).Code("s").Done, "no arrays but 'state_dict'" },
        { new PickleBytes().Code("}").Put(0).Get(0).Get(0).Code("s").Done, "an entry without a name" },
        { new PickleBytes().Code("}").Text("a\n\u001b[31m").Code("Ns").Done, "'a??[31m'" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_other_name_is_refused_by_name(string module, string name)
    {
        string refused = $"asks to call {module}.{name}, which no state dict needs; refused.";
        byte[] call = new PickleBytes().Global(module, name).Code("(").Text("echo").Code("tR").Done;
        byte[] named = new PickleBytes().Text(module).Text(name).Raw(0x93).Done;
        byte[] inside = new PickleBytes().Global("torch", "device").Code("(").Global(module, name).Code("tR").Done;

        foreach (byte[] pickle in new[] { call, named, inside })
        {
            Assert.Contains(refused, Refusal(TorchFiles.Zip(pickle)), StringComparison.Ordinal);
            Assert.Contains(refused, Refusal(TorchFiles.Stream(pickle)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Pickles))]
    public void A_pickle_that_makes_no_sense_is_refused(byte[] pickle, string reason)
    {
        Assert.Contains(reason, Refusal(TorchFiles.Zip(pickle)), StringComparison.Ordinal);
        Refusal(TorchFiles.Stream(pickle));
    }

    [Fact]
    public void A_name_cannot_break_the_line_of_the_message()
    {
        byte[] pickle = new PickleBytes().Global("os.\u001b[31m\r", new string('s', 200)).Done;

        Assert.Contains("asks to call os.?[31m?.sss", Refusal(TorchFiles.Zip(pickle)), StringComparison.Ordinal);
    }

    [Fact]
    public void Tuples_that_double_themselves_take_no_room()
    {
        PickleBytes pickle = new PickleBytes().Code(")");
        for (int i = 0; i < 100_000; i++)
        {
            pickle.Code("2").Raw(0x86);
        }

        Assert.Contains("no dict of arrays", Refusal(TorchFiles.Zip(pickle.Done)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("]")]
    [InlineData("}")]
    [InlineData("(")]
    [InlineData("K\x01")]
    public void A_pickle_without_end_is_refused_within_bounds(string instruction)
    {
        byte[] pickle = new PickleBytes().Code(string.Concat(Enumerable.Repeat(instruction, 3_000_000))).Done;

        Assert.Contains("more than 2,000,000 steps", Refusal(TorchFiles.Zip(pickle)), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_nested_without_end_are_no_matter_for_the_stack()
    {
        byte[] pickle = new PickleBytes()
            .Code(new string(']', 500_000)).Code(new string('a', 499_999)).Done;

        Assert.Contains("no dict of arrays", Refusal(TorchFiles.Zip(pickle)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collections", "OrderedDict", "(](", "et")]
    [InlineData("torch", "device", "((", "tt")]
    [InlineData("torch", "device", "(", "t")]
    public void Arguments_used_again_and_again_have_their_price(
        string module, string name, string before, string after)
    {
        PickleBytes pickle = new PickleBytes().Global(module, name).Put(0).Code(before);
        for (int i = 0; i < 100_000; i++)
        {
            pickle.Code("NN").Raw(0x86);
        }

        pickle.Code(after).Put(1).Code("0");
        for (int i = 0; i < 50_000; i++)
        {
            pickle.Get(0).Get(1).Code("R0");
        }

        Refusal(TorchFiles.Zip(pickle.Code("N").Done));
    }

    [Fact]
    public void A_pickle_of_more_than_64_MiB_is_refused()
    {
        byte[] pickle = new byte[(64 << 20) + 1];

        Assert.Contains("longer than 64 MiB", Refusal(TorchFiles.Zip(pickle)), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Refusal(byte[] file)
    {
        string path = _folder.File("weights.pth");
        File.WriteAllBytes(path, file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();

        CheckpointException e = Assert.Throws<CheckpointException>(() => PyTorchReader.Read(path));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, MaxTime);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytes);
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.InRange(e.Message.Length, 1, path.Length + 300);
        return e.Message;
    }
}
