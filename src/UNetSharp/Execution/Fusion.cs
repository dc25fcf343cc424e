using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Execution;

/// <summary>
/// Joins operations that one pass over memory can do. In inference convolution, batch norm and rectifier become one, and where
/// the convolution is Winograd's a sum with an earlier value and a max pooling too;
/// in training, where a batch norm needs the whole result of its convolution first, batch norm and rectifier do, and the
/// convolution tells the norm its statistics.
/// Operations are joined only where nothing else reads what lies between them.
/// </summary>
internal sealed class Fusion
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly IReadOnlySet<Value> _kept;
    private readonly ILookup<Value, Operation> _readers;
    private readonly Dictionary<Operation, int> _order;
    private readonly HashSet<Operation> _joined = [];
    private readonly Dictionary<Value, FilterOperation> _tellers = [];
    private readonly bool _isExact;

    private Fusion(IReadOnlyList<Operation> operations, IReadOnlySet<Value> kept, bool isExact)
    {
        _isExact = isExact;
        _operations = operations;
        _kept = kept;
        _order = operations.Select((operation, index) => (operation, index)).ToDictionary();
        _readers = operations
            .SelectMany(operation => operation.Inputs.Select(input => (Input: input, Operation: operation)))
            .ToLookup(pair => pair.Input, pair => pair.Operation);
    }

    /// <summary>The operations of a graph for inference, some of them joined, in the order in which they run.</summary>
    /// <param name="operations">Operations of the graph.</param>
    /// <param name="kept">Values that a caller reads.</param>
    /// <param name="isExact">Whether every product is computed as it is defined.</param>
    public static IReadOnlyList<Operation> ForInference(
        IReadOnlyList<Operation> operations, IReadOnlySet<Value> kept, bool isExact)
    {
        var fusion = new Fusion(operations, kept, isExact);
        return fusion.Join(fusion.JoinFilter);
    }

    /// <summary>The operations of a graph for training, some of them joined, in the order in which they run.</summary>
    /// <param name="operations">Operations of the graph.</param>
    /// <param name="kept">Values that a caller reads.</param>
    /// <param name="isExact">Whether every product is computed as it is defined.</param>
    public static IReadOnlyList<Operation> ForTraining(
        IReadOnlyList<Operation> operations, IReadOnlySet<Value> kept, bool isExact)
    {
        var fusion = new Fusion(operations, kept, isExact);
        return fusion.Join(fusion.JoinForTraining);
    }

    /// <summary>
    /// The operations of a trained network for gradients by its values: none is joined, and parameters stand still.
    /// </summary>
    /// <param name="operations">Operations of the graph.</param>
    public static IEnumerable<Operation> ForGradients(IReadOnlyList<Operation> operations) =>
        operations.Select(operation => operation is FilterOperation filter
            ? filter.Planned(FilterTail.None, isExact: true, isFixed: true)
            : operation.InEvaluation());

    private List<Operation> Join(Func<Operation, Operation> join)
    {
        List<Operation> result = [];
        foreach (Operation operation in _operations)
        {
            if (!_joined.Contains(operation))
            {
                result.Add(join(operation));
            }
        }

        return result;
    }

    private Operation JoinFilter(Operation operation)
    {
        if (operation is not FilterOperation filter)
        {
            return operation.InEvaluation();
        }

        BatchNormalization? norm = Take<BatchNormalization>(filter.Output);
        FilterTail tail = new(norm, Take<Rectifier>(norm?.Output ?? filter.Output));
        FilterOperation planned = filter.Planned(tail, _isExact, isFixed: true);
        if (!planned.FinishesTiles)
        {
            return planned;
        }

        Value result = planned.Output;
        tail = tail with { Addition = Take<Addition>(result, sum => IsOfEarlier(sum, filter, result)) };
        tail = tail with { Pooling = TakePooling(tail.ResultOf(filter.Output)) };
        return filter.Planned(tail, _isExact, isFixed: true);
    }

    private Operation JoinForTraining(Operation operation) => operation switch
    {
        BatchNormalization norm =>
            norm.Planned(Take<Rectifier>(norm.Output), _tellers.GetValueOrDefault(norm.Inputs[0])),
        FilterOperation filter => PlanForTraining(filter),
        _ => operation,
    };

    private FilterOperation PlanForTraining(FilterOperation filter)
    {
        FilterOperation planned = filter.Planned(FilterTail.None, _isExact, isFixed: false);
        if (!planned.FinishesTiles || !_readers[filter.Output].OfType<BatchNormalization>().Any())
        {
            return planned;
        }

        FilterTail tail = FilterTail.None with { TellsStatistics = true };
        return _tellers[filter.Output] = filter.Planned(tail, _isExact, isFixed: false);
    }

    /// <summary>The only reader of a value, if it is of the wanted kind; it then is no operation of its own.</summary>
    private T? Take<T>(Value value, Func<T, bool>? suits = null)
        where T : Operation
    {
        Operation[] readers = [.. _readers[value]];
        if (readers is not [T only] || _kept.Contains(value) || suits?.Invoke(only) == false)
        {
            return null;
        }

        _joined.Add(only);
        return only;
    }

    /// <summary>A max pooling of a value, which others may read too.</summary>
    private MaxPooling? TakePooling(Value value)
    {
        MaxPooling? pooling = _readers[value].OfType<MaxPooling>().FirstOrDefault(FilterTail.CanPool);
        if (pooling is not null)
        {
            _joined.Add(pooling);
        }

        return pooling;
    }

    /// <summary>Whether an addition adds a value that is there when the filter runs.</summary>
    private bool IsOfEarlier(Addition addition, Operation filter, Value sum)
    {
        Operation? producer = addition.Inputs.Single(input => input != sum).Producer;
        return producer is null || _order[producer] < _order[filter];
    }
}
