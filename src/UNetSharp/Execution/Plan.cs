using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Execution;

/// <summary>
/// A graph made ready to compute: kernels in order, and one block of memory for all values. Memory is reused as soon as
/// a value has had its last reader, or is kept for backward. Computing allocates nothing.
/// </summary>
/// <remarks>
/// For one thread at a time: set inputs, compute, read. Calls of another thread in between are refused, never mixed.
/// Disposing waits for what computes and frees the memory at once. What is read are copies, so they stay valid.
/// </remarks>
public sealed unsafe class Plan : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Device _device;
    private readonly ParameterStore _parameters;
    private readonly PlanSettings _settings;
    private readonly IReadOnlyList<Kernel> _kernels;
    private readonly KernelContext[] _contexts;
    private readonly Schedule _schedule;
    private readonly PlanState _state;
    private readonly PlanMemory _memory;
    private long _preparedVersion = -1;
    private int? _inputThread;
    private int? _resultThread;
    private bool _isDisposed;

    internal Plan(Device device, Schedule schedule, ParameterStore parameters, PlanSettings settings)
    {
        (_device, _schedule, _parameters, _settings) = (device, schedule, parameters, settings);
        _kernels = schedule.Kernels;
        _state = new PlanState(device, parameters, _kernels.SelectMany(kernel => kernel.Parameters));
        _memory = new PlanMemory(schedule);
        _contexts = [.. _kernels.Select(kernel => _memory.CreateContext(kernel, _state))];
        for (int i = 0; i < _contexts.Length; i++)
        {
            _state.Contexts.Add(_kernels[i], _contexts[i]);
        }
    }

    /// <summary>Seed of the random numbers of a step; to be set before every step of a network with dropout.</summary>
    public int Seed
    {
        get => Alive(_state).Seed;
        set => Alive(_state).Seed = value;
    }

    /// <summary>Bytes of memory that the plan holds.</summary>
    public long MemoryBytes => Alive(_schedule).Bytes;

    private bool PreparesOnce => _settings.Purpose == PlanPurpose.Inference;

    /// <summary>Sets an input, to be done before every forward.</summary>
    /// <param name="input">An input of the graph.</param>
    /// <param name="values">Its values, in NHWC order.</param>
    /// <exception cref="ArgumentException">The value is no input, or there are more or fewer values.</exception>
    public void SetInput(Value input, ReadOnlySpan<float> values)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            RequireThread(_inputThread, "has set inputs that are not computed yet");
            RequireCount(input, values.Length);
            _inputThread = Environment.CurrentManagedThreadId;
            values.CopyTo(_memory.Data(input));
        }
    }

    /// <summary>Computes the outputs.</summary>
    public void Forward() => Forward(onKernelDone: null);

    /// <summary>Computes the gradients, starting from the gradient by the result.</summary>
    public void Backward() => Backward(onKernelDone: null);

    /// <summary>Computes a loss that is a single number, and its gradients.</summary>
    /// <returns>The loss.</returns>
    public float ComputeGradients()
    {
        lock (_gate)
        {
            Forward();
            RequireGradient(_settings.Result);
            _memory.Gradient(_settings.Result!).Fill(1);
            Backward();
            return _memory.Data(_settings.Result!)[0];
        }
    }

    /// <summary>Copies an output, or a value that gradients are computed by.</summary>
    /// <param name="output">The value.</param>
    /// <param name="destination">Takes its values, in NHWC order.</param>
    public void CopyOutput(Value output, Span<float> destination)
    {
        lock (_gate)
        {
            EnterResult();
            RequireCount(output, destination.Length);
            _memory.Data(output).CopyTo(destination);
        }
    }

    /// <summary>An output, or a value that gradients are computed by.</summary>
    public Tensor GetOutput(Value output)
    {
        Tensor result = new(output.Shape);
        CopyOutput(output, result.Data);
        return result;
    }

    /// <summary>Sets the gradient by the result that <see cref="Backward()"/> starts from.</summary>
    /// <param name="values">The gradient, in NHWC order.</param>
    public void SetResultGradient(ReadOnlySpan<float> values)
    {
        lock (_gate)
        {
            EnterResult();
            RequireGradient(_settings.Result);
            RequireCount(_settings.Result!, values.Length);
            values.CopyTo(_memory.Gradient(_settings.Result!));
        }
    }

    /// <summary>Gradient by one of the values that were asked for.</summary>
    public Tensor GetGradient(Value value)
    {
        Tensor result = new(value.Shape);
        lock (_gate)
        {
            EnterResult();
            RequireGradient(value);
            _memory.Gradient(value).CopyTo(result.Data);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _memory.Dispose();
        }

        _device.Remove(this);
    }

    /// <summary>Computes the outputs; for measuring, reports each kernel that is done.</summary>
    internal void Forward(Action<Kernel>? onKernelDone)
    {
        lock (_gate)
        {
            EnterForward();
            bool prepares = !PreparesOnce || _preparedVersion != _parameters.Version;
            _preparedVersion = _parameters.Version;
            for (int i = 0; i < _contexts.Length; i++)
            {
                if (prepares)
                {
                    _kernels[i].Prepare(_contexts[i]);
                }

                _kernels[i].Forward(_contexts[i]);
                onKernelDone?.Invoke(_kernels[i]);
            }

            if (_settings.Purpose == PlanPurpose.Training)
            {
                // Batch norm has updated its running statistics.
                _parameters.MarkChanged();
            }
        }
    }

    /// <summary>Computes the gradients; for measuring, reports each kernel that is done.</summary>
    internal void Backward(Action<Kernel>? onKernelDone)
    {
        lock (_gate)
        {
            EnterResult();
            RequireGradient(_settings.Result);
            for (int i = _contexts.Length - 1; i >= 0; i--)
            {
                if (_schedule.HasBackward(_kernels[i]))
                {
                    _kernels[i].Backward(_contexts[i]);
                    onKernelDone?.Invoke(_kernels[i]);
                }
            }
        }
    }

    private T Alive<T>(T part)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return part;
    }

    private void EnterForward()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        RequireThread(_inputThread, "has set inputs that are not computed yet");
        _inputThread = null;
        _resultThread = Environment.CurrentManagedThreadId;
    }

    private void EnterResult()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        RequireThread(_resultThread, "has computed since");
    }

    private static void RequireThread(int? thread, string what)
    {
        if (thread is { } other && other != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                $"A plan is for one thread at a time: another thread {what}. Give every thread a plan of its own.");
        }
    }

    private void RequireGradient(Value? value)
    {
        if (value is null || !_memory.HasGradient(value))
        {
            throw new InvalidOperationException("The plan computes no such gradient; its settings say which it does.");
        }
    }

    private void RequireCount(Value value, int count)
    {
        if (!_memory.Holds(value))
        {
            throw new ArgumentException($"The value of {value.Shape} is no input or output of this plan.");
        }

        if (value.Shape.Count != count)
        {
            throw new ArgumentException($"A value of {value.Shape} has {value.Shape.Count} numbers, but {count} came.");
        }
    }
}
