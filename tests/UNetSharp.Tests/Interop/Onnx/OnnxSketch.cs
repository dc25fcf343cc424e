using UNetSharp.Interop.Onnx;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>A small ONNX file that is being written down node by node, with random sizes and weights.</summary>
internal sealed class OnnxSketch
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _weights = [];
    private readonly Random _random;

    public OnnxSketch(int opset, int seed)
    {
        _random = new Random(seed);
        (Opset, C, H, W) = (opset, 2 * _random.Next(2, 6), 2 * _random.Next(3, 7), 2 * _random.Next(4, 9));
    }

    /// <summary>Version of ONNX's operations.</summary>
    public int Opset { get; }

    /// <summary>Channels of the image, an even number.</summary>
    public int C { get; }

    /// <summary>Rows of the image, an even number.</summary>
    public int H { get; }

    /// <summary>Columns of the image, an even number.</summary>
    public int W { get; }

    /// <summary>The image.</summary>
    public const string Image = "image";

    /// <summary>The positive image: 0.2 to 1.2.</summary>
    public string Positive() => Add("Add", [Add("Abs", [Image]), Numbers([], 0.2f)]);

    /// <summary>A node; its result's name.</summary>
    public string Add(string operation, string[] inputs, params OnnxAttribute[] attributes) =>
        Add(operation, inputs, 1, attributes)[0];

    /// <summary>A node of several results; their names.</summary>
    public string[] Add(string operation, string[] inputs, int results, params OnnxAttribute[] attributes)
    {
        string name = $"n{_nodes.Count}";
        string[] outputs = [.. Enumerable.Range(0, results).Select(i => $"{name}_{i}")];
        _nodes.Add(new OnnxNode(name, operation, inputs, outputs, attributes));
        return outputs;
    }

    /// <summary>Random weights, −0.5 to 0.5.</summary>
    public string Random(params int[] dims) => Numbers(dims, [.. Draw(dims).Select(value => value - 0.5f)]);

    /// <summary>Random weights, 0.5 to 1.5.</summary>
    public string RandomPositive(params int[] dims) => Numbers(dims, [.. Draw(dims).Select(value => value + 0.5f)]);

    /// <summary>Random whole numbers in eight bits, by ONNX's number for the type.</summary>
    public string RandomBytes(int type, int[] dims)
    {
        byte[] bytes = [.. Draw(dims).Select(value => (byte)(sbyte)((value - 0.5f) * 80))];
        return Tensor(new OnnxTensor(NextName(), dims, type, bytes));
    }

    /// <summary>A whole number in eight bits.</summary>
    public string Byte(int type, int value, int[]? dims = null) => Tensor(new OnnxTensor(
        NextName(), dims ?? [], type, Enumerable.Repeat((byte)value, Math.Max(1, dims?.Sum() ?? 1)).ToArray()));

    /// <summary>Floating-point numbers.</summary>
    public string Numbers(int[] dims, params float[] values) => Tensor(OnnxTensor.Create(NextName(), dims, values));

    /// <summary>Whole numbers.</summary>
    public string Integers(params long[] values) => Tensor(OnnxTensor.Create(NextName(), [values.Length], values));

    /// <summary>A whole number.</summary>
    public string Integer(long value) => Tensor(OnnxTensor.Create(NextName(), [], [value]));

    /// <summary>The file, whose result of some rank is one of the values.</summary>
    public OnnxModel Create(string result, int rank)
    {
        OnnxNode last = new("last", "Cast", [result], ["logits"], [Int("to", OnnxTensor.FloatType)]);
        return new OnnxModel(
            Opset,
            [.. _nodes, last],
            _weights,
            [new OnnxValueInfo(Image, [new(1), new(C), new(H), new(W)])],
            [new OnnxValueInfo("logits", [.. Enumerable.Range(0, rank).Select(i => new OnnxSize(null, $"d{i}"))])],
            new Dictionary<string, string>());
    }

    public static OnnxAttribute Int(string name, long value) => new(name) { Integer = value };

    public static OnnxAttribute Ints(string name, params long[] values) => new(name) { Integers = values };

    public static OnnxAttribute Float(string name, float value) => new(name) { Float = value };

    public static OnnxAttribute Text(string name, string value) => new(name) { Text = value };

    private float[] Draw(int[] dims) =>
    [
        .. Enumerable.Range(0, dims.Aggregate(1, (product, size) => product * size)).Select(_ => _random.NextSingle()),
    ];

    private string NextName() => $"w{_weights.Count}";

    private string Tensor(OnnxTensor tensor)
    {
        _weights.Add(tensor);
        return tensor.Name;
    }
}
