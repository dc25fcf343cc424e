using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// Where a network's sizes come from when the image's size is open. A graph knows numbers only; so the network is
/// traced on three sizes, and an enlarged map that has the size of some other value in all three is taken to follow
/// that value, as a decoder's map follows its skip. What follows none must grow by a whole factor.
/// </summary>
/// <remarks>
/// Maps that have the right size already are not resized or padded, which a trace then does not show. Halving leaves a
/// remainder at every level, or at none, for sides of 1024 · m − 1, 1024 · m and 1024 · m + 1: of these three kinds,
/// the one whose graph has most operations shows every step.
/// </remarks>
internal sealed class TracedSizes
{
    private const int Period = 1024;
    private static readonly (int Height, int Width)[] Multiples = [(2, 3), (3, 5), (5, 2)];

    private readonly ComputationGraph[] _graphs;

    private TracedSizes(ComputationGraph[] graphs) => _graphs = graphs;

    /// <summary>The graph whose operations the indices below count.</summary>
    public ComputationGraph Graph => _graphs[0];

    private int Traces => _graphs.Length;

    /// <summary>Traces a network.</summary>
    /// <exception cref="CheckpointException">Its operations depend on the image's size.</exception>
    public static TracedSizes Trace(Network network)
    {
        ComputationGraph[] most = new[] { -1, 0, 1 }
            .Select(rest => Multiples.Select(times => TraceAt(network, times, rest)).ToArray())
            .MaxBy(graphs => graphs[0].Operations.Count)!;
        bool isOne = most.All(graph => GetOperationTypes(graph).SequenceEqual(GetOperationTypes(most[0])));

        // A network that is given more than the image chooses how much by the image's size.
        bool hasMirror = GetOperationTypes(most[0]).Contains(typeof(ReflectPad));
        return isOne && !hasMirror ? new TracedSizes(most) : throw CreateException();
    }

    /// <summary>The value whose height and width an operation's result has; null if there is none.</summary>
    public Value? FindSizeSource(int index)
    {
        // The image comes before the first operation.
        foreach (int other in Enumerable.Range(-1, index + 1))
        {
            if (Enumerable.Range(0, Traces).All(k => HasSameSize(k, index, other)))
            {
                return GetValue(0, other);
            }
        }

        return null;
    }

    /// <summary>The factors by which an operation's result is larger than what it reads.</summary>
    /// <exception cref="CheckpointException">They are not the same for every size, or not whole.</exception>
    public (int Height, int Width) GetScaleFactors(int index)
    {
        (Shape from, Shape to) = Sizes(0, index);
        (int high, int wide) = (to.H / from.H, to.W / from.W);
        bool holds = Enumerable.Range(0, Traces).Select(k => Sizes(k, index))
            .All(pair => pair.To.H == high * pair.From.H && pair.To.W == wide * pair.From.W);
        return holds ? (high, wide) : throw CreateException();
    }

    /// <summary>
    /// Whether half of a missing number of rows is rounded down where the number is negative too, not towards zero.
    /// </summary>
    public bool RoundsDown(int index) => Enumerable.Range(0, Traces).All(k =>
        _graphs[k].Operations[index] is Pad padding
        && padding.Top == (padding.Output.Shape.H - padding.Inputs[0].Shape.H) >> 1);

    /// <summary>Asserts that an operation pads, or crops, by the same numbers whatever the image's size.</summary>
    /// <exception cref="CheckpointException">It does not.</exception>
    public void RequireConstant(int index)
    {
        (int, int, int, int)[] amounts = [.. _graphs.Select(graph => GetPadding(graph.Operations[index]))];
        if (amounts.Distinct().Count() > 1)
        {
            throw CreateException();
        }
    }

    private static ComputationGraph TraceAt(Network network, (int Height, int Width) times, int rest) =>
        new(network.Segment(
        Value.Input(Shape.Nchw(1, network.Channels, (times.Height * Period) + rest, (times.Width * Period) + rest))));

    private static IEnumerable<Type> GetOperationTypes(ComputationGraph graph) =>
        graph.Operations.Select(operation => operation.GetType());

    private static (int Top, int Left, int High, int Wide) GetPadding(Operation operation)
    {
        var padding = (Pad)operation;
        (Shape from, Shape to) = (padding.Inputs[0].Shape, padding.Output.Shape);
        return (padding.Top, padding.Left, to.H - from.H, to.W - from.W);
    }

    private Value GetValue(int trace, int index) =>
        index < 0 ? _graphs[trace].Inputs[0] : _graphs[trace].Operations[index].Output;

    private bool HasSameSize(int trace, int index, int other)
    {
        Shape size = GetValue(trace, index).Shape;
        return GetValue(trace, other).Shape.WithChannels(size.C) == size;
    }

    private (Shape From, Shape To) Sizes(int trace, int index) =>
        (_graphs[trace].Operations[index].Inputs[0].Shape, _graphs[trace].Operations[index].Output.Shape);

    private static CheckpointException CreateException() => new(
        "The network's operations depend on the image's size; write it for one size.")
    {
        Settings = [nameof(OnnxSettings.IsDynamic)],
    };
}
