using UNetSharp.Graph;
using UNetSharp.Kernels;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Execution;

/// <summary>
/// Runs a graph forward. Batch norm uses its running statistics and is folded into the convolution before it; weights
/// are packed once; memory is reused as soon as a value has had its last reader. Running allocates nothing.
/// </summary>
/// <remarks>Not thread-safe. Disposing frees the memory at once.</remarks>
public sealed unsafe class InferencePlan : IDisposable
{
    private readonly Operation[] _operations;
    private readonly Schedule _schedule;
    private readonly Arena _arena;

    /// <summary>Plans the graph for its shapes and prepares the weights as they are now.</summary>
    /// <param name="graph">The graph, whose outputs can be read after every run.</param>
    /// <param name="workers">Threads to run on.</param>
    /// <param name="isExact">
    /// Whether convolutions sum up their products as they are defined. The fast way differs by rounding, some 1e-5 of the
    /// largest value.
    /// </param>
    public InferencePlan(GraphOf graph, Workers workers, bool isExact = false)
    {
        _operations = OperationsOf(graph, isExact);
        _schedule = ScheduleOf(_operations, graph, workers);
        _arena = _schedule.Allocate();
        Prepare();
    }

    /// <summary>Bytes of memory that the plan holds.</summary>
    public long MemoryBytes => _schedule.Bytes;

    /// <summary>Bytes of memory that a plan of the graph would hold; none is reserved.</summary>
    public static long BytesFor(GraphOf graph, Workers workers) =>
        ScheduleOf(OperationsOf(graph, isExact: false), graph, workers).Bytes;

    /// <summary>Takes over the parameters, to be called after they have changed and before the next run.</summary>
    public void Prepare()
    {
        foreach (Operation operation in _operations)
        {
            operation.Prepare(_schedule.Run);
        }
    }

    /// <summary>Memory of an input, in NHWC order, to be written before every run.</summary>
    public Span<float> Input(Value input) => Span(_schedule.Run.Data(input));

    /// <summary>Computes the outputs.</summary>
    public void Run()
    {
        foreach (Operation operation in _operations)
        {
            operation.Forward(_schedule.Run);
        }
    }

    /// <summary>Values of an output of the graph, in NHWC order; valid until the next run.</summary>
    public ReadOnlySpan<float> Output(Value output) => Span(_schedule.Run.Data(output));

    /// <summary>Computes the outputs and tells after each operation, for measuring.</summary>
    internal void Run(Action<Operation> isDone)
    {
        foreach (Operation operation in _operations)
        {
            operation.Forward(_schedule.Run);
            isDone(operation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Dispose();

    private static Operation[] OperationsOf(GraphOf graph, bool isExact) =>
        [.. Fusion.ForInference(graph.Operations, graph.Outputs.ToHashSet(), isExact)];

    private static Schedule ScheduleOf(Operation[] operations, GraphOf graph, Workers workers) =>
        new(operations, graph.Inputs, graph.Outputs, workers, loss: null, differentiateBy: []);

    private static Span<float> Span(View view) => new(view.Pointer, checked((int)view.Shape.Count));
}
