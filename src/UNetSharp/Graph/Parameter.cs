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
/// weights (inC, outC, kh, kw), all others (C) or () for a single number. Memory is taken at first use, so that networks
/// whose values nobody asks for cost none.
/// </summary>
public sealed class Parameter
{
    private readonly Module? _owner;
    private readonly string _localName;
    private readonly Shape _shape;
    private readonly Action<Random, Span<float>> _initialize;
    private int _seed;
    private Tensor? _values;
    private Tensor? _gradient;

    /// <summary>Creates the array, which <paramref name="initialize"/> fills at first use.</summary>
    internal Parameter(
        Module? owner, string localName, int[] dims, ParameterKind kind, Action<Random, Span<float>> initialize)
    {
        _owner = owner;
        _localName = localName;
        _initialize = initialize;
        Dims = dims;
        Kind = kind;
        Count = dims.Aggregate(1, (product, size) => checked(product * size));
        _shape = new Shape(1, 1, 1, Count);
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
    public Span<float> Data => Values.Data;

    /// <summary>Gradient of the loss by each value, same order; the memory is made at first use.</summary>
    public Span<float> Gradient => (_gradient ??= new Tensor(_shape)).Data;

    /// <summary>Address of the values; they stay where they are.</summary>
    internal unsafe float* Pointer => Values.Pointer;

    /// <summary>Address of the gradient.</summary>
    internal unsafe float* GradientPointer => (_gradient ??= new Tensor(_shape)).Pointer;

    private Tensor Values => _values ??= Start();

    /// <summary>Sets the values to the starting point that the seed chooses.</summary>
    internal void Initialize(int seed)
    {
        _seed = seed;
        _values = null;
    }

    private Tensor Start()
    {
        Tensor values = new(_shape);
        _initialize(new Random(_seed), values.Data);
        return values;
    }
}
