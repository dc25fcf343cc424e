using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// Runs the nodes of an ONNX file once over a symbolic image: what depends on the image becomes operations of a graph,
/// what depends on sizes and constants alone is computed at once.
/// </summary>
internal sealed class OnnxTrace
{
    // A U-Net 64 wide has some 1000 values for each pixel of the image.
    private const long MaxValuesPerPixel = 8192;

    /// <summary>The largest height or width of a map.</summary>
    public const int MaxSide = 1 << 15;

    private const long MaxFoldedNumbers = 1 << 20;

    private readonly Dictionary<string, Value> _maps = [];
    private readonly Dictionary<string, AxisOrder> _orders = [];
    private readonly Dictionary<string, OnnxTensor> _tensors;
    private readonly Dictionary<(int Count, float Value), Parameter> _fills = [];
    private long _valuesLeft;
    private long _numbersLeft = MaxFoldedNumbers;

    private OnnxTrace(OnnxModel model, Value image, Func<OnnxTensor, ParameterKind, Parameter> parameterOf)
    {
        (Opset, ParameterOf) = (model.Opset, parameterOf);
        _tensors = model.Weights.Where(weight => weight.Name.Length > 0).ToDictionary(weight => weight.Name);
        _valuesLeft = MaxValuesPerPixel * image.Shape.Pixels;
    }

    /// <summary>Version of ONNX's list of operations.</summary>
    public long Opset { get; }

    /// <summary>The parameter that holds an array.</summary>
    public Func<OnnxTensor, ParameterKind, Parameter> ParameterOf { get; }

    /// <summary>The maps that a file computes from an image.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="model">What it holds.</param>
    /// <param name="inputName">Name of the image.</param>
    /// <param name="outputNames">Names of the maps.</param>
    /// <param name="image">The image.</param>
    /// <param name="parameterOf">Gives the parameter that holds an array.</param>
    /// <exception cref="CheckpointException">A node cannot be computed; the message names it.</exception>
    public static IReadOnlyList<Value> Trace(
        string file,
        OnnxModel model,
        string inputName,
        IReadOnlyList<string> outputNames,
        Value image,
        Func<OnnxTensor, ParameterKind, Parameter> parameterOf)
    {
        OnnxTrace trace = new(model, image, parameterOf);
        trace._maps[inputName] = image;
        foreach (OnnxNode node in FindRequiredNodes(model, outputNames))
        {
            try
            {
                // What other operations give beside their first result is for training.
                for (int index = 0; index < (node.Operation == "Split" ? node.Outputs.Count : 1); index++)
                {
                    trace.Apply(node, index);
                }
            }
            catch (Exception e) when (e is InvalidDataException or ShapeException)
            {
                throw new CheckpointException($"{file}: node {node.DisplayName}: {e.Message.TrimEnd('.')}.", e);
            }
        }

        return
        [
            .. outputNames.Select(name => trace._maps.TryGetValue(name, out Value? map)
                ? map
                : throw new CheckpointException(
                    $"{file}: its output '{CheckpointException.Sanitize(name)}' is not computed from the image.")),
        ];
    }

    /// <summary>Whether an operation is known.</summary>
    public static bool Knows(string operation) =>
        OnnxMapOperations.Find(operation) is not null || OnnxConstantOperations.Find(operation) is not null;

    /// <summary>Whether a name is a map's.</summary>
    public bool IsMap(string name) => _maps.ContainsKey(name);

    /// <summary>The map of a name.</summary>
    public Value Map(string name) =>
        _maps.TryGetValue(name, out Value? map) ? map : throw Missing(name, "a map", _tensors.ContainsKey(name));

    /// <summary>The order of a map's axes in the file.</summary>
    public AxisOrder GetOrder(string name) => _orders.GetValueOrDefault(name, AxisOrder.Nchw);

    /// <summary>Says in which order the axes of a map are.</summary>
    public void SetOrder(string name, AxisOrder order) => _orders[name] = order;

    /// <summary>The array of a name.</summary>
    public OnnxTensor Tensor(string name) => _tensors.TryGetValue(name, out OnnxTensor? tensor)
        ? tensor
        : throw Missing(name, "a constant", _maps.ContainsKey(name));

    /// <summary>A vector of one value.</summary>
    public Parameter Fill(int count, float value)
    {
        if (!_fills.TryGetValue((count, value), out Parameter? fill))
        {
            fill = OnnxCall.Constant([count], [.. Enumerable.Repeat(value, count)]);
            _fills.Add((count, value), fill);
        }

        return fill;
    }

    /// <summary>The nodes that lead to some values, in the order of the file.</summary>
    private static IEnumerable<OnnxNode> FindRequiredNodes(OnnxModel model, IEnumerable<string> outputNames)
    {
        Dictionary<string, OnnxNode> producers = [];
        foreach (OnnxNode node in model.Nodes)
        {
            foreach (string output in node.Outputs)
            {
                producers[output] = node;
            }
        }

        HashSet<OnnxNode> needed = new(ReferenceEqualityComparer.Instance);
        Stack<string> names = new(outputNames);
        while (names.TryPop(out string? name))
        {
            if (producers.TryGetValue(name, out OnnxNode? node) && needed.Add(node))
            {
                foreach (string input in node.Inputs)
                {
                    names.Push(input);
                }
            }
        }

        return model.Nodes.Where(needed.Contains);
    }

    private void Apply(OnnxNode node, int resultIndex)
    {
        OnnxCall call = new(node, this, resultIndex);
        if (node.Outputs.Count == 0)
        {
            throw call.CreateException("it has no result");
        }

        if (call.ReadsMaps && OnnxMapOperations.Find(node.Operation) is { } operation)
        {
            Value map = operation(call);
            _valuesLeft -= map.Shape.Count;
            _maps[call.ResultName] = map.Shape is { H: <= MaxSide, W: <= MaxSide } && _valuesLeft >= 0
                ? map
                : throw call.CreateException($"a map of {map.Shape} is too large for an image of this size");
        }
        else if (OnnxConstantOperations.Find(node.Operation) is { } folding)
        {
            OnnxTensor tensor = folding(call);
            _numbersLeft -= tensor.Name.Length > 0 ? 0 : tensor.Count;
            _tensors[call.ResultName] = _numbersLeft >= 0
                ? tensor
                : throw call.CreateException("there are too many constants");
        }
        else
        {
            string what = OnnxMapOperations.Find(node.Operation) is null ? "is" : "of constants is";
            string operationName = CheckpointException.Sanitize(node.Operation);
            throw new InvalidDataException($"operation {operationName} {what} not supported");
        }
    }

    private static InvalidDataException Missing(string name, string what, bool isOther) => new(isOther
        ? $"'{CheckpointException.Sanitize(name)}' must be {what}, which it is not"
        : $"it reads '{CheckpointException.Sanitize(name)}', which nothing before it computes");
}
