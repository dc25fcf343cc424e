using UNetSharp.Cpu.Convolutions;
using UNetSharp.Cpu.Normalization;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu;

/// <summary>
/// Chooses the kernels of a graph and fuses operations that one pass over memory can do. In inference convolution,
/// batch norm and ReLU become one kernel, and where the convolution is Winograd's a sum with an earlier value and a max
/// pooling too. In training, where a batch norm needs the whole result of its convolution first, batch norm and ReLU
/// are fused, and the convolution computes the norm's statistics. Operations are fused only where nothing else reads
/// what lies between.
/// </summary>
internal sealed class Fusion
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly HashSet<Value> _kept;
    private readonly ILookup<Value, Operation> _readers;
    private readonly Dictionary<Operation, int> _order;
    private readonly HashSet<Operation> _fused = [];
    private readonly Dictionary<Value, FilterKernel> _statistics = [];
    private readonly bool _isExact;

    private Fusion(ComputationGraph graph, PlanSettings settings)
    {
        _isExact = settings.IsExact;
        _operations = graph.Operations;
        _kept = graph.Outputs.Concat(settings.GradientsBy).ToHashSet();
        _order = _operations.Select((operation, index) => (operation, index)).ToDictionary();
        _readers = _operations
            .SelectMany(operation => operation.Inputs.Select(input => (Input: input, Operation: operation)))
            .ToLookup(pair => pair.Input, pair => pair.Operation);
    }

    /// <summary>The kernels of a graph, in the order in which they are executed.</summary>
    public static IReadOnlyList<Kernel> CreateKernels(ComputationGraph graph, PlanSettings settings)
    {
        var fusion = new Fusion(graph, settings);
        return fusion.Fuse(settings.Purpose switch
        {
            PlanPurpose.Inference => fusion.FuseForInference,
            PlanPurpose.Training => fusion.FuseForTraining,
            _ => KernelForInputGradients,
        });
    }

    /// <summary>The kernel of an operation of a trained network that runs backward too: nothing is fused.</summary>
    private static Kernel KernelForInputGradients(Operation operation) => operation is FilterOperation filter
        ? FilterKernel.Create(filter, FilterTail.None, isExact: true, isFrozen: true)
        : KernelCatalog.Create(operation, isTraining: false);

    private List<Kernel> Fuse(Func<Operation, Kernel> fuse)
    {
        List<Kernel> kernels = [];
        foreach (Operation operation in _operations)
        {
            if (!_fused.Contains(operation))
            {
                kernels.Add(fuse(operation));
            }
        }

        return kernels;
    }

    private Kernel FuseForInference(Operation operation)
    {
        if (operation is not FilterOperation filter)
        {
            return KernelCatalog.Create(operation, isTraining: false);
        }

        BatchNorm? norm = FuseOnlyReader<BatchNorm>(filter.Output);
        FilterTail tail = new(norm, FuseOnlyReader<Relu>(norm?.Output ?? filter.Output));
        FilterKernel kernel = FilterKernel.Create(filter, tail, _isExact, isFrozen: true);
        if (!kernel.FinishesTiles)
        {
            return kernel;
        }

        Value result = kernel.Output;
        FilterTail longer = tail with { Add = FuseOnlyReader<Add>(result, sum => AddsEarlier(sum, filter, result)) };
        longer = longer with { Pool = FusePooling(longer.GetResult(filter.Output)) };
        return longer == tail ? kernel : FilterKernel.Create(filter, longer, _isExact, isFrozen: true);
    }

    private Kernel FuseForTraining(Operation operation) => operation switch
    {
        BatchNorm norm => new BatchNormKernel(
            norm, FuseOnlyReader<Relu>(norm.Output), _statistics.GetValueOrDefault(norm.Inputs[0])),
        FilterOperation filter => FilterForTraining(filter),
        _ => KernelCatalog.Create(operation, isTraining: true),
    };

    private FilterKernel FilterForTraining(FilterOperation filter)
    {
        FilterKernel kernel = FilterKernel.Create(filter, FilterTail.None, _isExact, isFrozen: false);
        if (!kernel.FinishesTiles || !_readers[filter.Output].OfType<BatchNorm>().Any())
        {
            return kernel;
        }

        FilterTail tail = FilterTail.None with { ComputesStatistics = true };
        return _statistics[filter.Output] = FilterKernel.Create(filter, tail, _isExact, isFrozen: false);
    }

    /// <summary>The only reader of a value, if it is of the wanted kind; it then has no kernel of its own.</summary>
    private T? FuseOnlyReader<T>(Value value, Func<T, bool>? condition = null)
        where T : Operation
    {
        IEnumerable<Operation> readers = _readers[value];
        if (_kept.Contains(value)
            || readers.FirstOrDefault() is not T only
            || readers.Skip(1).Any()
            || condition?.Invoke(only) == false)
        {
            return null;
        }

        _fused.Add(only);
        return only;
    }

    /// <summary>A max pooling of a value, which others may read too.</summary>
    private MaxPool? FusePooling(Value value)
    {
        MaxPool? pooling = _readers[value].OfType<MaxPool>().FirstOrDefault(FilterTail.CanPool);
        if (pooling is not null)
        {
            _fused.Add(pooling);
        }

        return pooling;
    }

    /// <summary>Whether an addition adds a value that is computed before the filter's.</summary>
    private bool AddsEarlier(Add add, Operation filter, Value sum)
    {
        Operation? producer = add.Inputs.Single(input => input != sum).Producer;
        return producer is null || _order[producer] < _order[filter];
    }
}
