using UNetSharp.Graph;

namespace UNetSharp.Execution;

/// <summary>
/// Something that computes graphs. It chooses the kernels of a graph; what a plan does with them, its schedule and its
/// memory, is the same for all devices. Disposing it disposes the plans that it has compiled.
/// </summary>
public abstract class Device : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Plan> _plans = [];
    private bool _isDisposed;

    /// <summary>Threads that compute at the same time, each with scratch memory of its own.</summary>
    public abstract int ThreadCount { get; }

    /// <summary>
    /// Makes a plan of a graph: kernels are chosen and memory is allocated for the shapes of the graph.
    /// </summary>
    /// <param name="graph">The graph, whose outputs can be read after every forward.</param>
    /// <param name="parameters">Values of the graph's parameters.</param>
    /// <param name="settings">What the plan is for.</param>
    /// <exception cref="ArgumentException">The store lacks a parameter of the graph.</exception>
    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public Plan Compile(ComputationGraph graph, ParameterStore parameters, PlanSettings settings)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Plan plan = new(this, CreateSchedule(graph, settings), parameters, settings);
            _plans.Add(plan);
            return plan;
        }
    }

    /// <summary>Bytes of memory that a plan would hold; none is allocated.</summary>
    public long EstimateBytes(ComputationGraph graph, PlanSettings settings)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return CreateSchedule(graph, settings).Bytes;
        }
    }

    /// <summary>Waits for what computes, and frees the memory of all plans.</summary>
    public void Dispose()
    {
        Plan[] plans;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            plans = [.. _plans];
        }

        foreach (Plan plan in plans)
        {
            plan.Dispose();
        }

        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>The kernels of a graph, in the order in which they are executed.</summary>
    protected internal abstract IReadOnlyList<Kernel> CreateKernels(ComputationGraph graph, PlanSettings settings);

    /// <summary>Frees what the device itself holds, after its plans are disposed.</summary>
    protected abstract void Release();

    /// <summary>Forgets a plan that is disposed.</summary>
    internal void Remove(Plan plan)
    {
        lock (_gate)
        {
            _plans.Remove(plan);
        }
    }

    private Schedule CreateSchedule(ComputationGraph graph, PlanSettings settings) =>
        new(CreateKernels(graph, settings), graph, settings, ThreadCount);
}
