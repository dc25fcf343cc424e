using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Execution;

/// <summary>The memory of a plan, laid out as its schedule says: where every value and every gradient lies.</summary>
internal sealed unsafe class PlanMemory(Schedule schedule) : IDisposable
{
    private readonly Arena _arena = new(schedule.Floats);

    /// <summary>Whether a value that a caller reads or writes has a place.</summary>
    public bool Holds(Value value) => schedule.IsVisible(value);

    /// <summary>Whether the gradient by a value that a caller reads or writes has a place.</summary>
    public bool HasGradient(Value value) => schedule.Gradient(value) is not null;

    /// <summary>The values, in NHWC order.</summary>
    public Span<float> Data(Value value) => Span(DataView(value));

    /// <summary>The gradient, in NHWC order.</summary>
    public Span<float> Gradient(Value value) => Span(GradientView(value)!.Value);

    /// <summary>The places of all that a kernel reads and writes.</summary>
    public KernelContext CreateContext(Kernel kernel, PlanState state)
    {
        KernelBuffers buffers = schedule.GetBuffers(kernel);
        return new KernelContext(
            state,
            ([.. kernel.Inputs.Select(DataView)], [.. kernel.Outputs.Select(DataView)]),
            ([.. kernel.Inputs.Select(GradientView)], GradientView(kernel.Output)),
            buffers.Accumulates)
        {
            Prepared = At(buffers.Prepared),
            Saved = At(buffers.Saved),
            ForwardScratch = At(buffers.ForwardScratch),
            BackwardScratch = At(buffers.BackwardScratch),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Dispose();

    private View DataView(Value value) => CreateView(value.Shape, schedule.Data(value));

    private View? GradientView(Value value) =>
        schedule.Gradient(value) is { } place ? CreateView(value.Shape, place) : null;

    private View CreateView(Shape shape, ValuePlace place) => new(_arena.Start + place.Offset, shape, place.Stride);

    private float* At(MemoryLayout.Buffer? buffer) => buffer is null ? null : _arena.Start + buffer.Offset;

    private static Span<float> Span(View view) => new(view.Start, checked((int)view.Shape.Count));
}
