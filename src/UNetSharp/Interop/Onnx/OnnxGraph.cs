namespace UNetSharp.Interop.Onnx;

/// <summary>Who computes and who reads each value of an ONNX file, and which values are constants.</summary>
internal sealed class OnnxGraph
{
    private readonly Dictionary<string, OnnxNode> _producers = [];
    private readonly Dictionary<string, List<OnnxNode>> _readers = [];
    private readonly Dictionary<string, OnnxTensor> _constants = [];

    /// <summary>Looks through a file once.</summary>
    public OnnxGraph(OnnxModel model)
    {
        foreach (OnnxTensor weight in model.Weights)
        {
            _constants[weight.Name] = weight;
        }

        foreach (OnnxNode node in model.Nodes)
        {
            foreach (string output in node.Outputs.Where(name => name.Length > 0))
            {
                _producers[output] = node;
                if (node.Operation == "Constant" && node.Attributes.Select(ReadTensor).OfType<OnnxTensor>()
                    .FirstOrDefault() is { } tensor)
                {
                    _constants[output] = tensor;
                }
            }

            foreach (string input in node.Inputs.Where(name => name.Length > 0))
            {
                if (!_readers.TryGetValue(input, out List<OnnxNode>? readers))
                {
                    _readers.Add(input, readers = []);
                }

                readers.Add(node);
            }
        }
    }

    /// <summary>The node that computes a value; null for inputs and constants.</summary>
    public OnnxNode? FindProducer(string name) => _producers.GetValueOrDefault(name);

    /// <summary>The nodes that read a value.</summary>
    public IReadOnlyList<OnnxNode> FindReaders(string name) => _readers.TryGetValue(name, out List<OnnxNode>? readers)
        ? readers
        : [];

    /// <summary>A constant's numbers, if there are at most so many; null for what is no constant.</summary>
    public float[]? FindConstant(string name, int max) =>
        _constants.TryGetValue(name, out OnnxTensor? tensor) && tensor.Count > 0 && tensor.Count <= max
            ? tensor.ToFloats()
            : null;

    /// <summary>The input of a node that is no constant, and the numbers of the one that is.</summary>
    public (string Input, float[]? Numbers) Separate(OnnxNode node, int maxNumbers)
    {
        foreach ((int map, int constant) in new[] { (0, 1), (1, 0) })
        {
            if (node.Inputs.Count == 2 && FindConstant(node.Inputs[constant], maxNumbers) is { } numbers)
            {
                return (node.Inputs[map], numbers);
            }
        }

        return (node.Inputs.Count > 0 ? node.Inputs[0] : "", null);
    }

    private static OnnxTensor? ReadTensor(OnnxAttribute attribute) =>
        attribute.Tensor ?? (attribute.Float is { } number ? OnnxTensor.Create("", [], [number]) : null);
}
