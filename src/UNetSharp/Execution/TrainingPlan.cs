using UNetSharp.Graph;
using UNetSharp.Kernels;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Execution;

/// <summary>
/// Runs a graph forward and backward. Batch norm uses the statistics of the batch and moves its running ones; values
/// that backward reads are kept, all other memory is reused. A step allocates nothing. The gradients of parameters are
/// left in <see cref="Parameter.Gradient"/>.
/// </summary>
/// <remarks>Not thread-safe. Disposing frees the memory at once.</remarks>
public sealed unsafe class TrainingPlan : IDisposable
{
    private readonly Operation[] _operations;
    private readonly Schedule _schedule;
    private readonly Arena _arena;
    private readonly Value _loss;

    /// <summary>Plans the graph for its shapes.</summary>
    /// <param name="graph">The graph, whose outputs can be read after every step.</param>
    /// <param name="loss">The output to differentiate.</param>
    /// <param name="workers">Threads to run on.</param>
    /// <param name="differentiateBy">Values whose gradients are wanted beside those of the parameters.</param>
    public TrainingPlan(GraphOf graph, Value loss, Workers workers, params Value[] differentiateBy)
        : this(graph, loss, workers, isExact: false, differentiateBy)
    {
    }

    /// <summary>Plans the graph for its shapes.</summary>
    /// <param name="graph">The graph, whose outputs can be read after every step.</param>
    /// <param name="loss">The output to differentiate.</param>
    /// <param name="workers">Threads to run on.</param>
    /// <param name="isExact">Whether convolutions sum up their products as they are defined; else they are faster.</param>
    /// <param name="differentiateBy">Values whose gradients are wanted beside those of the parameters.</param>
    public TrainingPlan(
        GraphOf graph, Value loss, Workers workers, bool isExact, IReadOnlyList<Value> differentiateBy)
    {
        _loss = loss;
        _operations = OperationsOf(graph, isExact, differentiateBy);
        _schedule = new Schedule(_operations, graph.Inputs, graph.Outputs, workers, loss, differentiateBy);
        _arena = _schedule.Allocate();
    }

    /// <summary>What chance in a step follows from; to be set before every step of a network with dropout.</summary>
    public int Seed
    {
        get => _schedule.Run.Seed;
        set => _schedule.Run.Seed = value;
    }

    /// <summary>Bytes of memory that the plan holds.</summary>
    public long MemoryBytes => _schedule.Bytes;

    /// <summary>Bytes of memory that a plan of the graph would hold; none is reserved.</summary>
    public static long BytesFor(GraphOf graph, Value loss, Workers workers) =>
        new Schedule(OperationsOf(graph, isExact: false, []), graph.Inputs, graph.Outputs, workers, loss, differentiateBy: []).Bytes;

    /// <summary>Memory of an input, in NHWC order, to be written before every step.</summary>
    public Span<float> Input(Value input) => Span(_schedule.Run.Data(input));

    /// <summary>Values of an output of the graph, in NHWC order; valid until the next step.</summary>
    public ReadOnlySpan<float> Output(Value output) => Span(_schedule.Run.Data(output));

    /// <summary>
    /// Gradient by a value: for the loss, what backward starts from; for the values that were asked for, its result.
    /// </summary>
    public Span<float> Gradient(Value value) => Span(_schedule.Run.Gradient(value));

    /// <summary>Computes a loss that is a single number, and the gradients by it.</summary>
    /// <returns>The loss.</returns>
    public float Step()
    {
        Forward();
        Gradient(_loss).Fill(1);
        Backward();
        return Output(_loss)[0];
    }

    /// <summary>Computes the outputs.</summary>
    public void Forward()
    {
        foreach (Operation operation in _operations)
        {
            operation.Prepare(_schedule.Run);
            operation.Forward(_schedule.Run);
        }
    }

    /// <summary>Computes the gradients, starting from <see cref="Gradient"/> of the loss.</summary>
    public void Backward()
    {
        for (int i = _operations.Length - 1; i >= 0; i--)
        {
            if (_schedule.IsDifferentiated(_operations[i]))
            {
                _operations[i].Backward(_schedule.Run);
            }
        }
    }

    /// <summary>Computes the outputs and tells after each operation, for measuring.</summary>
    internal void Forward(Action<Operation> isDone)
    {
        foreach (Operation operation in _operations)
        {
            operation.Prepare(_schedule.Run);
            operation.Forward(_schedule.Run);
            isDone(operation);
        }
    }

    /// <summary>Computes the gradients and tells after each operation, for measuring.</summary>
    internal void Backward(Action<Operation> isDone)
    {
        foreach (Operation operation in Enumerable.Reverse(_operations).Where(_schedule.IsDifferentiated))
        {
            operation.Backward(_schedule.Run);
            isDone(operation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Dispose();

    private static Operation[] OperationsOf(GraphOf graph, bool isExact, IReadOnlyList<Value> differentiateBy) =>
        [.. Fusion.ForTraining(graph.Operations, graph.Outputs.Concat(differentiateBy).ToHashSet(), isExact)];

    private static Span<float> Span(View view) => new(view.Pointer, checked((int)view.Shape.Count));
}
