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

    /// <summary>Decides for every value that the kernels compute.</summary>
    /// <param name="kernels">Kernels in the order in which they are executed.</param>
    /// <param name="kept">Values that must lie on their own because a caller reads or writes them.</param>
    public Placement(IReadOnlyList<Kernel> kernels, IReadOnlySet<Value> kept)
    {
        Dictionary<Value, Kernel> lastReader = [];
        HashSet<Value> computed = [];
        foreach (Kernel kernel in kernels)
        {
            computed.UnionWith(kernel.Outputs);
            foreach (Value input in kernel.Inputs)
            {
                lastReader[input] = kernel;
            }
        }

        // From the last to the first: where a result lies itself is known before its inputs are placed in it.
        foreach (Kernel concat in kernels.Where(kernel => kernel.Operation is Concat).Reverse())
        {
            (Value owner, int channel) = GetOwner(concat.Output);
            foreach (Value input in concat.Inputs)
            {
                if (lastReader[input] == concat && computed.Contains(input) && !kept.Contains(input))
                {
                    _inside.TryAdd(input, (owner, channel));
                }

                channel += input.Shape.C;
            }
        }
    }

    /// <summary>The value that owns the memory, and the first of its channels that belongs to this one.</summary>
    public (Value Owner, int Channel) GetOwner(Value value) =>
        _inside.TryGetValue(value, out (Value Owner, int Channel) place) ? place : (value, 0);
}
