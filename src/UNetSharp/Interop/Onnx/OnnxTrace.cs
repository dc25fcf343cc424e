using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
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

    // Rows that were laid side by side, as before a softmax over all of them.
    private const int MaxPixels = 1 << 26;

    private const int MaxMapNumbers = 1 << 20;
    private const long MaxFoldedNumbers = 1 << 20;

    private readonly Dictionary<string, OnnxMap> _maps = [];
    private readonly Dictionary<string, OnnxTensor> _tensors;
    private readonly Dictionary<(int Count, float Value), Parameter> _fills = [];
    private readonly OnnxParameters _parameters;
    private readonly Value? _image;
    private long _valuesLeft;
    private long _numbersLeft = MaxFoldedNumbers;

    private OnnxTrace(OnnxModel model, Value? image, OnnxParameters parameters)
    {
        (Opset, _image, _parameters) = (model.Opset, image, parameters);
        _tensors = model.Weights.Where(weight => weight.Name.Length > 0).ToDictionary(weight => weight.Name);
        _valuesLeft = MaxValuesPerPixel * (image?.Shape.Pixels ?? 0);
    }

    /// <summary>Version of ONNX's list of operations.</summary>
    public long Opset { get; }

    /// <summary>The maps that a file computes from an image.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="model">What it holds.</param>
    /// <param name="inputName">Name of the image.</param>
    /// <param name="outputNames">Names of the maps.</param>
    /// <param name="image">The image, with its axes in the file's order.</param>
    /// <param name="parameters">Where parameters come from.</param>
    /// <exception cref="CheckpointException">A node cannot be computed; the message names it.</exception>
    public static IReadOnlyList<OnnxMap> Trace(
        string file,
        OnnxModel model,
        string inputName,
        IReadOnlyList<string> outputNames,
        OnnxMap image,
        OnnxParameters parameters)
    {
        OnnxTrace trace = new(model, image.Value, parameters);
        trace._maps[inputName] = image;
        foreach (OnnxNode node in model.FindNodesBefore(outputNames))
        {
            try
            {
                trace.Apply(node);
            }
            catch (Exception e) when (e is InvalidDataException or ShapeException)
            {
                throw new CheckpointException($"{file}: node {node.DisplayName}: {e.Message.TrimEnd('.')}.", e);
            }
        }

        return
        [
            .. outputNames.Select(name => trace._maps.TryGetValue(name, out OnnxMap? map)
                ? map
                : throw new CheckpointException(
                    $"{file}: its output '{CheckpointException.Sanitize(name)}' is not computed from the image.")),
        ];
    }

    /// <summary>
    /// A file in which what depends on weights alone is computed: their casts, turns and scales become weights
    /// themselves, computed once. What cannot be computed stays as it is.
    /// </summary>
    /// <exception cref="CheckpointException">Its nodes read each other in a circle.</exception>
    public static OnnxModel Fold(string file, OnnxModel model)
    {
        OnnxTrace trace = new(model, image: null, new OnnxParameters())
        {
            _numbersLeft = MaxFoldedNumbers + model.Weights.Sum(weight => (long)weight.Count),
        };
        List<OnnxNode> left = [];
        List<OnnxTensor> computed = [];
        foreach (OnnxNode node in FindNodes(file, model))
        {
            if (node.Inputs.All(name => name.Length == 0 || trace._tensors.ContainsKey(name)) && trace.TryFold(node))
            {
                computed.AddRange(node.Outputs.Where(trace._tensors.ContainsKey)
                    .Select(name => trace._tensors[name] with { Name = name }));
            }
            else
            {
                left.Add(node);
            }
        }

        HashSet<string> read =
            [.. left.SelectMany(node => node.Inputs), .. model.Outputs.Select(output => output.Name)];
        return model with
        {
            Nodes = left,
            Weights = [.. model.Weights.Concat(computed).Where(weight => read.Contains(weight.Name))],
        };
    }

    /// <summary>Whether an operation is known.</summary>
    public static bool Knows(string operation) =>
        OnnxMapOperations.Find(operation, 0) is not null || OnnxConstantOperations.Find(operation) is not null;

    /// <summary>Whether a name is a map's.</summary>
    public bool IsMap(string name) => _maps.ContainsKey(name);

    /// <summary>The map of a name; an array becomes one that does not depend on the image.</summary>
    public OnnxMap Map(string name)
    {
        if (!_maps.TryGetValue(name, out OnnxMap? map))
        {
            map = CreateMap(Tensor(name));
            _maps.Add($"{name} as a map", map);
        }

        return map;
    }

    /// <summary>The parameter that holds an array.</summary>
    public Parameter ParameterOf(OnnxTensor tensor, ParameterKind kind) => _parameters.Get(tensor, kind);

    /// <summary>The parameter that holds what is computed from an array.</summary>
    public Parameter Derive(OnnxTensor tensor, string purpose, int[] dims, Func<float[]> compute) =>
        _parameters.Derive(tensor, purpose, dims, compute);

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

    private static IReadOnlyList<OnnxNode> FindNodes(string file, OnnxModel model)
    {
        try
        {
            return model.FindNodesBefore(model.Outputs.Select(output => output.Name));
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException($"{file}: {e.Message}.", e);
        }
    }

    private OnnxMap CreateMap(OnnxTensor tensor)
    {
        if (_image is null || tensor.Count is < 1 or > MaxMapNumbers)
        {
            throw new InvalidDataException($"an array of {tensor.Count} numbers cannot stand for a map");
        }

        // The image's first pixel, times 0, as often as there are numbers.
        Value pixel = _image.SliceChannels(0, 1).Pad(0, 1 - _image.Shape.W, 0, 1 - _image.Shape.H);
        Value row = new Rearrange(
            pixel, [[new AxisPart(0, pixel.Shape.N, 1)], [new AxisPart(1, tensor.Count, 0)], [], []]).Output;
        Value numbers = new BatchNorm(row, new BatchNormParameters(
            Fill(tensor.Count, 0),
            OnnxCall.Constant([tensor.Count], tensor.ToFloats()),
            Fill(tensor.Count, 0),
            Fill(tensor.Count, 1),
            Fill(1, 0),
            Momentum: 0,
            Epsilon: 0)).Output;
        return OnnxMap.Nchw(numbers).Reshape(tensor.Dims);
    }

    private bool TryFold(OnnxNode node)
    {
        try
        {
            Apply(node);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>What other operations give beside their first result is for training.</summary>
    private void Apply(OnnxNode node)
    {
        int count = node.Operation is "Split" or "DynamicQuantizeLinear" ? node.Outputs.Count : 1;
        for (int index = 0; index < count; index++)
        {
            Apply(node, index);
        }
    }

    private void Apply(OnnxNode node, int resultIndex)
    {
        OnnxCall call = new(node, this, resultIndex);
        if (node.Outputs.Count == 0)
        {
            throw call.CreateException("it has no result");
        }

        bool readsMaps = call.ReadsMaps;
        if (readsMaps && OnnxMapOperations.Find(node.Operation, resultIndex) is { } operation)
        {
            OnnxMap map = operation(call);
            _valuesLeft -= map.Value.Shape.Count;
            _maps[call.ResultName] = map.Value.Shape is { H: <= MaxSide, W: <= MaxPixels } && _valuesLeft >= 0
                ? map
                : throw call.CreateException($"a map of {map.Value.Shape} is too large for an image of this size");
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
            string what = readsMaps || OnnxMapOperations.Find(node.Operation, resultIndex) is null
                ? "is"
                : "of constants is";
            string operationName = CheckpointException.Sanitize(node.Operation);
            throw new InvalidDataException($"operation {operationName} {what} not supported");
        }
    }

    private static InvalidDataException Missing(string name, string what, bool isOther) => new(isOther
        ? $"'{CheckpointException.Sanitize(name)}' must be {what}, which it is not"
        : $"it reads '{CheckpointException.Sanitize(name)}', which nothing before it computes");
}
