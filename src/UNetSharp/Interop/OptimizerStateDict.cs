using UNetSharp.Graph;
using UNetSharp.Optimizers;

namespace UNetSharp.Interop;

/// <summary>
/// What an optimizer remembers, to and from named arrays: of the shape of the parameters, and named like them with
/// PyTorch's name of the state behind, <c>outc.conv.weight.exp_avg</c>.
/// </summary>
public static class OptimizerStateDict
{
    /// <summary>Copies of all states, parameter after parameter.</summary>
    public static IReadOnlyList<StoredTensor> FromOptimizer(Optimizer optimizer) =>
    [
        .. from parameter in Trained(optimizer)
           from state in Enumerable.Range(0, optimizer.StateNames.Count)
           select new StoredTensor(
               FormatName(optimizer, parameter, state),
               parameter.Dims,
               optimizer.GetState(state, parameter).ToArray()),
    ];

    /// <summary>
    /// Puts an optimizer into a state, see <see cref="Optimizer.Restore"/>. Nothing is changed unless all names and
    /// shapes fit.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="tensors">What <see cref="FromOptimizer"/> gave.</param>
    /// <param name="stepCount">What <see cref="Optimizer.StepCount"/> was.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="CheckpointException">Names or shapes differ; the message lists them.</exception>
    public static void Load(
        Optimizer optimizer, IReadOnlyList<StoredTensor> tensors, int stepCount, string source)
    {
        int[] states = [.. Enumerable.Range(0, optimizer.StateNames.Count)];
        ArraySlot[] slots =
        [
            .. from parameter in Trained(optimizer)
               from state in states
               select new ArraySlot(FormatName(optimizer, parameter, state), parameter.Dims),
        ];
        IReadOnlyDictionary<string, StoredTensor> byName = NamedArrays.Match(tensors, slots, source, "optimizer");
        optimizer.Restore(stepCount, [.. states.Select(state => Trained(optimizer).ToDictionary(
            parameter => parameter, parameter => byName[FormatName(optimizer, parameter, state)].Values))]);
    }

    private static IEnumerable<Parameter> Trained(Optimizer optimizer) => optimizer.Parameters.Trained;

    private static string FormatName(Optimizer optimizer, Parameter parameter, int state) =>
        $"{parameter.Name}.{optimizer.StateNames[state]}";
}
