using UNetSharp.Graph;

namespace UNetSharp.Interop.Onnx;

/// <summary>The parameters that hold an ONNX file's arrays, one for each array that a trace has asked for.</summary>
internal sealed class OnnxParameters
{
    private readonly OrderedDictionary<(string Array, string Purpose), Parameter> _parameters = [];

    /// <summary>Is told of every new parameter.</summary>
    public Action<Parameter>? Added { get; set; }

    /// <summary>All parameters.</summary>
    public IEnumerable<Parameter> All => _parameters.Values;

    /// <summary>The parameter of an array; threads that trace at the same time get the same one.</summary>
    public Parameter Get(OnnxTensor tensor, ParameterKind kind) =>
        Get(tensor, "", tensor.Dims, kind, tensor.ToFloats);

    /// <summary>The parameter of what is computed from an array.</summary>
    public Parameter Derive(OnnxTensor tensor, string purpose, IReadOnlyList<int> dims, Func<float[]> compute) =>
        Get(tensor, purpose, dims, ParameterKind.Trained, compute);

    private Parameter Get(
        OnnxTensor tensor, string purpose, IReadOnlyList<int> dims, ParameterKind kind, Func<float[]> compute)
    {
        // What was computed from sizes has no name, and may be different for the next size.
        if (tensor.Name.Length == 0)
        {
            return Create("constant", ParameterKind.Constant);
        }

        lock (_parameters)
        {
            if (!_parameters.TryGetValue((tensor.Name, purpose), out Parameter? parameter))
            {
                parameter = Create(purpose.Length == 0 ? tensor.Name : $"{tensor.Name} ({purpose})", kind);
                _parameters.Add((tensor.Name, purpose), parameter);
                Added?.Invoke(parameter);
            }

            return parameter;
        }

        Parameter Create(string name, ParameterKind asKind) =>
            new(null, name, [.. dims], asKind, (_, values) => compute().CopyTo(values));
    }
}
