using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// A network that an ONNX file describes: its first output as a function of its only input. Where the output is a
/// sigmoid or a softmax, the network ends before it, as all our networks do.
/// </summary>
public sealed class OnnxNetwork : Network
{
    /// <summary>What stands for the network's name in its settings.</summary>
    internal const string ModelName = "onnx";

    private const int MaxFixedSide = 4096;
    private const int MaxChannels = 64;
    private const int MaxClasses = 256;
    private const int MaxPassThroughNodes = 8;
    private const int SaliencyOutputs = 7;

    // What deep networks halve without remainder, for those that cannot do with one.
    private const int EvenStep = 32;

    private static readonly PictureSize SaliencySize = new(320, 320);

    private static readonly string[] PassThroughOperations = ["Identity", "Cast", "Dropout", "Transpose"];
    private static readonly string[] FinalActivations = ["Sigmoid", "Softmax"];

    private readonly string _file;
    private readonly OnnxModel _model;
    private readonly OnnxValueInfo _input;
    private readonly int _sideStep;
    private readonly OrderedDictionary<OnnxTensor, Parameter> _parameters;

    private OnnxNetwork(
        string file,
        OnnxModel model,
        OnnxValueInfo input,
        Shape result,
        int sideStep,
        OrderedDictionary<OnnxTensor, Parameter> parameters)
        : base((int)input.Dims[1].Fixed!, result.C)
    {
        (_file, _model, _input, _sideStep, _parameters) = (file, model, input, sideStep, parameters);
        FixedSize = GetFixedSize(input);
        foreach (Parameter parameter in parameters.Values)
        {
            Add(parameter);
        }
    }

    /// <summary>The only size of image that the network reads; null if there are others.</summary>
    internal PictureSize? FixedSize { get; }

    /// <summary>Texts that the file holds beside the network.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => _model.Metadata;

    /// <summary>
    /// Whether this is U²-Net for saliency as background removal uses it: of colour images, a map and six sides, or the
    /// map alone, as probabilities of an image of 320x320.
    /// </summary>
    internal bool IsSaliency => (Channels, Classes) == (3, 1)
        && (_model.Outputs.Count == SaliencyOutputs
            || (FixedSize == SaliencySize && LogitsName(_model) != _model.Outputs[0].Name));

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">
    /// It is missing, damaged, or holds no network from images to maps that we can compute; the message names the node.
    /// </exception>
    internal static OnnxNetwork Load(string file)
    {
        OnnxModel model = OnnxModel.Read(file);
        HashSet<string> weights = [.. model.Weights.Select(weight => weight.Name)];
        OnnxValueInfo[] inputs = [.. model.Inputs.Where(input => !weights.Contains(input.Name))];
        if (inputs is not [{ Dims: [_, { Fixed: >= 1 and <= MaxChannels and var channels }, _, _] } input]
            || model.Outputs.Count == 0)
        {
            throw new CheckpointException(
                $"{file}: its network does not read one image of (N, channels, height, width), with "
                + $"1 to {MaxChannels} channels.");
        }

        PictureSize? size = GetFixedSize(input);
        if (size is { } fix && Math.Max(fix.Height, fix.Width) > MaxFixedSide)
        {
            throw new CheckpointException(
                $"{file}: its network reads images of {fix} only, more than {MaxFixedSide} a side.");
        }

        return size is { } only ? Traced(only, 1) : Open();

        OnnxNetwork Open()
        {
            try
            {
                return Traced(new PictureSize((3 * EvenStep) - 1, (4 * EvenStep) + 1), 1);
            }
            catch (CheckpointException)
            {
                return Traced(new PictureSize(3 * EvenStep, 4 * EvenStep), EvenStep);
            }
        }

        OnnxNetwork Traced(PictureSize probe, int sideStep)
        {
            var image = Value.Input(Shape.Nchw(1, (int)channels, probe.Height, probe.Width));
            OrderedDictionary<OnnxTensor, Parameter> parameters = new(ReferenceEqualityComparer.Instance);
            Value result = OnnxTrace.Trace(
                file, model, input.Name, LogitsName(model), image, (tensor, kind) => Find(parameters, tensor, kind));
            if (result.Shape.C > MaxClasses)
            {
                throw new CheckpointException(
                    $"{file}: its network has {result.Shape.C} classes, more than {MaxClasses}.");
            }

            OnnxNetwork network = new(file, model, input, result.Shape, sideStep, parameters);
            network.RequireFiniteWeights();
            return network;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The network cannot run on an image of this size.</exception>
    public override Value Forward(Value image) =>
        OnnxTrace.Trace(_file, _model, _input.Name, LogitsName(_model), image, GetParameter);

    /// <inheritdoc/>
    public override int InputSide(int outputSide) => FixedSize is not null
        ? outputSide
        : (base.InputSide(outputSide) + _sideStep - 1) / _sideStep * _sideStep;

    private void RequireFiniteWeights()
    {
        if (Parameters().FirstOrDefault(parameter => !IsFinite(Store.GetValues(parameter))) is { } bad)
        {
            throw new CheckpointException(
                $"{_file}: {CheckpointException.Sanitize(bad.Name)} holds values that are not finite numbers (NaN or "
                    + "infinity)"
                + "; training has diverged, or the file is damaged.");
        }
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The parameter of an array; threads that trace at the same time get the same one.</summary>
    private Parameter GetParameter(OnnxTensor tensor, ParameterKind kind)
    {
        lock (_parameters)
        {
            int count = _parameters.Count;
            Parameter parameter = Find(_parameters, tensor, kind);
            if (_parameters.Count > count)
            {
                Add(parameter);
            }

            return parameter;
        }
    }

    private static Parameter Find(
        OrderedDictionary<OnnxTensor, Parameter> parameters, OnnxTensor tensor, ParameterKind kind)
    {
        // What was computed from sizes has no name, and may be different for the next size.
        if (tensor.Name.Length == 0)
        {
            return Create("constant", ParameterKind.Constant);
        }

        if (!parameters.TryGetValue(tensor, out Parameter? parameter))
        {
            parameter = Create(tensor.Name, kind);
            parameters.Add(tensor, parameter);
        }

        return parameter;

        Parameter Create(string name, ParameterKind its) =>
            new(null, name, [.. tensor.Dims], its, (_, values) => tensor.ToFloats().CopyTo(values));
    }

    private static PictureSize? GetFixedSize(OnnxValueInfo input)
    {
        (long? height, long? width) = (input.Dims[2].Fixed, input.Dims[3].Fixed);
        return (height ?? width) is null ? null : new PictureSize(Bounded(height ?? width), Bounded(width ?? height));

        static int Bounded(long? side) => (int)Math.Min(side!.Value, int.MaxValue);
    }

    /// <summary>The value before the final sigmoid or softmax, if there is one.</summary>
    private static string LogitsName(OnnxModel model)
    {
        string output = model.Outputs[0].Name;
        string name = output;
        for (int i = 0; i < MaxPassThroughNodes; i++)
        {
            OnnxNode? producer = model.Nodes.FirstOrDefault(node => node.Outputs.Contains(name));
            if (producer is null || producer.Inputs.Count == 0)
            {
                break;
            }

            if (FinalActivations.Contains(producer.Operation))
            {
                return producer.Inputs[0];
            }

            if (!PassThroughOperations.Contains(producer.Operation))
            {
                break;
            }

            name = producer.Inputs[0];
        }

        return output;
    }
}
