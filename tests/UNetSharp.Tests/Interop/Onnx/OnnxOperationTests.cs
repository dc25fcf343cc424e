using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>Operations of ONNX files that our own networks do not write, one by one, against ONNX Runtime.</summary>
[Trait("Cost", "high")]
public sealed class OnnxOperationTests : IDisposable
{
    private const int Channels = 6;
    private const int Height = 10;
    private const int Width = 14;
    private readonly TemporaryFolder _folder = new();

    /// <summary>Names of the cases, the version of ONNX's operations, and the channels of the result.</summary>
    public static TheoryData<string, int, int> Cases => new()
    {
        { "AveragePool", 13, Channels },
        { "MaxPool rounded up by padding", 13, Channels },
        { "AveragePool padded", 13, Channels },
        { "AveragePool padding counts", 13, Channels },
        { "GlobalAveragePool", 13, Channels },
        { "ReduceMean", 13, Channels },
        { "ReduceMean", 18, Channels },
        { "Conv depthwise", 13, Channels },
        { "Conv depthwise strided", 13, Channels },
        { "Conv in groups", 13, 9 },
        { "Conv two filters a channel", 13, 12 },
        { "Resize linear half_pixel", 13, Channels },
        { "Resize linear align_corners", 13, Channels },
        { "Resize linear asymmetric", 13, Channels },
        { "Resize nearest half_pixel round_prefer_floor", 13, Channels },
        { "Resize nearest half_pixel ceil", 13, Channels },
        { "Resize nearest asymmetric floor", 13, Channels },
        { "Resize nearest asymmetric round_prefer_ceil", 13, Channels },
        { "Resize nearest align_corners round_prefer_floor", 13, Channels },
        { "Slice", 13, 3 },
        { "Split", 11, 5 },
        { "Split", 13, 5 },
        { "Split evenly", 13, 2 },
        { "Softmax", 13, Channels },
        { "Softmax turned", 11, Channels },
        { "Sigmoid", 13, Channels },
        { "Mul by channel", 13, Channels },
        { "Mul of maps", 13, Channels },
        { "Mul by a pixel", 13, Channels },
        { "Add of a pixel", 13, Channels },
        { "Clip", 13, Channels },
        { "Clip to 6", 6, Channels },
        { "Clip from", 13, Channels },
        { "Clip up to", 13, Channels },
        { "HardSigmoid", 13, Channels },
        { "HardSwish", 14, Channels },
    };

    [OnnxRuntimeTheory]
    [MemberData(nameof(Cases))]
    public void OnnxRuntime_computes_the_same(string name, int opset, int channels)
    {
        // Results of every size come out at the image's, as networks' do.
        OnnxAttribute[] plain =
        [
            Text("mode", "nearest"), Text(
                "coordinate_transformation_mode", "asymmetric"), Text("nearest_mode", "floor"),
        ];
        OnnxNode last = opset < 11
            ? new OnnxNode("last", "Identity", ["result"], ["logits"], [])
            : new OnnxNode("last", "Resize", ["result", "none", "none", "size"], ["logits"], plain);
        OnnxModel model = new(
            opset,
            [.. Nodes(name, opset), last],
            [
                OnnxTensor.Create("size", [4], [1L, channels, Height, Width]),
                OnnxTensor.Create("none", [0], Array.Empty<float>()),
                .. Weights,
            ],
            [new OnnxValueInfo("image", [new(1), new(Channels), new(Height), new(Width)])],
            [new OnnxValueInfo("logits", [new(1), new(channels), new(Height), new(Width)])],
            new Dictionary<string, string>());
        model.Write(_folder.File("n.onnx"));
        StoredTensor image = OnnxNetworks.Image(1, Channels, Height, Width);
        image = image with { Values = [.. image.Values.Select(value => (8 * value) - 3)] };

        StoredTensor actual = OnnxNetworks.Run(TrainedNetwork.Load(_folder.File("n.onnx")).Network, image);

        using OnnxRuntime runtime = new();
        OnnxNetworks.AssertClose(runtime.Run(_folder.File("n.onnx"), image), actual, 1e-5f);
    }

    public void Dispose() => _folder.Dispose();

    private static OnnxTensor[] Weights =>
    [
        Random("depthwise", [Channels, 1, 3, 3]),
        Random("groups", [9, 2, 3, 3]),
        Random("twice", [12, 1, 3, 3]),
        Random("bias6", [Channels]),
        Random("bias9", [9]),
        Random("channels", [1, Channels, 1, 1]),
        OnnxTensor.Create("larger", [4], [1L, Channels, 17, 23]),
        OnnxTensor.Create("starts", [3], [2L, 1, -9]),
        OnnxTensor.Create("ends", [3], [5L, -1, 1000]),
        OnnxTensor.Create("axes", [3], [1L, 2, 3]),
        OnnxTensor.Create("area", [2], [2L, 3]),
        OnnxTensor.Create("parts", [2], [1L, 5]),
        OnnxTensor.Create("minus1", [], [-1f]),
        OnnxTensor.Create("plus2", [], [2f]),
    ];

    private static OnnxNode[] Nodes(string name, int opset)
    {
        string[] words = name.Split(' ');
        return name switch
        {
            "AveragePool" => [Node("AveragePool", ["image"], Ints("kernel_shape", 2, 3), Ints("strides", 2, 2))],
            "AveragePool padded" =>
                [Node("AveragePool", ["image"], Ints("kernel_shape", 3, 3), Ints("pads", 1, 1, 1, 1))],
            "AveragePool padding counts" =>
            [
                Node("AveragePool", ["image"], Ints("kernel_shape", 3, 3), Ints("pads", 1, 1, 1, 1),
                    Int("count_include_pad", 1)),
            ],
            "MaxPool rounded up by padding" =>
                [Node("MaxPool", ["image"], Ints("kernel_shape", 3, 3), Ints("strides", 2, 2),
                    Ints("pads", 0, 0, 1, 1))],
            "ReduceMean" when opset < 18 => [Node("ReduceMean", ["image"], Ints("axes", -1, -2))],
            "ReduceMean" => [Node("ReduceMean", ["image", "area"])],
            "Conv depthwise" =>
                [Node("Conv", ["image", "depthwise", "bias6"], Int("group", Channels), Ints("pads", 1, 1, 1, 1))],
            "Conv depthwise strided" =>
            [
                Node("Conv", ["image", "depthwise"], Int("group", Channels), Ints("pads", 2, 1, 1, 2),
                    Ints("strides", 2, 3), Ints("dilations", 2, 1)),
            ],
            "Conv in groups" => [Node("Conv", ["image", "groups", "bias9"], Int("group", 3), Ints("pads", 1, 1, 1, 1))],
            "Conv two filters a channel" => [Node("Conv", ["image", "twice"], Int("group", Channels))],
            "Slice" => [Node("Slice", ["image", "starts", "ends", "axes"])],
            "Split" when opset < 13 => [Split(["image"], Int("axis", 1), Ints("split", 1, 5))],
            "Split" => [Split(["image", "parts"], Int("axis", 1))],
            "Split evenly" => [new("n", "Split", ["image"], ["first", "second", "result"], [Int("axis", -3)])],
            "Softmax" => [Node("Softmax", ["image"], Int("axis", 1))],
            "Softmax turned" =>
            [
                new("a", "Transpose", ["image"], ["turned"], [Ints("perm", 0, 3, 2, 1)]),
                new("b", "Softmax", ["turned"], ["soft"], [Int("axis", 3)]),
                new("c", "Transpose", ["soft"], ["result"], [Ints("perm", 0, 3, 2, 1)]),
            ],
            "Mul by channel" => [Node("Mul", ["image", "channels"])],
            "Mul of maps" =>
                [new("a", "Sigmoid", ["image"], ["gate"], []), Node("Mul", ["gate", "image"])],
            "Mul by a pixel" =>
                [new("a", "GlobalAveragePool", ["image"], ["mean"], []), Node("Mul", ["image", "mean"])],
            "Add of a pixel" =>
                [new("a", "GlobalAveragePool", ["image"], ["mean"], []), Node("Add", ["mean", "image"])],
            "Clip" => [Node("Clip", ["image", "minus1", "plus2"])],
            "Clip to 6" => [Node("Clip", ["image"], Float("min", 0), Float("max", 6))],
            "Clip from" => [Node("Clip", ["image", "minus1"])],
            "Clip up to" => [Node("Clip", ["image", "", "plus2"])],
            "HardSigmoid" => [Node("HardSigmoid", ["image"], Float("alpha", 0.3f))],
            _ when words[0] == "Resize" =>
            [
                Node("Resize", ["image", "", "", "larger"], Text("mode", words[1]),
                    Text("coordinate_transformation_mode", words[2]),
                    Text("nearest_mode", words.ElementAtOrDefault(3) ?? "floor")),
            ],
            _ => [Node(name, ["image"])],
        };
    }

    private static OnnxNode Node(string operation, string[] inputs, params OnnxAttribute[] attributes) =>
        new("n", operation, inputs, ["result"], attributes);

    private static OnnxNode Split(string[] inputs, params OnnxAttribute[] attributes) =>
        new("n", "Split", inputs, ["first", "result"], attributes);

    private static OnnxAttribute Int(string name, long value) => new(name) { Integer = value };

    private static OnnxAttribute Ints(string name, params long[] values) => new(name) { Integers = values };

    private static OnnxAttribute Float(string name, float value) => new(name) { Float = value };

    private static OnnxAttribute Text(string name, string value) => new(name) { Text = value };

    private static OnnxTensor Random(string name, int[] dims)
    {
        Random random = new(name.Length);
        int count = dims.Aggregate(1, (product, size) => product * size);
        return OnnxTensor.Create(name, dims, [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.4f)]);
    }
}
