using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Execution;

/// <summary>
/// The values of all parameters of a network in one flat block of memory, and all gradients in another. Whatever is
/// done to all of them (a step of an optimizer, a norm, an average, an exchange between machines) is a loop over a
/// vector.
/// </summary>
/// <remarks>
/// Trained parameters come first, then running statistics, then counters and constants, each in the order of PyTorch's
/// state dict and each starting on a cache line; the floats between them stay zero. Gradients have the same offsets.
/// Memory is allocated at first use, so a network that is only described costs none.
/// </remarks>
public sealed unsafe class ParameterStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Parameter, int> _offsets = [];
    private volatile Tensor? _values;
    private volatile Tensor? _gradients;
    private int _seed;
    private long _version;

    /// <summary>Describes the memory of some parameters.</summary>
    /// <param name="parameters">The parameters, in the order of PyTorch's state dict.</param>
    public ParameterStore(IEnumerable<Parameter> parameters)
    {
        Parameters = [.. parameters];
        TrainedCount = Place(ParameterKind.Trained, 0);
        AveragedCount = Place(ParameterKind.Running, TrainedCount);
        Count = Place(ParameterKind.Constant, Place(ParameterKind.Counter, AveragedCount));
    }

    /// <summary>The parameters, in the order of PyTorch's state dict.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Goes up whenever values change, so that what is derived from them is derived again.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The trained parameters, in the order of PyTorch's state dict.</summary>
    internal IEnumerable<Parameter> Trained =>
        Parameters.Where(parameter => parameter.Kind == ParameterKind.Trained);

    /// <summary>Floats of the trained parameters, with the gaps between them.</summary>
    internal int TrainedCount { get; }

    /// <summary>Floats of trained parameters and running statistics, with the gaps between them.</summary>
    internal int AveragedCount { get; }

    /// <summary>Floats of all parameters, with the gaps between them.</summary>
    internal int Count { get; }

    /// <summary>All values, in the order of the offsets.</summary>
    internal Span<float> AllValues => Values().Data[..Count];

    /// <summary>All gradients, in the order of the offsets.</summary>
    internal Span<float> AllGradients => Gradients().Data[..TrainedCount];

    /// <summary>Address of the first value; values never move.</summary>
    internal float* ValuesStart => Values().Start;

    /// <summary>Address of the first gradient; gradients never move.</summary>
    internal float* GradientsStart => Gradients().Start;

    /// <summary>Values of a parameter, in PyTorch's order.</summary>
    public ReadOnlySpan<float> GetValues(Parameter parameter) =>
        Values().Data.Slice(GetOffset(parameter), parameter.Count);

    /// <summary>Sets the values of a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="values">Its values, in PyTorch's order.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than the parameter has.</exception>
    public void SetValues(Parameter parameter, ReadOnlySpan<float> values)
    {
        RequireCount(parameter, values);
        values.CopyTo(Values().Data.Slice(GetOffset(parameter), parameter.Count));
        MarkChanged();
    }

    /// <summary>Gradient of the last loss by a trained parameter, in PyTorch's order.</summary>
    public ReadOnlySpan<float> GetGradients(Parameter parameter) =>
        Gradients().Data.Slice(GetTrainedOffset(parameter), parameter.Count);

    /// <summary>Sets the gradient by a trained parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradients">Its gradient, in PyTorch's order.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than the parameter has.</exception>
    public void SetGradients(Parameter parameter, ReadOnlySpan<float> gradients)
    {
        RequireCount(parameter, gradients);
        gradients.CopyTo(Gradients().Data.Slice(GetTrainedOffset(parameter), parameter.Count));
    }

    /// <summary>Sets every parameter to its initial values; the same seed gives the same values.</summary>
    public void Initialize(int seed)
    {
        lock (_gate)
        {
            _seed = seed;
            if (_values is { } values)
            {
                Fill(values);
                MarkChanged();
            }
        }
    }

    /// <summary>Copies all values of another store of the same parameters.</summary>
    internal void CopyFrom(ParameterStore other)
    {
        other.AllValues.CopyTo(AllValues);
        MarkChanged();
    }

    /// <summary>To be called after values were changed by address.</summary>
    internal void MarkChanged() => Interlocked.Increment(ref _version);

    /// <summary>Floats before the first one of a parameter.</summary>
    internal int GetOffset(Parameter parameter) => _offsets.TryGetValue(parameter, out int offset)
        ? offset
        : throw new ArgumentException($"The store holds no parameter {parameter.Name}: it is of another network.");

    /// <summary>Address of a parameter's values.</summary>
    internal float* ValuesPointer(Parameter parameter) => ValuesStart + GetOffset(parameter);

    /// <summary>Address of a trained parameter's gradient.</summary>
    internal float* GradientsPointer(Parameter parameter) => GradientsStart + GetTrainedOffset(parameter);

    /// <summary>Whether a parameter is in the store.</summary>
    internal bool Holds(Parameter parameter) => _offsets.ContainsKey(parameter);

    private static void RequireCount(Parameter parameter, ReadOnlySpan<float> values)
    {
        if (values.Length != parameter.Count)
        {
            throw new ArgumentException(
                $"{parameter.Name} has {parameter.Count} values, but {values.Length} came.");
        }
    }

    private int GetTrainedOffset(Parameter parameter) => parameter.Kind == ParameterKind.Trained
        ? GetOffset(parameter)
        : throw new ArgumentException($"{parameter.Name} is not trained, so it has no gradient.");

    private int Place(ParameterKind kind, int offset)
    {
        foreach (Parameter parameter in Parameters.Where(parameter => parameter.Kind == kind))
        {
            _offsets.Add(parameter, offset);
            offset = checked(offset + ((parameter.Count + Arena.LineFloats - 1) / Arena.LineFloats * Arena.LineFloats));
        }

        return offset;
    }

    private Tensor Values()
    {
        if (_values is null)
        {
            lock (_gate)
            {
                _values ??= Fill(Allocate(Count));
            }
        }

        return _values;
    }

    private Tensor Gradients()
    {
        if (_gradients is null)
        {
            lock (_gate)
            {
                _gradients ??= Allocate(TrainedCount);
            }
        }

        return _gradients;
    }

    private Tensor Fill(Tensor values)
    {
        for (int i = 0; i < Parameters.Count; i++)
        {
            Parameter parameter = Parameters[i];
            Span<float> part = values.Data.Slice(GetOffset(parameter), parameter.Count);
            parameter.Initialize(new Random(MixSeed(_seed, i)), part);
        }

        return values;
    }

    private static Tensor Allocate(int count) => new(Shape.Nchw(1, Math.Max(1, count), 1, 1));

    /// <summary>A seed for each parameter (the mixing of splitmix64: neighbours have nothing in common).</summary>
    private static int MixSeed(int seed, int index)
    {
        ulong x = ((ulong)(uint)seed << 32) + ((ulong)index * 0x9E3779B97F4A7C15);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return (int)(x ^ (x >> 31));
    }
}
