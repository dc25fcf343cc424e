using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Models;

namespace UNetSharp.Inference.Explanation;

/// <summary>
/// The layers of a traced network by their names: those of the summary (PyTorch's, <c>up3.conv.double_conv.3</c>, or
/// for layers without parameters <c>ReLU-12</c>), and those of the parts that hold them (<c>up3</c>). The result of a
/// part is that of its last layer, with the rectifier and the sum behind it if they belong to the part.
/// </summary>
internal sealed class LayerNames
{
    private const int MaxShown = 4;
    private const int MaxParts = 24;

    private readonly ComputationGraph _graph;
    private readonly ILookup<Value, Operation> _consumers;
    private readonly Dictionary<string, Value> _layers = [];
    private readonly Dictionary<Value, HashSet<string>> _partsOf = [];
    private readonly Dictionary<string, Operation> _lastOf = [];
    private readonly string[] _parts;

    /// <summary>Finds the layers that lead to logits.</summary>
    public LayerNames(Value logits)
    {
        _graph = new ComputationGraph(logits);
        _consumers = _graph.Operations
            .SelectMany(operation => operation.Inputs.Distinct().Select(input => (Input: input, Operation: operation)))
            .ToLookup(pair => pair.Input, pair => pair.Operation);
        FindParts();
        IEnumerable<Operation> layers = _graph.Operations.Where(operation => operation.LayerType is not null);
        IReadOnlyList<LayerSummary> summaries = LayerSummary.FromGraph(_graph);
        foreach ((Operation operation, LayerSummary summary) in layers.Zip(summaries))
        {
            _layers.TryAdd(summary.Name, operation.Output);
            _layers.TryAdd(summary.Label, operation.Output);
        }

        string[] named = [.. summaries.Where(layer => layer.Name != layer.Label).Select(layer => layer.Name)];
        foreach (string part in named.SelectMany(GetParentParts).Distinct())
        {
            _layers.TryAdd(part, GetOutput(part));
        }

        _parts = [.. named.Select(name => GetParentParts(name).LastOrDefault(name)).Distinct()];
    }

    /// <summary>
    /// The last part of the network before its classes (Selvaraju et al. 2017 take the last convolutions too): its maps
    /// are as fine as the image, where one pixel of the lowest part's maps may hold several objects. Side outputs are
    /// left out.
    /// </summary>
    public string GetDefault()
    {
        int classes = _graph.Outputs[0].Shape.C;
        return _parts.LastOrDefault(part => _layers[part].Shape.C > classes) ?? _parts[^1];
    }

    /// <summary>What a layer or a part computes.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public Value Find(string name)
    {
        if (_layers.TryGetValue(name, out Value? value))
        {
            return value;
        }

        string near = string.Join(", ", _layers.Keys.OrderBy(key => ComputeEditDistance(key, name)).Take(MaxShown));
        string parts = string.Join(", ", _parts.TakeLast(MaxParts));
        throw new ArgumentException($"there is no such layer; nearest are {near}; parts of the network are "
            + $"{(_parts.Length > MaxParts ? "…, " : "")}{parts}; its summary lists all layers.");
    }

    private static IEnumerable<string> GetParentParts(string name)
    {
        for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            yield return name[..dot];
        }
    }

    /// <summary>
    /// Finds the parts that each value is made in: those that own a parameter of its operation, or else those that all
    /// of its inputs are made in.
    /// </summary>
    private void FindParts()
    {
        foreach (Operation operation in _graph.Operations)
        {
            if (operation.Parameters.Count == 0)
            {
                _partsOf[operation.Output] = CommonParts(operation.Inputs);
                continue;
            }

            HashSet<string> parts = [.. operation.Parameters.SelectMany(parameter => GetParentParts(parameter.Name))];
            _partsOf[operation.Output] = parts;
            foreach (string part in parts)
            {
                _lastOf[part] = operation;
            }
        }
    }

    private HashSet<string> CommonParts(IReadOnlyList<Value> values)
    {
        HashSet<string> common = GetParts(values[0]);
        return values.Skip(1).All(value => GetParts(value) == common)
            ? common
            : [.. common.Where(part => values.All(value => GetParts(value).Contains(part)))];
    }

    private HashSet<string> GetParts(Value value) => _partsOf.GetValueOrDefault(value, []);

    private Value GetOutput(string part)
    {
        Value result = _lastOf[part].Output;
        while (_consumers[result].ToArray() is [(Relu or Sigmoid or Add or Dropout) and var next]
            && next.Inputs.All(input => GetParts(input).Contains(part)))
        {
            result = next.Output;
        }

        return result;
    }

    /// <summary>Letters to insert, delete or change to make one text of the other (Levenshtein 1966).</summary>
    private static int ComputeEditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
