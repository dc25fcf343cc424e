using UNetSharp.Models;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// What an output of an ONNX file means, by the operations that lead to it: behind a sigmoid values are probabilities,
/// whatever resizes, cuts or turns them after it. Where nothing but the order of axes is changed behind a sigmoid, a
/// softmax or an ArgMax, the network ends before it, as all our networks do.
/// </summary>
/// <param name="Name">The output.</param>
/// <param name="EndName">The value with which the network ends.</param>
/// <param name="Activation">What stands at its end.</param>
/// <param name="IsStripped">Whether the network ends before it.</param>
/// <param name="Scale">By how much probabilities are multiplied.</param>
/// <param name="LabeledName">The scores of which labels are the greatest's index; null if there are no labels.</param>
internal sealed record OnnxOutput(
    string Name,
    string EndName,
    OnnxActivation Activation,
    bool IsStripped,
    float Scale = 1,
    string? LabeledName = null)
{
    private const int MaxSteps = 64;
    private const int MaxNumbers = 256;

    // They change neither values nor where they lie in the map.
    private static readonly HashSet<string> Turning =
        ["Identity", "Cast", "Dropout", "Transpose", "Squeeze", "Unsqueeze"];

    // Of values between two bounds they make others between the same, or nearly.
    private static readonly HashSet<string> Keeping =
    [
        "Resize", "Upsample", "Clip", "Slice", "Split", "Gather", "Pad", "Reshape", "Flatten", "AveragePool", "MaxPool",
        "DepthToSpace", "ReduceMax", "ReduceMin", "ReduceMean", "Max", "Min", "Mean", "Round", "QuantizeLinear",
        "DequantizeLinear", "Expand", "Tile", "CenterCropPad",
    ];

    // Their results have no bounds, whatever they are made of.
    private static readonly HashSet<string> Unbounded =
    [
        "Conv", "ConvTranspose", "Add", "Gemm", "MatMul", "BatchNormalization", "InstanceNormalization",
        "GroupNormalization", "LayerNormalization", "Sum", "ConvInteger", "QLinearConv", "LeakyRelu", "PRelu",
    ];

    private static readonly HashSet<string> Comparing =
        ["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "Not", "And", "Or", "Xor"];

    /// <summary>Looks at what leads to an output.</summary>
    public static OnnxOutput Find(OnnxGraph graph, string output)
    {
        (string name, string end, string? labeled) = (output, output, null);
        (bool isTurned, float scale) = (true, 1);
        for (int step = 0; step < MaxSteps; step++)
        {
            if (graph.FindProducer(name) is not { Inputs.Count: > 0 } node)
            {
                break;
            }

            string before = node.Inputs[0];
            switch (node.Operation)
            {
                case "Sigmoid" or "HardSigmoid":
                    bool isWhole = isTurned && node.Operation == "Sigmoid";
                    return Result(OnnxActivation.Sigmoid, isWhole ? before : end);
                case "Softmax" or "LogSoftmax":
                    return Result(
                        node.Operation == "LogSoftmax" && !isTurned ? OnnxActivation.None : OnnxActivation.Softmax,
                        isTurned ? before : end);
                case "Exp" when graph.FindProducer(before) is { Operation: "LogSoftmax" } log:
                    return Result(OnnxActivation.Softmax, isTurned ? log.Inputs[0] : end);
                case "ArgMax" when isTurned:
                    (name, end) = (before, before);
                    (labeled, isTurned) = (before, true);
                    continue;
                case "ArgMax":
                    return Result(OnnxActivation.ArgMax, end) with { LabeledName = before };
                case var operation when Comparing.Contains(operation):
                    return Result(OnnxActivation.Comparison, end);
                case var operation when Unbounded.Contains(operation):
                    return Result(OnnxActivation.None, end);
                case var operation when Turning.Contains(operation):
                    break;
                case var operation when Keeping.Contains(operation):
                    isTurned = false;
                    break;
                case "Concat":
                    isTurned = false;
                    break;
                case "Sub" when graph.FindConstant(before, MaxNumbers) is { } ones && ones.All(value => value == 1):
                    isTurned = false;
                    before = node.Inputs[1];
                    break;
                case "Mul" or "Div" when graph.Separate(node, 1) is (var map, [> 0 and var factor]):
                    isTurned = false;
                    scale *= node.Operation == "Mul" ? factor : 1 / factor;
                    before = map;
                    break;
                default:
                    return Result(OnnxActivation.Unknown, end);
            }

            name = before;
        }

        return Result(OnnxActivation.Unknown, end);

        // Of labels the greatest score counts: with and without a sigmoid or softmax that is the same one.
        OnnxOutput Result(OnnxActivation activation, string ending) => new(
            output,
            ending,
            labeled is null || activation == OnnxActivation.Softmax ? activation : OnnxActivation.None,
            ending != end,
            activation is OnnxActivation.Sigmoid or OnnxActivation.Softmax ? scale : 1,
            labeled);
    }

    /// <summary>What values of so many channels mean; null where only the values say it.</summary>
    public OutputKind? GetKind(int channels) => Activation switch
    {
        OnnxActivation.None => OutputKind.Logits,
        OnnxActivation.Comparison when channels == 1 => OutputKind.Probabilities,
        OnnxActivation.ArgMax => OutputKind.Labels,
        OnnxActivation.Softmax => IsStripped ? OutputKind.Logits : OutputKind.Probabilities,
        OnnxActivation.Sigmoid when channels == 1 => IsStripped ? OutputKind.Logits : OutputKind.Probabilities,
        OnnxActivation.Sigmoid => IsStripped ? OutputKind.MultiLabelLogits : null,
        _ => null,
    };
}

/// <summary>What stands at the end of a network.</summary>
internal enum OnnxActivation
{
    /// <summary>Something without bounds, as a convolution.</summary>
    None,

    /// <summary>A sigmoid.</summary>
    Sigmoid,

    /// <summary>A softmax.</summary>
    Softmax,

    /// <summary>The index of the greatest score.</summary>
    ArgMax,

    /// <summary>A comparison, which gives 0 or 1.</summary>
    Comparison,

    /// <summary>Something else.</summary>
    Unknown,
}
