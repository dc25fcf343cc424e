using UNetSharp.Graph;
using UNetSharp.Kernels;

namespace UNetSharp.Execution;

/// <summary>What an operation sees of the plan that runs it: threads, and where its values and scratch memory lie.</summary>
internal sealed unsafe class Run(Workers workers)
{
    private readonly Dictionary<Value, View> _data = [];
    private readonly Dictionary<Value, View> _gradients = [];
    private readonly Dictionary<Operation, nint> _saved = [];
    private readonly Dictionary<Operation, nint> _prepared = [];
    private readonly Dictionary<Operation, nint> _forwardScratch = [];
    private readonly Dictionary<Operation, nint> _backwardScratch = [];
    private readonly HashSet<(Operation Operation, int Input)> _adds = [];

    /// <summary>The threads to compute on.</summary>
    public Workers Workers { get; } = workers;

    /// <summary>What chance in a step follows from.</summary>
    public int Seed { get; set; }

    /// <summary>Where a value lies.</summary>
    public View Data(Value value) => _data[value];

    /// <summary>Where the gradient by a value lies.</summary>
    public View Gradient(Value value) => _gradients[value];

    /// <summary>Whether anyone needs the gradient by a value.</summary>
    public bool Wants(Value value) => _gradients.ContainsKey(value);

    /// <summary>Whether the gradient by this input already holds what other readers of the value gave.</summary>
    public bool Adds(Operation operation, int input) => _adds.Contains((operation, input));

    /// <summary>What an operation keeps from forward to backward.</summary>
    public float* Saved(Operation operation) => (float*)_saved[operation];

    /// <summary>What an operation has derived from its parameters.</summary>
    public float* Prepared(Operation operation) => (float*)_prepared.GetValueOrDefault(operation);

    /// <summary>Scratch memory of an operation's forward.</summary>
    public float* ForwardScratch(Operation operation) => (float*)_forwardScratch[operation];

    /// <summary>Scratch memory of an operation's backward.</summary>
    public float* BackwardScratch(Operation operation) => (float*)_backwardScratch[operation];

    internal void Place(Value value, View view) => _data[value] = view;

    internal void PlaceGradient(Value value, View view) => _gradients[value] = view;

    internal void PlaceSaved(Operation operation, float* at) => _saved[operation] = (nint)at;

    internal void PlacePrepared(Operation operation, float* at) => _prepared[operation] = (nint)at;

    internal void PlaceForwardScratch(Operation operation, float* at) => _forwardScratch[operation] = (nint)at;

    internal void PlaceBackwardScratch(Operation operation, float* at) => _backwardScratch[operation] = (nint)at;

    internal void MarkAdds(Operation operation, int input) => _adds.Add((operation, input));
}
