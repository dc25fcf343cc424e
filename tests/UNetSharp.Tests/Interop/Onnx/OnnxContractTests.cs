using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;
using UNetSharp.Models;
using static UNetSharp.Tests.Interop.Onnx.OnnxSketch;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>What a file of another program reads and gives, found out from its operations or stated.</summary>
public sealed class OnnxContractTests : IDisposable
{
    private const int UInt8 = 2;
    private const int Height = 16;
    private const int Width = 24;
    private const string Reads = "reads 3x16x24, RGB 0..1; gives ";

    private static readonly OnnxAttribute Doubling = Text("mode", "linear");
    private static readonly OnnxAttribute ByChannel = Int("axis", 1);

    private static readonly Dictionary<string, (Func<OnnxNode[]> Nodes, string Contract)> ByName = new()
    {
        ["logits"] = (() => [Conv("image", 1, "out")], $"{Reads}logits of 1 class"),
        ["a sigmoid"] = (() => [Conv("image", 1, "a"), Node("Sigmoid", "a", "out")], $"{Reads}logits of 1 class"),
        ["a sigmoid that is resized"] =
            (() => [Conv("image", 1, "a", 2), Node("Sigmoid", "a", "b"), Resize("b", "out")],
            $"{Reads}probabilities of 1 class"),
        ["a sigmoid at a quarter"] =
            (() => [Conv("image", 1, "a", 4), Node("Sigmoid", "a", "out")],
            $"{Reads}logits of 1 class at 1/4 of the size"),
        ["a map twice as large"] =
            (() => [Conv("image", 1, "a"), Resize("a", "out")], $"{Reads}logits of 1 class at 2 times the size"),
        ["one less a sigmoid"] =
            (() => [Conv("image", 1, "a"), Node("Sigmoid", "a", "b"), new("", "Sub", ["one", "b"], ["out"], [])],
            $"{Reads}probabilities of 1 class"),
        ["a sigmoid times 255"] =
            (() => [Conv("image", 1, "a"), Node("Sigmoid", "a", "b"), new("", "Mul", ["b", "full"], ["out"], [])],
            $"{Reads}probabilities of 1 class"),
        ["a sigmoid that is clipped"] =
            (() =>
            [
                Conv("image", 1, "a"), Node("Sigmoid", "a", "b"), new("", "Clip", ["b", "zero", "one"], ["out"], []),
            ],
            $"{Reads}probabilities of 1 class"),
        ["a softmax"] =
            (() => [Conv("image", 4, "a"), Node("Softmax", "a", "out", ByChannel)], $"{Reads}logits of 4 classes"),
        ["one channel of a softmax"] =
            (() =>
            [
                Conv("image", 2, "a"), Node("Softmax", "a", "b", ByChannel),
                new("", "Slice", ["b", "first", "second", "first"], ["out"], []),
            ],
            $"{Reads}probabilities of 1 class"),
        ["the greatest class"] =
            (() => [Conv("image", 4, "a"), Node("ArgMax", "a", "out", ByChannel)], $"{Reads}logits of 4 classes"),
        ["labels that are resized"] =
            (() =>
            [
                Conv("image", 4, "a", 2), Node("ArgMax", "a", "b", ByChannel), Node("Cast", "b", "c", Int("to", 1)),
                new("", "Resize", ["c", "", "twice"], ["out"], [Text("mode", "nearest")]),
            ],
            $"{Reads}labels of 4 classes"),
        ["several sigmoids"] =
            (() => [Conv("image", 3, "a"), Node("Sigmoid", "a", "out")],
            $"{Reads}logits of 3 labels that may overlap"),
        ["a comparison"] =
            (() => [Conv("image", 1, "a"), new("", "Greater", ["a", "zero"], ["out"], [])],
            $"{Reads}probabilities of 1 class"),
        ["values that only a picture shows to be probabilities"] =
            (() => [Conv("image", 1, "a"), Node("Tanh", "a", "b"), Node("Abs", "b", "out")],
            $"{Reads}probabilities of 1 class"),
        ["a map that lacks its rim"] =
            (() => [new("", "Conv", ["image", "wide"], ["out"], [])],
            $"{Reads}logits of 1 class in the middle, 4 columns and 4 rows less than the picture"),
        ["a division by 255"] =
            (() => [new("", "Div", ["image", "full"], ["x"], []), Conv("x", 1, "out")],
            "reads 3x16x24, RGB 0..255; gives logits of 1 class"),
        ["ImageNet's means inside"] =
            (() => [new("", "Sub", ["image", "means"], ["x"], []), Conv("x", 1, "out")], $"{Reads}logits of 1 class"),
        ["means of 0 to 255 inside"] =
            (() => [new("", "Sub", ["image", "meansOfBytes"], ["x"], []), Conv("x", 1, "out")],
            "reads 3x16x24, RGB 0..255; gives logits of 1 class"),
        ["channels last"] =
            (() => [Node("Transpose", "image", "x", Ints("perm", 0, 3, 1, 2)), Conv("x", 1, "out")],
            $"{Reads}logits of 1 class"),
        ["channels last, and so the result"] =
            (() =>
            [
                Node("Transpose", "image", "x", Ints("perm", 0, 3, 1, 2)), Conv("x", 4, "y"),
                Node("Transpose", "y", "out", Ints("perm", 0, 2, 3, 1)),
            ],
            $"{Reads}logits of 4 classes"),
        ["bytes"] =
            (() => [Node("Cast", "image", "x", Int("to", 1)), Conv("x", 1, "out")],
            "reads 3x16x24, RGB 0..255; gives logits of 1 class"),
    };

    private readonly TemporaryFolder _folder = new();

    /// <summary>Names of the cases.</summary>
    public static TheoryData<string> Cases => [.. ByName.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_contract_is_read_from_the_operations(string name) =>
        Assert.Equal(ByName[name].Contract, Load(name).DescribeContract());

    [Fact]
    public void Probabilities_of_255_come_out_as_those_of_1()
    {
        StoredTensor image = OnnxNetworks.Image(1, 3, Height, Width);

        StoredTensor scaled = OnnxNetworks.Run(Load("a sigmoid times 255").Network, image);
        StoredTensor less = OnnxNetworks.Run(Load("one less a sigmoid").Network, image);

        Assert.All(scaled.Values.Zip(less.Values), pair => Assert.Equal(1, pair.First + pair.Second, 1e-5));
    }

    [Fact]
    public void Labels_become_maps_of_0_and_1_for_each_class()
    {
        StoredTensor image = OnnxNetworks.Image(1, 3, Height, Width);

        StoredTensor maps = OnnxNetworks.Run(Load("labels that are resized").Network, image);

        Assert.Equal([1, 4, Height, Width], maps.Dims);
        Assert.All(maps.Values, value => Assert.True(value is 0 or 1));
        Assert.Equal(Height * Width, maps.Values.Sum());
    }

    [Fact]
    public void What_is_stated_is_saved_in_the_copy_and_the_rest_of_the_file_stays()
    {
        InputValues input = new(0, 255, [104, 117, 123], null, IsBgr: true);
        TrainedNetwork stated = Load("logits", description => description with
        {
            Input = input,
            Output = OutputKind.Probabilities,
        });
        Assert.Contains(nameof(NetworkDescription.Input), Load("logits").Assumed);

        stated.Save(_folder.File("copy.onnx"));
        TrainedNetwork copy = TrainedNetwork.Load(_folder.File("copy.onnx"));

        Assert.Empty(copy.Assumed.Except([nameof(NetworkDescription.Normalization)]));
        Assert.Equal(
            "reads 3x16x24, BGR 0..255, mean 104,117,123; gives probabilities of 1 class", copy.DescribeContract());
        StoredTensor image = OnnxNetworks.Image(1, 3, Height, Width);
        Assert.Equal(OnnxNetworks.Run(stated.Network, image).Values, OnnxNetworks.Run(copy.Network, image).Values);
    }

    [Fact]
    public void One_of_several_outputs_can_be_named()
    {
        OnnxModel model = Create("a sigmoid");
        (model with { Outputs = [new OnnxValueInfo("a", []), .. model.Outputs] }).Write(_folder.File("n.onnx"));

        TrainedNetwork first = TrainedNetwork.Load(_folder.File("n.onnx"));
        TrainedNetwork named = TrainedNetwork.Load(
            _folder.File("n.onnx"), describe: description => description with { OutputName = "out" });

        Assert.EndsWith("(output 'a' of a, out)", first.DescribeContract(), StringComparison.Ordinal);
        Assert.EndsWith("(output 'out' of a, out)", named.DescribeContract(), StringComparison.Ordinal);
        CheckpointException e = Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(
            _folder.File("n.onnx"), describe: description => description with { OutputName = "other" }));
        Assert.Contains("has no output 'other'; there are a, out", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_may_stand_in_any_order_but_not_in_a_circle()
    {
        OnnxModel model = Create("one channel of a softmax");
        StoredTensor image = OnnxNetworks.Image(1, 3, Height, Width);
        float[] expected = OnnxNetworks.Run(Load("one channel of a softmax").Network, image).Values;

        (model with { Nodes = [.. model.Nodes.Reverse()] }).Write(_folder.File("n.onnx"));
        Assert.Equal(expected, OnnxNetworks.Run(TrainedNetwork.Load(_folder.File("n.onnx")).Network, image).Values);

        OnnxNode[] circle =
            [new("first", "Add", ["image", "b"], ["out"], []), new("second", "Relu", ["out"], ["b"], [])];
        (model with { Nodes = circle }).Write(_folder.File("n.onnx"));
        CheckpointException e = Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(_folder.File("n.onnx")));
        Assert.Contains("depends on its own result", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n.data", null)]
    [InlineData("sub/n.data", null)]
    [InlineData("../n.data", "outside of the model's own folder")]
    [InlineData("/etc/hostname", "outside of the model's own folder")]
    [InlineData("missing.data", "cannot be read")]
    [InlineData("short.data", "are not all there")]
    public void Weights_beside_the_file_are_read_in_its_own_folder_alone(string location, string? reason)
    {
        OnnxModel model = Create("logits");
        OnnxTensor weight = model.Weights.First(tensor => tensor.Name == "conv1x1");
        string folder = Directory.CreateDirectory(_folder.File("model")).FullName;
        foreach (string place in new[] { "n.data", "sub/n.data", "../n.data" })
        {
            string path = Path.GetFullPath(Path.Combine(folder, place));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, [1, 2, 3, 4, .. weight.Data.Span]);
        }

        File.WriteAllBytes(Path.Combine(folder, "short.data"), [1, 2, 3, 4, 5]);
        string file = Path.Combine(folder, "n.onnx");
        OnnxFiles.WriteExternal(model, weight, location, offset: 4, file);

        if (reason is null)
        {
            StoredTensor image = OnnxNetworks.Image(1, 3, Height, Width);
            TrainedNetwork loaded = TrainedNetwork.Load(file);
            float[] expected = OnnxNetworks.Run(Load("logits").Network, image).Values;
            Assert.Equal(expected, OnnxNetworks.Run(loaded.Network, image).Values);

            loaded.Save(_folder.File("copy.onnx"));
            TrainedNetwork copy = TrainedNetwork.Load(_folder.File("copy.onnx"));
            Assert.Equal(expected, OnnxNetworks.Run(copy.Network, image).Values);
        }
        else
        {
            CheckpointException e = Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(file));
            Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private TrainedNetwork Load(string name, Func<NetworkDescription, NetworkDescription>? describe = null)
    {
        string file = _folder.File($"{Guid.NewGuid():N}.onnx");
        Create(name).Write(file);
        return TrainedNetwork.Load(file, describe: describe);
    }

    /// <summary>The file of a case.</summary>
    internal static OnnxModel Create(string name)
    {
        OnnxSize[] dims = name.StartsWith("channels last", StringComparison.Ordinal)
            ? [new(1), new(Height), new(Width), new(3)]
            : [new(1), new(3), new(Height), new(Width)];
        return new OnnxModel(
            17,
            ByName[name].Nodes(),
            [
                .. new[] { 1, 2, 3, 4 }.SelectMany(channels => new[] { 1, 2, 4 }, Weight),
                OnnxTensor.Create("wide", [1, 3, 5, 5], [.. Enumerable.Range(0, 75).Select(i => (i % 7) - 3f)]),
                OnnxTensor.Create("zero", [], [0f]),
                OnnxTensor.Create("one", [], [1f]),
                OnnxTensor.Create("full", [], [255f]),
                OnnxTensor.Create("means", [1, 3, 1, 1], [0.485f, 0.456f, 0.406f]),
                OnnxTensor.Create("meansOfBytes", [1, 3, 1, 1], [104f, 117f, 123f]),
                OnnxTensor.Create("twice", [4], [1f, 1f, 2f, 2f]),
                OnnxTensor.Create("first", [1], [1L]),
                OnnxTensor.Create("second", [1], [2L]),
            ],
            [new OnnxValueInfo("image", dims, name == "bytes" ? UInt8 : OnnxTensor.FloatType)],
            [new OnnxValueInfo("out", [])],
            new Dictionary<string, string>());
    }

    private static OnnxTensor Weight(int channels, int stride) => OnnxTensor.Create(
        $"conv{channels}x{stride}",
        [channels, 3, stride, stride],
        [.. Enumerable.Range(0, channels * 3 * stride * stride).Select(i => ((i * 5 % 7) - 3f) / (stride * stride))]);

    private static OnnxNode Conv(string input, int channels, string output, int stride = 1) => new(
        "", "Conv", [input, $"conv{channels}x{stride}"], [output], [Ints("strides", stride, stride)]);

    private static OnnxNode Node(string operation, string input, string output, params OnnxAttribute[] attributes) =>
        new("", operation, [input], [output], attributes);

    private static OnnxNode Resize(string input, string output) =>
        new("", "Resize", [input, "", "twice"], [output], [Doubling]);
}
