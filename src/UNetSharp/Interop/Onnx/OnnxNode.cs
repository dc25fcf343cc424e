using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Interop.Onnx;

/// <summary>An operation of an ONNX graph (NodeProto).</summary>
/// <param name="Name">Name; may be empty.</param>
/// <param name="Operation">The operation's name in ONNX's list (https://onnx.ai/onnx/operators).</param>
/// <param name="Inputs">Names of what it reads; an empty one stands for an input that is left out.</param>
/// <param name="Outputs">Names of what it computes.</param>
/// <param name="Attributes">Its constants.</param>
internal sealed record OnnxNode(
    string Name,
    string Operation,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<OnnxAttribute> Attributes)
{
    private const int MaxAttributes = 32;

    /// <summary>Name for messages.</summary>
    public string DisplayName =>
        CheckpointException.Sanitize(Name.Length > 0 ? Name : $"{Operation} ({string.Join(", ", Outputs)})");

    /// <summary>Reads a NodeProto.</summary>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static OnnxNode Read(ReadOnlyMemory<byte> message, OnnxDataFiles files)
    {
        (string name, string operation, string domain) = ("", "", "");
        List<string> inputs = [];
        List<string> outputs = [];
        List<OnnxAttribute> attributes = [];
        foreach (ProtoField field in ProtoField.Parse(message))
        {
            switch (field.Number)
            {
                case 1: inputs.Add(field.Text); break;
                case 2: outputs.Add(field.Text); break;
                case 3: name = field.Text; break;
                case 4: operation = field.Text; break;
                case 5 when attributes.Count == MaxAttributes:
                    throw new InvalidDataException("a node has too many constants");
                case 5: attributes.Add(OnnxAttribute.Read(field.Content, files)); break;
                case 7: domain = field.Text; break;
                default: break;
            }
        }

        // Operations outside of ONNX's own list bear their vendor's name.
        string fullName = domain is "" or "ai.onnx" ? operation : $"{domain}.{operation}";
        return new OnnxNode(name, fullName, inputs, outputs, attributes);
    }

    /// <summary>The NodeProto.</summary>
    public ProtoMessage Write() => new ProtoMessage()
        .AddAll(1, Inputs)
        .AddAll(2, Outputs)
        .Add(3, Name)
        .Add(4, Operation)
        .AddAll(5, Attributes.Select(attribute => attribute.Write()));
}
