using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Models;

/// <summary>One layer of a network, as it runs on an image of one size.</summary>
/// <param name="Label">PyTorch's type and the layer's number, for example Conv2d-1.</param>
/// <param name="Name">
/// What its parameters' names start with; the label where it has none.
/// </param>
/// <param name="Type">PyTorch's type.</param>
/// <param name="Output">Sizes of its result.</param>
/// <param name="Parameters">Number of trained parameters.</param>
/// <param name="Macs">Multiply-accumulate operations.</param>
/// <param name="ReceptiveField">
/// Pixels of the image along one axis that can reach one pixel of the result; null where there is no one number for it.
/// </param>
public sealed record LayerSummary(
    string Label, string Name, string Type, Shape Output, long Parameters, long Macs, double? ReceptiveField)
{
    /// <summary>The layers of a graph in the order in which they run. What is no layer in PyTorch (crops,
    /// concatenations, sums) is left out.</summary>
    internal static IReadOnlyList<LayerSummary> FromGraph(ComputationGraph graph)
    {
        List<LayerSummary> layers = [];
        IReadOnlyDictionary<Value, ReceptiveField?> fields = Graph.ReceptiveField.FindAll(graph);
        foreach (Operation operation in graph.Operations)
        {
            if (operation.LayerType is { } type)
            {
                layers.Add(FromOperation(operation, type, layers.Count + 1, fields[operation.Output]?.Size));
            }
        }

        return layers;
    }

    private static LayerSummary FromOperation(Operation operation, string type, int number, double? field)
    {
        string label = $"{type}-{number}";
        string? parameter = operation.Parameters.Count > 0 ? operation.Parameters[0].Name : null;
        return new LayerSummary(
            label,
            parameter is null ? label : parameter[..FindLayerNameEnd(parameter)],
            type,
            operation.Output.Shape,
            operation.Parameters.Where(p => p.Kind == ParameterKind.Trained).Sum(p => (long)p.Count),
            operation.Macs,
            field);
    }

    /// <summary>Where a parameter's own name begins; names that other programs gave may have no parts.</summary>
    private static int FindLayerNameEnd(string parameter) =>
        parameter.LastIndexOf('.') is > 0 and var end ? end : parameter.Length;
}
