using UNetSharp.Graph;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Execution;

/// <summary>
/// Gives every value, gradient and piece of scratch memory of a plan its place in one arena. Time is counted in steps:
/// step i runs forward of operation i, and in training step 2n − 1 − i its backward.
/// </summary>
internal sealed unsafe class Schedule
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly IReadOnlySet<Value> _kept;
    private readonly IReadOnlySet<Value> _differentiateBy;
    private readonly Placement _placement;
    private readonly MemoryLayout _layout = new();
    private readonly Dictionary<Value, MemoryLayout.Buffer> _data = [];
    private readonly Dictionary<Value, MemoryLayout.Buffer> _gradients = [];
    private readonly List<(MemoryLayout.Buffer Buffer, Action<nint> Place)> _pieces = [];
    private readonly HashSet<Operation> _differentiated = [];
    private readonly int _workers;
    private readonly int _end;
    private readonly Run _run;

    /// <param name="operations">Operations in the order in which they run.</param>
    /// <param name="inputs">Values that the caller writes before every run.</param>
    /// <param name="outputs">Values that the caller reads: they keep memory of their own to the end.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="loss">The value to differentiate; null for inference.</param>
    /// <param name="differentiateBy">Values by which the caller wants the gradient.</param>
    public Schedule(
        IReadOnlyList<Operation> operations,
        IReadOnlyList<Value> inputs,
        IReadOnlyList<Value> outputs,
        Workers workers,
        Value? loss,
        IReadOnlyList<Value> differentiateBy)
    {
        _operations = operations;
        _kept = outputs.Concat(differentiateBy).ToHashSet();
        _differentiateBy = differentiateBy.ToHashSet();
        _placement = new Placement(operations, _kept);
        _workers = workers.Count;
        _end = loss is null ? operations.Count - 1 : (2 * operations.Count) - 1;
        _run = new Run(workers);

        AddForward(inputs, isDifferentiated: loss is not null);
        if (loss is not null)
        {
            AddBackward(loss);
        }

        _layout.Place();
    }

    /// <summary>Bytes of memory that the plan needs.</summary>
    public long Bytes => _layout.Floats * sizeof(float);

    /// <summary>The places of everything.</summary>
    public Run Run => _run;

    /// <summary>Whether an operation has a backward step.</summary>
    public bool IsDifferentiated(Operation operation) => _differentiated.Contains(operation);

    /// <summary>Reserves the memory and gives everything its place in it.</summary>
    public Arena Allocate()
    {
        Arena arena = new(_layout.Floats);
        PlaceAll(arena.Pointer);
        return arena;
    }

    private static IEnumerable<Value> ValuesOf(Operation operation)
    {
        IEnumerable<Value> values = operation.Inputs.Append(operation.Output);
        return operation.SecondOutput is { } second ? values.Append(second) : values;
    }

    private int BackwardStep(int index) => (2 * _operations.Count) - 1 - index;

    private void AddForward(IReadOnlyList<Value> inputs, bool isDifferentiated)
    {
        foreach (Value input in inputs)
        {
            Use(_data, input, 0);
        }

        for (int i = 0; i < _operations.Count; i++)
        {
            Operation operation = _operations[i];
            foreach (Value value in ValuesOf(operation))
            {
                Use(_data, value, i);
            }

            // In training the weights change with every step, so what derives from them lives for that moment only.
            (int first, int last) = isDifferentiated ? (i, i) : (0, _end);
            AddPiece(operation.PreparedFloats, first, last, at => _run.PlacePrepared(operation, (float*)at));
            AddPiece(operation.ForwardScratch(_workers), i, i, at => _run.PlaceForwardScratch(operation, (float*)at));
            int savedUntil = isDifferentiated ? BackwardStep(i) : i;
            AddPiece(operation.SavedFloats, i, savedUntil, at => _run.PlaceSaved(operation, (float*)at));
        }

        foreach (Value value in _kept)
        {
            Use(_data, value, _end);
        }
    }

    private void AddBackward(Value loss)
    {
        HashSet<Value> wanted = WantedGradients(loss);
        HashSet<Value> written = [loss];
        Use(_gradients, loss, _operations.Count);
        for (int i = _operations.Count - 1; i >= 0; i--)
        {
            Operation operation = _operations[i];
            if (!wanted.Contains(operation.Output)
                || !(operation.IsTrained || operation.Inputs.Any(wanted.Contains)))
            {
                continue;
            }

            int step = BackwardStep(i);
            _differentiated.Add(operation);
            Use(_gradients, operation.Output, step);
            for (int k = 0; k < operation.Inputs.Count; k++)
            {
                Value input = operation.Inputs[k];
                if (wanted.Contains(input))
                {
                    Use(_gradients, input, step);
                    if (!written.Add(input))
                    {
                        _run.MarkAdds(operation, k);
                    }
                }

                if (operation.BackwardReadsInputs)
                {
                    Use(_data, input, step);
                }
            }

            if (operation.BackwardReadsOutput)
            {
                Use(_data, operation.Output, step);
            }

            AddPiece(
                operation.BackwardScratch(_workers), step, step, at => _run.PlaceBackwardScratch(operation, (float*)at));
        }

        foreach (Value value in _differentiateBy.Where(wanted.Contains))
        {
            Use(_gradients, value, _end);
        }
    }

    /// <summary>Values on a way from the loss back to a trained parameter or to a value that the caller names.</summary>
    private HashSet<Value> WantedGradients(Value loss)
    {
        HashSet<Value> leadsToParameter = [.. _differentiateBy];
        foreach (Operation operation in _operations)
        {
            if (operation.IsTrained || operation.Inputs.Any(leadsToParameter.Contains))
            {
                leadsToParameter.Add(operation.Output);
            }
        }

        HashSet<Value> wanted = [loss];
        foreach (Operation operation in _operations.Reverse().Where(operation => wanted.Contains(operation.Output)))
        {
            wanted.UnionWith(operation.Inputs.Where(leadsToParameter.Contains));
        }

        return wanted;
    }

    private void Use(Dictionary<Value, MemoryLayout.Buffer> buffers, Value value, int step)
    {
        Value owner = _placement.Of(value).Owner;
        if (buffers.TryGetValue(owner, out MemoryLayout.Buffer? buffer))
        {
            buffer.Touch(step);
        }
        else
        {
            buffers.Add(owner, _layout.Add(owner.Shape.Count, step, step));
        }
    }

    private void AddPiece(long floats, int first, int last, Action<nint> place)
    {
        if (floats > 0)
        {
            _pieces.Add((_layout.Add(floats, first, last), place));
        }
    }

    private void PlaceAll(float* memory)
    {
        IEnumerable<Value> values =
            _operations.SelectMany(ValuesOf).Concat(_kept).Distinct();
        foreach (Value value in values)
        {
            (Value owner, int channel) = _placement.Of(value);
            if (_data.TryGetValue(owner, out MemoryLayout.Buffer? data))
            {
                _run.Place(value, ViewOf(value.Shape, owner, memory + data.Offset + channel));
            }

            if (_gradients.TryGetValue(owner, out MemoryLayout.Buffer? gradient))
            {
                _run.PlaceGradient(value, ViewOf(value.Shape, owner, memory + gradient.Offset + channel));
            }
        }

        foreach ((MemoryLayout.Buffer buffer, Action<nint> place) in _pieces)
        {
            place((nint)(memory + buffer.Offset));
        }
    }

    private static View ViewOf(Shape shape, Value owner, float* at) => new(at, shape, owner.Shape.C);
}
