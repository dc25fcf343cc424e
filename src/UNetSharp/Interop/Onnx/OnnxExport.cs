using System.Globalization;
using UNetSharp.Cpu.Normalization;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// A network's graph in ONNX's operations: input <c>image</c>, (N, C, H, W), output <c>logits</c>, (N, K, H, W).
/// Weights bear PyTorch's names, and nodes those of the layers that their weights belong to.
/// </summary>
internal sealed class OnnxExport
{
    // All but the counter of steps.
    private const int BatchNormArrays = 4;

    private const string ImageName = "image";
    private const string LogitsName = "logits";

    private readonly ComputationGraph _graph;
    private readonly ParameterStore _store;
    private readonly TracedSizes? _sizes;
    private readonly IReadOnlyDictionary<FilterOperation, BatchNorm> _folded;
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, OnnxTensor> _weights = [];
    private readonly Dictionary<Parameter, string> _weightNames = [];
    private readonly Dictionary<Value, string> _names = [];
    private readonly HashSet<string> _usedNames = [ImageName, LogitsName];

    private OnnxExport(ComputationGraph graph, ParameterStore store, TracedSizes? sizes, bool foldsBatchNorm)
    {
        (_graph, _store, _sizes) = (graph, store, sizes);
        _folded = foldsBatchNorm ? FoldedNorms(graph) : new Dictionary<FilterOperation, BatchNorm>();
    }

    /// <summary>The network for ONNX Runtime and its like.</summary>
    /// <exception cref="CheckpointException">The network cannot run on images of every size.</exception>
    public static OnnxModel FromNetwork(
        Network network, OnnxSettings settings, IReadOnlyDictionary<string, string> metadata)
    {
        TracedSizes? sizes = settings.IsDynamic ? TracedSizes.Trace(network) : null;
        (int height, int width) = (settings.Size.Height, settings.Size.Width);
        Value image = Value.Input(Shape.Nchw(1, network.Channels, height, width));
        ComputationGraph graph = sizes?.Graph ?? new ComputationGraph(network.Segment(image));
        OnnxExport export = new(graph, network.Store, sizes, settings.FoldsBatchNorm);
        export.AddAll();
        OnnxSize[] space = settings.IsDynamic
            ? [new(null, "height"), new(null, "width")]
            : [new(height), new(width)];
        OnnxSize batch = settings.IsDynamic ? new(null, "batch") : new(1);
        return new OnnxModel(
            settings.Opset,
            export._nodes,
            [.. export._weights.Values],
            [new OnnxValueInfo(ImageName, [batch, new(network.Channels), .. space])],
            [new OnnxValueInfo(LogitsName, [batch, new(network.Classes), .. space])],
            metadata);
    }

    private void AddAll()
    {
        _names[_graph.Inputs[0]] = ImageName;
        HashSet<Operation> norms = [.. _folded.Values];
        for (int i = 0; i < _graph.Operations.Count; i++)
        {
            if (!norms.Contains(_graph.Operations[i]))
            {
                Add(_graph.Operations[i], i);
            }
        }
    }

    private void Add(Operation operation, int index)
    {
        Value result = operation is FilterOperation filter && _folded.TryGetValue(filter, out BatchNorm? norm)
            ? norm.Output
            : operation.Output;
        string name = result == _graph.Outputs[0] ? LogitsName : GetNodeName(operation, index);
        string[] inputs = [.. operation.Inputs.Select(input => _names[input])];
        _names[result] = name;
        switch (operation)
        {
            case Convolution x:
                Node(name, "Conv", [.. inputs, .. Filter(x)], Window(x.Rows, x.Columns));
                break;
            case TransposedConvolution x:
                OnnxAttribute more = Integers("output_padding", x.OutputPadding, x.OutputPadding);
                Node(name, "ConvTranspose", [.. inputs, .. Filter(x)], [.. Window(x.Rows, x.Columns), more]);
                break;
            case BatchNorm x:
                IEnumerable<string> arrays = x.Parameters.Take(BatchNormArrays).Select(Weight);
                Node(name, "BatchNormalization", [.. inputs, .. arrays], Number("epsilon", x.Epsilon));
                break;
            case Relu { NegativeSlope: 0 }: Node(name, "Relu", inputs); break;
            case Relu x: Node(name, "LeakyRelu", inputs, Number("alpha", x.NegativeSlope)); break;
            case Sigmoid: Node(name, "Sigmoid", inputs); break;
            case Softmax: Node(name, "Softmax", inputs, Integer("axis", 1)); break;
            case UNetSharp.Graph.Operations.Add: Node(name, "Add", inputs); break;
            case Gate or Multiply: Node(name, "Mul", inputs); break;
            case Concat: Node(name, "Concat", inputs, Integer("axis", 1)); break;
            case MaxPool x:
                OnnxAttribute rounding = Integer("ceil_mode", x.IsCeil ? 1 : 0);
                Node(name, "MaxPool", inputs, [.. Window(x.Rows, x.Columns), rounding]);
                break;
            case BilinearResize x:
                string grid = x.Grid == ResizeGrid.AlignCorners ? "align_corners" : "half_pixel";
                AddResize(name, index, Text("mode", "linear"), Text("coordinate_transformation_mode", grid));
                break;
            case NearestResize:
                OnnxAttribute[] nearest = [Text("mode", "nearest"), Text("nearest_mode", "floor")];
                AddResize(name, index, [.. nearest, Text("coordinate_transformation_mode", "asymmetric")]);
                break;
            case Pad x: AddPad(name, index, "constant", x.Top, x.Left); break;
            case ReflectPad x: AddPad(name, index, "reflect", x.Top, x.Left); break;
            default: throw new CheckpointException($"{operation.GetType().Name} has no counterpart in ONNX.");
        }
    }

    /// <summary>Resizes to a fixed size, to that of another value, or by a factor.</summary>
    private void AddResize(string name, int index, params OnnxAttribute[] attributes)
    {
        Operation operation = _graph.Operations[index];
        string input = _names[operation.Inputs[0]];
        string[] empty = ["", ""];
        if (_sizes?.FindSizeSource(index) is { } leader)
        {
            string batch = Part(AddShape(input), name, 0, 2);
            string sizes = Node($"{name}.sizes", "Concat", [batch, AddSize(leader, name)], Integer("axis", 0));
            Node(name, "Resize", [input, .. empty, sizes], attributes);
        }
        else if (_sizes is not null)
        {
            (int high, int wide) = _sizes.GetScaleFactors(index);
            Node(name, "Resize", [input, "", Constant($"{name}.scales", [1f, 1f, high, wide])], attributes);
        }
        else
        {
            Tensors.Shape shape = operation.Output.Shape;
            string sizes = Constant($"{name}.sizes", shape.N, shape.C, shape.H, shape.W);
            Node(name, "Resize", [input, .. empty, sizes], attributes);
        }
    }

    /// <summary>Pads or crops by fixed amounts, or half and half to the size of another value.</summary>
    private void AddPad(string name, int index, string mode, int top, int left)
    {
        (Tensors.Shape from, Tensors.Shape to) =
            (_graph.Operations[index].Inputs[0].Shape, _graph.Operations[index].Output.Shape);
        string input = _names[_graph.Operations[index].Inputs[0]];
        string pads;
        if (_sizes?.FindSizeSource(index) is { } leader)
        {
            string own = Part(AddShape(input), $"{name}.own", 2, 4);
            string missing = Node($"{name}.missing", "Sub", [AddSize(leader, name), own]);
            string two = Constant($"{name}.two", 2L);
            string even = missing;
            if (_sizes.RoundsDown(index))
            {
                string odd = Node($"{name}.odd", "Mod", [missing, two]);
                even = Node($"{name}.even", "Sub", [missing, odd]);
            }

            string before = Node($"{name}.before", "Div", [even, two]);
            string after = Node($"{name}.after", "Sub", [missing, before]);
            string none = Constant($"{name}.none", 0L, 0L);
            pads = Node($"{name}.pads", "Concat", [none, before, none, after], Integer("axis", 0));
        }
        else
        {
            _sizes?.RequireConstant(index);
            pads = Constant($"{name}.pads", 0, 0, top, left, 0, 0, to.H - from.H - top, to.W - from.W - left);
        }

        Node(name, "Pad", [input, pads], Text("mode", mode));
    }

    private string AddShape(string value) =>
        _usedNames.Add($"{value}.shape") ? Node($"{value}.shape", "Shape", [value]) : $"{value}.shape";

    private string AddSize(Value leader, string reader) => Part(AddShape(_names[leader]), $"{reader}.target", 2, 4);

    private string Part(string shape, string reader, long begin, long end) => Node(
        $"{reader}.{begin}",
        "Slice",
        [shape, Constant($"{reader}.{begin}.begin", begin), Constant($"{reader}.{begin}.end", end)]);

    /// <summary>Weight and bias, with the batch norm that follows in them where it is folded.</summary>
    private IEnumerable<string> Filter(FilterOperation filter)
    {
        if (!_folded.TryGetValue(filter, out BatchNorm? norm))
        {
            return filter.Parameters.Select(Weight);
        }

        Parameter weight = filter.Weight;
        ReadOnlySpan<float> bias = filter.Bias is null ? default : GetValues(filter.Bias);
        float[] values = GetValues(weight).ToArray();
        float[] shifts = new float[filter.Output.Shape.C];
        int taps = weight.Dims[2] * weight.Dims[3];
        for (int c = 0; c < shifts.Length; c++)
        {
            (float scale, float shift) = RunningAffine.Compute(_store, norm.Arrays, c);
            shifts[c] = shift + (bias.IsEmpty ? 0 : bias[c] * scale);

            // A convolution's filters lie one after the other, those of a transposed one side by side.
            (int first, int step, int run) = filter is Convolution
                ? (c * weight.Dims[1] * taps, values.Length, weight.Dims[1] * taps)
                : (c * taps, shifts.Length * taps, taps);
            for (int start = first; start < values.Length; start += step)
            {
                foreach (ref float value in values.AsSpan(start, run))
                {
                    value *= scale;
                }
            }
        }

        string layer = GetLayerName(weight);
        string[] names = [weight.Name, $"{layer}.bias"];
        _weights[names[0]] = OnnxTensor.Create(names[0], weight.Dims, values);
        _weights[names[1]] = OnnxTensor.Create(names[1], [shifts.Length], shifts);
        return names;
    }

    /// <summary>Values of a parameter, or of a constant of the graph.</summary>
    private ReadOnlySpan<float> GetValues(Parameter parameter) =>
        (_store.Holds(parameter) ? _store : new ParameterStore([parameter])).GetValues(parameter);

    private string Weight(Parameter parameter)
    {
        if (!_weightNames.TryGetValue(parameter, out string? name))
        {
            name = _weights.ContainsKey(parameter.Name) ? $"{parameter.Name}_{_weights.Count}" : parameter.Name;
            _weightNames.Add(parameter, name);
            _weights.Add(name, OnnxTensor.Create(name, parameter.Dims, GetValues(parameter)));
        }

        return name;
    }

    private string Constant(string name, params ReadOnlySpan<long> values)
    {
        _weights[name] = OnnxTensor.Create(name, [values.Length], values);
        return name;
    }

    private string Constant(string name, params ReadOnlySpan<float> values)
    {
        _weights[name] = OnnxTensor.Create(name, [values.Length], values);
        return name;
    }

    private string Node(string name, string operation, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        _nodes.Add(new OnnxNode(name, operation, inputs, [name], attributes));
        return name;
    }

    /// <summary>The layer's name, or the operation's with its place.</summary>
    private string GetNodeName(Operation operation, int index)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{operation.GetType().Name}_{index}");
        string name = operation.Parameters.Count > 0 ? GetLayerName(operation.Parameters[0]) : place;
        return _usedNames.Add(name) ? name : place;
    }

    private static string GetLayerName(Parameter parameter) =>
        parameter.Name.LastIndexOf('.') is > 0 and var end ? parameter.Name[..end] : parameter.Name;

    private static Dictionary<FilterOperation, BatchNorm> FoldedNorms(ComputationGraph graph)
    {
        ILookup<Value, Operation> readers = graph.Operations
            .SelectMany(operation => operation.Inputs.Select(input => (input, operation)))
            .ToLookup(pair => pair.input, pair => pair.operation);
        return graph.Operations.OfType<BatchNorm>()
            .Where(norm => norm.Inputs[0].Producer is FilterOperation && readers[norm.Inputs[0]].Count() == 1)
            .ToDictionary(norm => (FilterOperation)norm.Inputs[0].Producer!);
    }

    private static OnnxAttribute[] Window(Axis rows, Axis columns) =>
    [
        Integers("kernel_shape", rows.Kernel, columns.Kernel),
        Integers("strides", rows.Stride, columns.Stride),
        Integers("pads", rows.Padding, columns.Padding, rows.Padding, columns.Padding),
        Integers("dilations", rows.Dilation, columns.Dilation),
    ];

    private static OnnxAttribute Integers(string name, params long[] values) => new(name) { Integers = values };

    private static OnnxAttribute Integer(string name, long value) => new(name) { Integer = value };

    private static OnnxAttribute Number(string name, float value) => new(name) { Float = value };

    private static OnnxAttribute Text(string name, string value) => new(name) { Text = value };
}
