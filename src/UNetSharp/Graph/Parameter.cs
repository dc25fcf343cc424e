namespace UNetSharp.Graph;

/// <summary>What a stored array of a network is for.</summary>
public enum ParameterKind
{
    /// <summary>Changed by the optimizer: weights and biases.</summary>
    Trained,

    /// <summary>Changed by forward in training: the running statistics of batch norm.</summary>
    Running,

    /// <summary>A whole number that counts training steps, stored as int64 (PyTorch's num_batches_tracked).</summary>
    Counter,

    /// <summary>Part of a graph and of no network: never trained nor stored.</summary>
    Constant,
}

/// <summary>
/// The description of a named array of a network, in PyTorch's layout: convolution weights (outC, inC, kh, kw),
/// transposed convolution weights (inC, outC, kh, kw), all others (C) or () for a single number. Values and
/// gradients are in a parameter store.
/// </summary>
public sealed class Parameter
{
    private readonly Module? _owner;
    private readonly string _localName;
    private readonly Action<Random, Span<float>> _initialize;

    /// <summary>Describes an array, whose initial values <paramref name="initialize"/> gives.</summary>
    internal Parameter(
        Module? owner, string localName, int[] dims, ParameterKind kind, Action<Random, Span<float>> initialize)
    {
        _owner = owner;
        _localName = localName;
        _initialize = initialize;
        Dims = dims;
        Kind = kind;
        Count = dims.Aggregate(1, (product, size) => checked(product * size));
    }

    /// <summary>Full name, as in PyTorch's state dict.</summary>
    public string Name => _owner is null || _owner.Path.Length == 0 ? _localName : $"{_owner.Path}.{_localName}";

    /// <summary>Sizes in PyTorch's order; empty for a single number.</summary>
    public IReadOnlyList<int> Dims { get; }

    /// <summary>What the array is for.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Number of values.</summary>
    public int Count { get; }

    /// <summary>Writes the initial values.</summary>
    internal void Initialize(Random random, Span<float> values) => _initialize(random, values);
}
