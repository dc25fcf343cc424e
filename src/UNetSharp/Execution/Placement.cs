using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Execution;

/// <summary>
/// Which values live inside of others: the input of a concatenation that nothing reads later is computed right where
/// it lies in the wide result, so that the concatenation itself has nothing to copy.
/// </summary>
internal sealed class Placement
{
    private readonly Dictionary<Value, (Value Owner, int Channel)> _inside = [];

    /// <summary>Decides for every value that the operations compute.</summary>
    /// <param name="operations">Operations in the order in which they run.</param>
    /// <param name="kept">Values that must lie on their own because a caller reads or writes them.</param>
    public Placement(IReadOnlyList<Operation> operations, IReadOnlySet<Value> kept)
    {
        Dictionary<Value, Operation> lastReader = [];
        HashSet<Value> computed = [];
        foreach (Operation operation in operations)
        {
            computed.Add(operation.Output);
            if (operation.SecondOutput is { } second)
            {
                computed.Add(second);
            }

            foreach (Value input in operation.Inputs)
            {
                lastReader[input] = operation;
            }
        }

        // From the last to the first: where a result lies itself is known before its inputs are placed in it.
        foreach (Concatenation concatenation in operations.OfType<Concatenation>().Reverse())
        {
            (Value owner, int channel) = Of(concatenation.Output);
            foreach (Value input in concatenation.Inputs)
            {
                if (lastReader[input] == concatenation && computed.Contains(input) && !kept.Contains(input))
                {
                    _inside.TryAdd(input, (owner, channel));
                }

                channel += input.Shape.C;
            }
        }
    }

    /// <summary>The value that owns the memory, and the first of its channels that belongs to this one.</summary>
    public (Value Owner, int Channel) Of(Value value) =>
        _inside.TryGetValue(value, out (Value Owner, int Channel) place) ? place : (value, 0);
}
