using UNetSharp.Graph;

namespace UNetSharp.Interop.Onnx;

/// <summary>The parameters that hold an ONNX file's arrays, one for each array that a trace has asked for.</summary>
internal sealed class OnnxParameters
{
    private readonly OrderedDictionary<OnnxTensor, Parameter> _byArray = new(ReferenceEqualityComparer.Instance);

    /// <summary>Is told of every new parameter.</summary>
    public Action<Parameter>? Added { get; set; }

    /// <summary>All parameters.</summary>
    public IEnumerable<Parameter> All => _byArray.Values;

    /// <summary>The parameter of an array; threads that trace at the same time get the same one.</summary>
    public Parameter Get(OnnxTensor tensor, ParameterKind kind)
    {
        // What was computed from sizes has no name, and may be different for the next size.
        if (tensor.Name.Length == 0)
        {
            return Create(tensor, "constant", ParameterKind.Constant);
        }

        lock (_byArray)
        {
            if (!_byArray.TryGetValue(tensor, out Parameter? parameter))
            {
                parameter = Create(tensor, tensor.Name, kind);
                _byArray.Add(tensor, parameter);
                Added?.Invoke(parameter);
            }

            return parameter;
        }
    }

    private static Parameter Create(OnnxTensor tensor, string name, ParameterKind kind) =>
        new(null, name, [.. tensor.Dims], kind, (_, values) => tensor.ToFloats().CopyTo(values));
}
