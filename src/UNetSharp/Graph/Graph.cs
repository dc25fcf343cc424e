namespace UNetSharp.Graph;

/// <summary>The operations that lead from inputs to outputs, each after those whose results it reads.</summary>
public sealed class Graph
{
    private readonly List<Operation> _operations = [];
    private readonly List<Value> _inputs = [];

    /// <summary>Collects everything that the outputs depend on; what they do not depend on is left out.</summary>
    public Graph(params Value[] outputs)
    {
        Outputs = outputs;
        HashSet<Value> seen = [];
        foreach (Value output in outputs)
        {
            Collect(output, seen);
        }
    }

    /// <summary>The values that the graph is for.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    /// <summary>The values that come from outside, in the order in which they are first read.</summary>
    public IReadOnlyList<Value> Inputs => _inputs;

    /// <summary>The operations in an order in which they can run.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Multiply-accumulate operations of one forward run.</summary>
    public long Macs => _operations.Sum(operation => operation.Macs);

    private void Collect(Value value, HashSet<Value> seen)
    {
        if (!seen.Add(value))
        {
            return;
        }

        if (value.Producer is null)
        {
            _inputs.Add(value);
            return;
        }

        foreach (Value input in value.Producer.Inputs)
        {
            Collect(input, seen);
        }

        _operations.Add(value.Producer);
    }
}
