using UNetSharp.Graph;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// A node with what its inputs are at one size of image: maps, which a graph computes, and arrays, which are known.
/// </summary>
internal sealed class OnnxCall(OnnxNode node, OnnxTrace trace, int resultIndex = 0)
{
    private const int MaxNumbers = 1 << 16;

    /// <summary>The operation's name.</summary>
    public string Operation => node.Operation;

    /// <summary>Number of inputs.</summary>
    public int InputCount => node.Inputs.Count;

    /// <summary>Number of results.</summary>
    public int ResultCount => node.Outputs.Count;

    /// <summary>Which of the results is asked for.</summary>
    public int ResultIndex => resultIndex;

    /// <summary>Name of the result.</summary>
    public string ResultName => node.Outputs[resultIndex];

    /// <summary>Version of ONNX's list of operations.</summary>
    public long Opset => trace.Opset;

    /// <summary>Whether any input is a map.</summary>
    public bool ReadsMaps => node.Inputs.Any(trace.IsMap);

    /// <summary>Whether an input is there.</summary>
    public bool HasInput(int index) => index < InputCount && node.Inputs[index].Length > 0;

    /// <summary>Whether an input is a map.</summary>
    public bool IsMap(int index) => HasInput(index) && trace.IsMap(node.Inputs[index]);

    /// <summary>An input as a map of (N, C, H, W).</summary>
    public Value Map(int index) => Read(index).ToNchw();

    /// <summary>An input with its axes; an array counts as a map that does not depend on the image.</summary>
    public OnnxMap Read(int index) => trace.Map(Name(index));

    /// <summary>The sizes of an input.</summary>
    public IReadOnlyList<int> Dims(int index) => IsMap(index) ? Read(index).Dims : Tensor(index).Dims;

    /// <summary>An axis that a constant names, from 0 even where it counts from the end.</summary>
    public int Axis(string name, long defaultValue, int rank) => ToAxis(Integer(name, defaultValue), rank);

    /// <summary>An axis from 0, of one that counts from the end where it is negative.</summary>
    public int ToAxis(double axis, int rank) => axis >= -rank && axis < rank && axis == Math.Floor(axis)
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw CreateException($"axis {axis} is none of {rank}");

    /// <summary>An input that names axes, from 0; null if there is none.</summary>
    public int[]? Axes(int index, string attribute, int rank) =>
        Numbers(index, attribute) is { } axes ? [.. axes.Select(axis => ToAxis(axis, rank))] : null;

    /// <summary>An input that is an array.</summary>
    public OnnxTensor Tensor(int index) => trace.Tensor(Name(index));

    /// <summary>The numbers of a short array.</summary>
    public double[] Numbers(int index)
    {
        OnnxTensor tensor = Tensor(index);
        return tensor.Count <= MaxNumbers
            ? [.. tensor.ToFloats().Select(value => (double)value)]
            : throw CreateException($"computing with arrays of {tensor.Count} numbers is not supported");
    }

    /// <summary>Numbers that newer versions read as an input, older ones as a constant; or null.</summary>
    public double[]? Numbers(int index, string attribute) =>
        HasInput(index) ? Numbers(index)
        : Integers(attribute) is { Count: > 0 } values ? [.. values.Select(value => (double)value)]
        : null;

    /// <summary>Parameter of the graph that holds an array.</summary>
    public Parameter Parameter(OnnxTensor tensor, ParameterKind kind = ParameterKind.Trained) =>
        trace.ParameterOf(tensor, kind);

    /// <summary>
    /// Parameter of the graph that holds what is computed from an array, the same one each time.
    /// </summary>
    /// <param name="tensor">The array.</param>
    /// <param name="purpose">Tells what is computed from it.</param>
    /// <param name="dims">The parameter's sizes.</param>
    /// <param name="compute">Computes it.</param>
    public Parameter Derived(OnnxTensor tensor, string purpose, int[] dims, Func<float[]> compute) =>
        trace.Derive(tensor, purpose, dims, compute);

    /// <summary>Parameter of the graph that no file holds.</summary>
    public static Parameter Constant(int[] dims, float[] values) =>
        new(null, "constant", dims, ParameterKind.Constant, (_, to) => values.CopyTo(to));

    /// <summary>Parameter of the graph that no file holds: a vector of one value, the same for all nodes.</summary>
    public Parameter Fill(int count, float value) => trace.Fill(count, value);

    /// <summary>A whole number.</summary>
    public long Integer(string name, long defaultValue) => Attribute(name)?.Integer ?? defaultValue;

    /// <summary>A floating-point number.</summary>
    public float Float(string name, float defaultValue) => Attribute(name)?.Float ?? defaultValue;

    /// <summary>A text.</summary>
    public string Text(string name, string defaultValue) => Attribute(name)?.Text ?? defaultValue;

    /// <summary>Whole numbers; none if they are not given.</summary>
    public IReadOnlyList<long> Integers(string name) => Attribute(name)?.Integers ?? [];

    /// <summary>A constant; null if it is not given.</summary>
    public OnnxAttribute? Attribute(string name) => node.Attributes.FirstOrDefault(attribute => attribute.Name == name);

    /// <summary>An array of so many numbers in one row.</summary>
    public OnnxTensor Vector(int index, int count) => Tensor(index) is { Dims.Count: 1 } vector && vector.Count == count
        ? vector
        : throw CreateException($"input {index} must hold {count} numbers");

    /// <summary>A size or place of a map.</summary>
    public int ToSize(double number, int min) =>
        number >= min && number <= OnnxTrace.MaxSide && number == Math.Floor(number)
            ? (int)number
            : throw CreateException($"{number} is no size; they are whole numbers up to {OnnxTrace.MaxSide}");

    /// <summary>Refuses what a constant asks for unless it is the one value that is supported.</summary>
    public void RequireValue(string name, long supported)
    {
        if (Integer(name, supported) != supported)
        {
            throw CreateException($"{name} {Integer(name, supported)} is not supported");
        }
    }

    /// <summary>What ends the reading; the message gets the file's and the node's name.</summary>
    public InvalidDataException CreateException(string what) =>
        new($"operation {CheckpointException.Sanitize(Operation)}: {what}");

    private string Name(int index) =>
        HasInput(index) ? node.Inputs[index] : throw CreateException($"input {index} is missing");
}
