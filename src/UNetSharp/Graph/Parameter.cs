using UNetSharp.Tensors;

namespace UNetSharp.Graph;

/// <summary>What a stored array of a network is for.</summary>
public enum ParameterKind
{
    /// <summary>Changed by the optimizer: weights and biases.</summary>
    Trained,

    /// <summary>Changed by running the network in training: the running statistics of batch norm.</summary>
    Running,

    /// <summary>A whole number that counts training steps, stored as int64 (PyTorch's num_batches_tracked).</summary>
    Counter,
}

/// <summary>
/// A named array of a network, in PyTorch's layout: convolution weights (outC, inC, kh, kw), transposed convolution
/// weights (inC, outC, kh, kw), all others (C) or () for a single number.
/// </summary>
public sealed class Parameter
{
    private readonly Module? _owner;
    private readonly string _localName;
    private readonly Tensor _values;
    private readonly Action<Random, Span<float>> _initialize;
    private Tensor? _gradient;

    /// <summary>Creates the array, filled by <paramref name="initialize"/> when the network is initialised.</summary>
    internal Parameter(
        Module? owner, string localName, int[] dims, ParameterKind kind, Action<Random, Span<float>> initialize)
    {
        _owner = owner;
        _localName = localName;
        _initialize = initialize;
        Dims = dims;
        Kind = kind;
        Count = dims.Aggregate(1, (product, size) => checked(product * size));
        _values = new Tensor(new Shape(1, 1, 1, Count));
    }

    /// <summary>Full name, as in PyTorch's state dict.</summary>
    public string Name => _owner is null || _owner.Path.Length == 0 ? _localName : $"{_owner.Path}.{_localName}";

    /// <summary>Sizes in PyTorch's order; empty for a single number.</summary>
    public IReadOnlyList<int> Dims { get; }

    /// <summary>What the array is for.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Number of values.</summary>
    public int Count { get; }

    /// <summary>The values in PyTorch's order.</summary>
    public Span<float> Data => _values.Data;

    /// <summary>Gradient of the loss by each value, same order; the memory is made at first use.</summary>
    public Span<float> Gradient => (_gradient ??= new Tensor(_values.Shape)).Data;

    /// <summary>Address of the values; they stay where they are.</summary>
    internal unsafe float* Pointer => _values.Pointer;

    /// <summary>Address of the gradient.</summary>
    internal unsafe float* GradientPointer => (_gradient ??= new Tensor(_values.Shape)).Pointer;

    /// <summary>Sets the values to their starting point.</summary>
    internal void Initialize(Random random) => _initialize(random, Data);
}
