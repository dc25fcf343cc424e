using System.Diagnostics;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>Files that are cut, changed or claim too much end in one line, in little time and memory.</summary>
public sealed class OnnxDamageTests : IDisposable
{
    private const int Changes = 1500;
    private const long MaxBytes = 256 << 20;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_short_or_changed_anywhere_never_does_more_than_refuse(bool isDynamic)
    {
        byte[] whole = Small(isDynamic);
        Random random = new(1);
        int refusals = 0;
        for (int i = 0; i < Changes; i++)
        {
            byte[] changed = [.. whole];
            int place = random.Next(whole.Length);
            changed[place] = i % 2 == 0 ? (byte)random.Next(256) : (byte)(changed[place] ^ (1 << random.Next(8)));
            refusals += IsRefused(i % 3 == 0 ? whole[..place] : changed) ? 1 : 0;
        }

        Assert.InRange(refusals, Changes / 3, Changes - 1);
    }

    /// <summary>A graph that makes its maps, or its constants, larger with every node.</summary>
    [Theory]
    [InlineData("Concat", "map", "is too large")]
    [InlineData("Resize", "map", "is too large")]
    [InlineData("Concat", "numbers", "too many")]
    [InlineData("ConstantOfShape", "numbers", "computing with arrays of")]
    [InlineData("Conv", "map", "the weights of two-dimensional filters")]
    [InlineData("GroupNorm", "map", "operation GroupNorm is not supported")]
    public void Graphs_that_would_fill_the_memory_and_operations_that_are_not_known_are_refused_with_their_node(
        string operation, string input, string reason)
    {
        List<OnnxNode> nodes = [];
        for (int i = 0; i < 60; i++)
        {
            string[] inputs = operation switch
            {
                "Resize" => [$"{input}{i}", "", "scales"],
                "Concat" => [$"{input}{i}", $"{input}{i}"],
                _ => [$"{input}{i}", "numbers0"],
            };
            OnnxAttribute[] axis = operation == "Concat" ? [new("axis") { Integer = input == "map" ? 1 : 0 }] : [];
            nodes.Add(new OnnxNode($"n{i}", operation, inputs, [$"{input}{i + 1}"], axis));
        }

        OnnxNode last = new("last", "Resize", ["map0", "", "", "numbers60"], ["result"], []);
        OnnxModel model = new(
            13,
            input == "map" ? nodes : [.. nodes, last],
            [OnnxTensor.Create("numbers0", [2], [1000L, 1000L]), OnnxTensor.Create("scales", [4], [1f, 1f, 4f, 4f])],
            [new OnnxValueInfo("map0", [new(1), new(1), new(64), new(64)])],
            [new OnnxValueInfo(input == "map" ? "map60" : "result", [])],
            new Dictionary<string, string>());
        model.Write(File("n.onnx"));

        CheckpointException e = Assert.IsType<CheckpointException>(Failure(File("n.onnx")));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{File("n.onnx")}: node n", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_ONNX_file_is_said_to_be_none()
    {
        System.IO.File.WriteAllBytes(File("n.onnx"), [0x08, 0x07, 0x12, 0x01, 0x61]);

        Assert.Contains("no ONNX file", Failure(File("n.onnx"))!.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private byte[] Small(bool isDynamic)
    {
        string name = isDynamic ? "unet-leaky" : "unet-features";
        TrainedNetwork trained = OnnxNetworks.Create(name, channels: 1, classes: 1);
        trained.SaveOnnx(File("small.onnx"), new OnnxSettings(new PictureSize(16, 20)) { IsDynamic = isDynamic });
        byte[] whole = System.IO.File.ReadAllBytes(File("small.onnx"));
        Assert.False(IsRefused(whole));
        return whole;
    }

    private bool IsRefused(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File("n.onnx"), bytes);
        Exception? e = Failure(File("n.onnx"));
        Assert.True(e is null or CheckpointException, $"{e}");
        Assert.DoesNotContain('\n', e?.Message ?? "");
        return e is not null;
    }

    /// <summary>What loading throws, within the limits of time and memory.</summary>
    private static Exception? Failure(string file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        Exception? failure = Record.Exception(() => TrainedNetwork.Load(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytes);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, MaxTime);
        return failure;
    }

    private string File(string name) => _folder.File(name);
}
