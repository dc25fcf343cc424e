using UNetSharp.Graph;

namespace UNetSharp.Execution;

/// <summary>
/// The memory of one kernel in a plan: where inputs, outputs, gradients and scratch memory lie, and the values of
/// parameters.
/// </summary>
public sealed unsafe class KernelContext
{
    private readonly View[] _inputs;
    private readonly View[] _outputs;
    private readonly View?[] _inputGradients;
    private readonly bool[] _accumulates;
    private readonly PlanState _plan;

    internal KernelContext(
        PlanState plan,
        (View[] Inputs, View[] Outputs) data,
        (View?[] Inputs, View? Output) gradients,
        bool[] accumulates)
    {
        _plan = plan;
        (_inputs, _outputs) = data;
        (_inputGradients, OutputGradientOrNull) = gradients;
        _accumulates = accumulates;
    }

    /// <summary>The device that computes.</summary>
    public Device Device => _plan.Device;

    /// <summary>Seed of the random numbers of this step.</summary>
    public int Seed => _plan.Seed;

    /// <summary>The first of the kernel's outputs.</summary>
    public View Output => _outputs[0];

    /// <summary>Gradient by the first output.</summary>
    public View OutputGradient => OutputGradientOrNull!.Value;

    /// <summary>What <see cref="Kernel.Prepare"/> derives from parameters.</summary>
    public float* Prepared { get; internal init; }

    /// <summary>What is kept from forward to backward.</summary>
    public float* Saved { get; internal init; }

    /// <summary>Scratch memory of forward.</summary>
    public float* ForwardScratch { get; internal init; }

    /// <summary>Scratch memory of backward.</summary>
    public float* BackwardScratch { get; internal init; }

    private View? OutputGradientOrNull { get; }

    /// <summary>Where an input lies.</summary>
    public View Input(int index) => _inputs[index];

    /// <summary>Where an output lies.</summary>
    public View OutputAt(int index) => _outputs[index];

    /// <summary>Where the gradient by an input lies.</summary>
    public View InputGradient(int index) => _inputGradients[index]!.Value;

    /// <summary>Whether the gradient by an input is needed.</summary>
    public bool NeedsGradient(int index) => _inputGradients[index] is not null;

    /// <summary>
    /// Whether the gradient by an input already holds what other readers of the value have contributed.
    /// </summary>
    public bool Accumulates(int index) => _accumulates[index];

    /// <summary>Values of a parameter, in PyTorch's order.</summary>
    public float* Values(Parameter parameter) => _plan.GetStore(parameter).ValuesPointer(parameter);

    /// <summary>Gradient of a parameter, in PyTorch's order.</summary>
    public float* Gradients(Parameter parameter) => _plan.GetStore(parameter).GradientsPointer(parameter);

    /// <summary>What another kernel of the plan has kept in this step.</summary>
    public float* SavedBy(Kernel kernel) => _plan.Contexts[kernel].Saved;
}
