namespace UNetSharp.Graph;

/// <summary>The operations that lead from inputs to outputs, each after those whose results it reads.</summary>
public sealed class ComputationGraph
{
    private readonly List<Operation> _operations = [];
    private readonly List<Value> _inputs = [];

    /// <summary>Collects everything that the outputs depend on; what they do not depend on is left out.</summary>
    public ComputationGraph(params Value[] outputs)
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

    /// <summary>The operations in an order in which they can be executed.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Multiply-accumulate operations of one forward.</summary>
    public long Macs => _operations.Sum(operation => operation.Macs);

    /// <summary>Walks with a stack of its own: a graph may be deeper than the stack of the thread.</summary>
    private void Collect(Value output, HashSet<Value> seen)
    {
        Stack<(Operation Operation, int NextInput)> open = [];
        Visit(output);
        while (open.TryPop(out (Operation Operation, int NextInput) top))
        {
            if (top.NextInput == top.Operation.Inputs.Count)
            {
                _operations.Add(top.Operation);
                continue;
            }

            open.Push((top.Operation, top.NextInput + 1));
            Visit(top.Operation.Inputs[top.NextInput]);
        }

        void Visit(Value value)
        {
            if (!seen.Add(value))
            {
                return;
            }

            if (value.Producer is { } producer)
            {
                open.Push((producer, 0));
            }
            else
            {
                _inputs.Add(value);
            }
        }
    }
}
