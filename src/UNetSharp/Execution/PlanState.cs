using UNetSharp.Graph;

namespace UNetSharp.Execution;

/// <summary>What the contexts of one plan share.</summary>
internal sealed class PlanState
{
    private readonly ParameterStore _parameters;
    private readonly ParameterStore _constants;

    /// <summary>Finds the values of parameters.</summary>
    /// <param name="device">The device that computes.</param>
    /// <param name="parameters">Parameters of the network.</param>
    /// <param name="read">Parameters that kernels read, among them constants of the graph.</param>
    /// <exception cref="ArgumentException">A parameter that is no constant is not in the store.</exception>
    public PlanState(Device device, ParameterStore parameters, IEnumerable<Parameter> read)
    {
        (Device, _parameters) = (device, parameters);
        _constants = new ParameterStore(
            read.Distinct().Where(
                parameter => parameter.Kind == ParameterKind.Constant && !parameters.Holds(parameter)));
        foreach (Parameter parameter in read)
        {
            GetStore(parameter).GetOffset(parameter);
        }
    }

    /// <summary>The device that computes.</summary>
    public Device Device { get; }

    /// <summary>The context of each kernel.</summary>
    public Dictionary<Kernel, KernelContext> Contexts { get; } = [];

    /// <summary>Seed of the random numbers of this step.</summary>
    public int Seed { get; set; }

    /// <summary>The store that holds a parameter.</summary>
    public ParameterStore GetStore(Parameter parameter) =>
        parameter.Kind == ParameterKind.Constant && _constants.Holds(parameter) ? _constants : _parameters;
}
