using UNetSharp.Graph;

namespace UNetSharp.Execution;

/// <summary>
/// Gives every value, gradient and piece of scratch memory of a plan its place in one block. Time is counted in steps:
/// step i is forward of kernel i, and in training step 2n − 1 − i its backward.
/// </summary>
internal sealed class Schedule
{
    private readonly PlanSettings _settings;
    private readonly HashSet<Value> _kept;
    private readonly HashSet<Value> _inputs;
    private readonly Placement _placement;
    private readonly MemoryLayout _layout = new();
    private readonly Dictionary<Value, MemoryLayout.Buffer> _data = [];
    private readonly Dictionary<Value, MemoryLayout.Buffer> _gradients = [];
    private readonly Dictionary<Kernel, KernelBuffers> _buffers = [];
    private readonly int _threads;
    private readonly int _end;

    /// <summary>Plans the memory of a graph.</summary>
    /// <param name="kernels">Kernels in the order in which they are executed.</param>
    /// <param name="graph">The graph, whose inputs a caller writes and whose outputs it reads.</param>
    /// <param name="settings">What the plan is for.</param>
    /// <param name="threads">Threads with scratch memory of their own.</param>
    public Schedule(IReadOnlyList<Kernel> kernels, ComputationGraph graph, PlanSettings settings, int threads)
    {
        (Kernels, _settings, _threads) = (kernels, settings, threads);
        _inputs = graph.Inputs.ToHashSet();
        _kept = graph.Outputs.Concat(settings.GradientsBy).ToHashSet();
        _placement = new Placement(kernels, _kept);
        _end = settings.Result is null ? kernels.Count - 1 : (2 * kernels.Count) - 1;

        AddForward(graph.Inputs);
        if (settings.Result is { } result)
        {
            AddBackward(result);
        }

        _layout.Place();
    }

    /// <summary>The kernels, in the order in which they are executed.</summary>
    public IReadOnlyList<Kernel> Kernels { get; }

    /// <summary>Floats of memory that the plan needs.</summary>
    public long Floats => _layout.Floats;

    /// <summary>Bytes of memory that the plan needs.</summary>
    public long Bytes => Floats * sizeof(float);

    private bool HasGradients => _settings.Result is not null;

    /// <summary>Whether a kernel has a backward step.</summary>
    public bool HasBackward(Kernel kernel) => _buffers[kernel].HasBackward;

    /// <summary>Whether a caller may read or write a value: the memory of all others is reused.</summary>
    public bool IsVisible(Value value) => _inputs.Contains(value) || _kept.Contains(value);

    /// <summary>The pieces of memory of a kernel.</summary>
    public KernelBuffers GetBuffers(Kernel kernel) => _buffers[kernel];

    /// <summary>Where a value lies.</summary>
    public ValuePlace Data(Value value) => PlaceIn(_data, value)!.Value;

    /// <summary>Where the gradient by a value lies; null where nobody needs it.</summary>
    public ValuePlace? Gradient(Value value) => PlaceIn(_gradients, value);

    private int BackwardStep(int index) => (2 * Kernels.Count) - 1 - index;

    private void AddForward(IReadOnlyList<Value> inputs)
    {
        foreach (Value input in inputs)
        {
            Use(_data, input, 0);
        }

        for (int i = 0; i < Kernels.Count; i++)
        {
            Kernel kernel = Kernels[i];
            foreach (Value value in kernel.Inputs.Concat(kernel.Outputs))
            {
                Use(_data, value, i);
            }

            // In training the weights change with every step, so what derives from them lives for that moment only.
            (int first, int last) = HasGradients ? (i, i) : (0, _end);
            _buffers.Add(kernel, new KernelBuffers(kernel.Inputs.Count)
            {
                Prepared = Piece(kernel.PreparedFloats, first, last),
                ForwardScratch = Piece(kernel.ForwardScratchFloats(_threads), i, i),
                Saved = Piece(kernel.SavedFloats, i, HasGradients ? BackwardStep(i) : i),
            });
        }

        foreach (Value value in _kept)
        {
            Use(_data, value, _end);
        }
    }

    private void AddBackward(Value result)
    {
        HashSet<Value> needed = NeededGradients(result);
        HashSet<Value> written = [result];
        Use(_gradients, result, Kernels.Count);
        for (int i = Kernels.Count - 1; i >= 0; i--)
        {
            Kernel kernel = Kernels[i];
            if (needed.Contains(kernel.Output)
                && (kernel.ComputesParameterGradients || kernel.Inputs.Any(needed.Contains)))
            {
                AddBackward(kernel, BackwardStep(i), needed, written);
            }
        }

        foreach (Value value in _settings.GradientsBy.Where(needed.Contains))
        {
            Use(_gradients, value, _end);
        }
    }

    private void AddBackward(Kernel kernel, int step, HashSet<Value> needed, HashSet<Value> written)
    {
        KernelBuffers buffers = _buffers[kernel];
        buffers.HasBackward = true;
        Use(_gradients, kernel.Output, step);
        for (int k = 0; k < kernel.Inputs.Count; k++)
        {
            Value input = kernel.Inputs[k];
            if (needed.Contains(input))
            {
                Use(_gradients, input, step);
                buffers.Accumulates[k] = !written.Add(input);
            }

            if (kernel.BackwardReadsInputs)
            {
                Use(_data, input, step);
            }
        }

        if (kernel.BackwardReadsOutput)
        {
            Use(_data, kernel.Output, step);
        }

        buffers.BackwardScratch = Piece(kernel.BackwardScratchFloats(_threads), step, step);
    }

    /// <summary>
    /// Values on a way from the result back to a trained parameter or to a value that the caller names.
    /// </summary>
    private HashSet<Value> NeededGradients(Value result)
    {
        HashSet<Value> leadsToParameter = [.. _settings.GradientsBy];
        foreach (Kernel kernel in Kernels)
        {
            if (kernel.ComputesParameterGradients || kernel.Inputs.Any(leadsToParameter.Contains))
            {
                leadsToParameter.Add(kernel.Output);
            }
        }

        HashSet<Value> needed = [result];
        foreach (Kernel kernel in Kernels.Reverse().Where(kernel => needed.Contains(kernel.Output)))
        {
            needed.UnionWith(kernel.Inputs.Where(leadsToParameter.Contains));
        }

        return needed;
    }

    private void Use(Dictionary<Value, MemoryLayout.Buffer> buffers, Value value, int step)
    {
        Value owner = _placement.GetOwner(value).Owner;
        if (buffers.TryGetValue(owner, out MemoryLayout.Buffer? buffer))
        {
            buffer.ExtendTo(step);
        }
        else
        {
            buffers.Add(owner, _layout.Add(owner.Shape.Count, step, step));
        }
    }

    private MemoryLayout.Buffer? Piece(long floats, int first, int last) =>
        floats > 0 ? _layout.Add(floats, first, last) : null;

    private ValuePlace? PlaceIn(Dictionary<Value, MemoryLayout.Buffer> buffers, Value value)
    {
        (Value owner, int channel) = _placement.GetOwner(value);
        return buffers.TryGetValue(owner, out MemoryLayout.Buffer? buffer)
            ? new ValuePlace(buffer.Offset + channel, owner.Shape.C)
            : null;
    }
}

/// <summary>Where a value lies in the memory of a plan.</summary>
/// <param name="Offset">Floats from the start of the memory to the first channel of the first pixel.</param>
/// <param name="Stride">Floats from a pixel to the next one.</param>
internal readonly record struct ValuePlace(long Offset, int Stride);

/// <summary>The pieces of memory of a kernel; null where it needs none.</summary>
internal sealed class KernelBuffers(int inputs)
{
    /// <summary>What is derived from parameters.</summary>
    public MemoryLayout.Buffer? Prepared { get; init; }

    /// <summary>What is kept from forward to backward.</summary>
    public MemoryLayout.Buffer? Saved { get; init; }

    /// <summary>Scratch memory of forward.</summary>
    public MemoryLayout.Buffer? ForwardScratch { get; init; }

    /// <summary>Scratch memory of backward.</summary>
    public MemoryLayout.Buffer? BackwardScratch { get; set; }

    /// <summary>Whether the kernel has a backward step.</summary>
    public bool HasBackward { get; set; }

    /// <summary>For each input, whether its gradient is added to what other readers have contributed.</summary>
    public bool[] Accumulates { get; } = new bool[inputs];
}
