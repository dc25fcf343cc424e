using UNetSharp.Graph;
using UNetSharp.Kernels;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Execution;

/// <summary>
/// Runs the graph of a trained network forward, and backward for the gradients of one of its values by others: the
/// image, or what a layer makes of it. The network is as in inference (batch norm with its running statistics, no
/// dropout), and its parameters have no gradients. Convolutions are summed up as they are defined.
/// </summary>
/// <remarks>Not thread-safe. Disposing frees the memory at once.</remarks>
public sealed unsafe class GradientPlan : IDisposable
{
    private readonly Operation[] _operations;
    private readonly Schedule _schedule;
    private readonly Arena _arena;

    /// <summary>Plans the graph for its shapes.</summary>
    /// <param name="result">The value to differentiate; the graph is all that leads to it.</param>
    /// <param name="workers">Threads to run on.</param>
    /// <param name="by">Values whose data and gradients can be read after <see cref="Backward"/>.</param>
    public GradientPlan(Value result, Workers workers, params Value[] by)
    {
        (_operations, _schedule) = Planned(result, workers, by);
        _arena = _schedule.Allocate();
    }

    /// <summary>Bytes of memory that such a plan would hold; none is reserved.</summary>
    public static long BytesFor(Value result, Workers workers, params Value[] by) =>
        Planned(result, workers, by).Schedule.Bytes;

    /// <summary>Memory of an input, in NHWC order, to be written before <see cref="Forward"/>.</summary>
    public Span<float> Input(Value input) => Span(_schedule.Run.Data(input));

    /// <summary>The result, or a value to differentiate by, in NHWC order; valid until the next <see cref="Forward"/>.
    /// </summary>
    public ReadOnlySpan<float> Data(Value value) => Span(_schedule.Run.Data(value));

    /// <summary>
    /// Gradient by a value, in NHWC order: of the result what <see cref="Backward"/> starts from, of the others what it
    /// ends with.
    /// </summary>
    public Span<float> Gradient(Value value) => Span(_schedule.Run.Gradient(value));

    /// <summary>Computes the result.</summary>
    public void Forward()
    {
        foreach (Operation operation in _operations)
        {
            operation.Prepare(_schedule.Run);
            operation.Forward(_schedule.Run);
        }
    }

    /// <summary>Computes the gradients.</summary>
    public void Backward()
    {
        foreach (Operation operation in Enumerable.Reverse(_operations).Where(_schedule.IsDifferentiated))
        {
            operation.Backward(_schedule.Run);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Dispose();

    private static (Operation[] Operations, Schedule Schedule) Planned(Value result, Workers workers, Value[] by)
    {
        GraphOf graph = new(result);
        Operation[] operations = [.. Fusion.ForGradients(graph.Operations)];
        return (operations, new Schedule(operations, graph.Inputs, graph.Outputs, workers, result, by));
    }

    private static Span<float> Span(View view) => new(view.Pointer, checked((int)view.Shape.Count));
}
