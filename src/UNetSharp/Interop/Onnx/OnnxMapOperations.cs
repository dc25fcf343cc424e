using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations on maps (https://onnx.ai/onnx/operators) as operations of a graph.</summary>
internal static class OnnxMapOperations
{
    private static readonly Dictionary<string, Func<OnnxCall, OnnxMap>> ByName = new()
    {
        // Filters and windows.
        ["Conv"] = OnnxFilterOperations.Convolve,
        ["ConvTranspose"] = Image(OnnxFilterOperations.ConvolveTransposed),
        ["Gemm"] = OnnxFilterOperations.Multiply,
        ["MatMul"] = OnnxFilterOperations.MatrixProduct,
        ["MaxPool"] = Image(OnnxPoolOperations.Max),
        ["AveragePool"] = Image(OnnxPoolOperations.Average),

        // Normalisations.
        ["BatchNormalization"] = OnnxNormalizations.Batch,
        ["InstanceNormalization"] = OnnxNormalizations.Instance,
        ["GroupNormalization"] = OnnxNormalizations.Group,
        ["LayerNormalization"] = OnnxNormalizations.Layer,
        ["LpNormalization"] = OnnxNormalizations.Length,
        ["MeanVarianceNormalization"] = OnnxNormalizations.MeanVariance,
        ["LRN"] = OnnxNormalizations.LocalResponse,

        // Activations.
        ["Relu"] = Each((_, x) => x.Relu()),
        ["LeakyRelu"] = Each((call, x) => x.Relu(call.Float("alpha", 0.01f))),
        ["PRelu"] = OnnxActivations.PRelu,
        ["Elu"] = Each(OnnxActivations.Elu),
        ["Selu"] = Each(OnnxActivations.Selu),
        ["Celu"] = Each(OnnxActivations.Celu),
        ["ThresholdedRelu"] = Each(OnnxActivations.ThresholdedRelu),
        ["Gelu"] = Each(OnnxActivations.Gelu),
        ["com.microsoft.Gelu"] = Each(OnnxActivations.Gelu),
        ["com.microsoft.QuickGelu"] = Each((call, x) => OnnxActivations.Swish(x, call.Float("alpha", 1.702f))),
        ["Swish"] = Each((call, x) => OnnxActivations.Swish(x, call.Float("alpha", 1))),
        ["Mish"] = Each((_, x) => OnnxActivations.Mish(x)),
        ["Softsign"] = Each((_, x) => OnnxActivations.Softsign(x)),
        ["Softplus"] = Each(FunctionKind.Softplus),
        ["Sigmoid"] = Each((_, x) => x.Sigmoid()),
        ["Tanh"] = Each(FunctionKind.Tanh),
        ["HardSigmoid"] = Each(OnnxActivations.HardSigmoid),
        ["HardSwish"] = Each((_, x) => OnnxActivations.HardSwish(x)),
        ["Softmax"] = OnnxActivations.Softmax,
        ["LogSoftmax"] = OnnxActivations.LogSoftmax,
        ["ArgMax"] = call => OnnxActivations.ArgMaximum(call, isLeast: false),
        ["ArgMin"] = call => OnnxActivations.ArgMaximum(call, isLeast: true),

        // Arithmetic.
        ["Add"] = OnnxArithmetic.Add,
        ["Sub"] = OnnxArithmetic.Subtract,
        ["Mul"] = OnnxArithmetic.Multiply,
        ["Div"] = OnnxArithmetic.Divide,
        ["Mod"] = OnnxArithmetic.Modulo,
        ["Pow"] = OnnxArithmetic.Power,
        ["Max"] = OnnxArithmetic.Maximum,
        ["Min"] = OnnxArithmetic.Minimum,
        ["Sum"] = OnnxArithmetic.SumAll,
        ["Mean"] = OnnxArithmetic.MeanOfAll,
        ["Clip"] = OnnxArithmetic.Clip,
        ["Where"] = OnnxArithmetic.Where,
        ["Greater"] = OnnxArithmetic.Compare,
        ["GreaterOrEqual"] = OnnxArithmetic.Compare,
        ["Less"] = OnnxArithmetic.Compare,
        ["LessOrEqual"] = OnnxArithmetic.Compare,
        ["Equal"] = OnnxArithmetic.AreEqual,
        ["And"] = OnnxArithmetic.And,
        ["Or"] = OnnxArithmetic.Or,
        ["Xor"] = OnnxArithmetic.Xor,
        ["Not"] = call => OnnxArithmetic.Not(call.Read(0)),
        ["Neg"] = call => OnnxArithmetic.Negate(call.Read(0)),
        ["Abs"] = Each(FunctionKind.Abs),
        ["Ceil"] = Each(FunctionKind.Ceiling),
        ["Cos"] = Each(FunctionKind.Cosine),
        ["Erf"] = Each(FunctionKind.Erf),
        ["Exp"] = Each(FunctionKind.Exp),
        ["Floor"] = Each(FunctionKind.Floor),
        ["Log"] = Each(FunctionKind.Log),
        ["Reciprocal"] = Each(FunctionKind.Reciprocal),
        ["Round"] = Each(FunctionKind.Round),
        ["Sign"] = Each(FunctionKind.Sign),
        ["Sin"] = Each(FunctionKind.Sine),
        ["Sqrt"] = Each(FunctionKind.Sqrt),

        // Sums, means and extremes.
        ["GlobalAveragePool"] = call => OnnxReductions.Globally(call, OnnxReductions.Mean),
        ["GlobalMaxPool"] = call => OnnxReductions.Globally(call, OnnxReductions.Maximum),
        ["ReduceMean"] = call => OnnxReductions.Reduce(call, OnnxReductions.Mean),
        ["ReduceSum"] = call => OnnxReductions.Reduce(call, OnnxReductions.Sum),
        ["ReduceMax"] = call => OnnxReductions.Reduce(call, OnnxReductions.Maximum),
        ["ReduceMin"] = call => OnnxReductions.Reduce(call, OnnxReductions.Minimum),
        ["ReduceL1"] = call => OnnxReductions.Reduce(call, OnnxReductions.SumOfSizes),
        ["ReduceL2"] = call => OnnxReductions.Reduce(call, OnnxReductions.Length),
        ["ReduceSumSquare"] = call => OnnxReductions.Reduce(call, OnnxReductions.SumOfSquares),
        ["ReduceLogSum"] = call => OnnxReductions.Reduce(call, OnnxReductions.LogSum),
        ["ReduceLogSumExp"] = call => OnnxReductions.Reduce(call, OnnxReductions.LogSumExp),

        // Axes and sizes.
        ["Concat"] = OnnxAxisOperations.Concat,
        ["Split"] = OnnxAxisOperations.Split,
        ["Slice"] = OnnxAxisOperations.Slice,
        ["Gather"] = OnnxAxisOperations.Gather,
        ["Pad"] = OnnxAxisOperations.Pad,
        ["Transpose"] = OnnxAxisOperations.Transpose,
        ["Reshape"] = OnnxAxisOperations.Reshape,
        ["Flatten"] = OnnxAxisOperations.Flatten,
        ["Squeeze"] = OnnxAxisOperations.Squeeze,
        ["Unsqueeze"] = OnnxAxisOperations.Unsqueeze,
        ["DepthToSpace"] = OnnxAxisOperations.DepthToSpace,
        ["SpaceToDepth"] = OnnxAxisOperations.SpaceToDepth,
        ["Expand"] = OnnxAxisOperations.Expand,
        ["Tile"] = OnnxAxisOperations.Tile,
        ["Resize"] = OnnxResize.Resize,
        ["Upsample"] = OnnxResize.Resize,

        // Quantised numbers.
        ["QuantizeLinear"] = OnnxQuantization.Quantize,
        ["DequantizeLinear"] = OnnxQuantization.Dequantize,
        ["DynamicQuantizeLinear"] = OnnxQuantization.QuantizeDynamically,
        ["ConvInteger"] = Image(OnnxQuantization.Convolve),
        ["MatMulInteger"] = OnnxQuantization.Multiply,
        ["QLinearConv"] = OnnxQuantization.ConvolveQuantized,

        // What changes nothing here.
        ["Identity"] = call => call.Read(0),
        ["Cast"] = Cast,
        ["CastLike"] = call => call.Read(0),
        ["Dropout"] = call => call.Read(0),
    };

    /// <summary>The names of all that are known.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>How a result of an operation is computed; null if it is not known, or no map.</summary>
    public static Func<OnnxCall, OnnxMap>? Find(string name, int resultIndex) =>
        name == "DynamicQuantizeLinear" && resultIndex > 0 ? null : ByName.GetValueOrDefault(name);

    private static Func<OnnxCall, OnnxMap> Image(Func<OnnxCall, Value> operation) =>
        call => OnnxMap.Nchw(operation(call));

    private static Func<OnnxCall, OnnxMap> Each(Func<OnnxCall, Value, Value> function) =>
        call => call.Read(0).With(function(call, call.Read(0).Value));

    private static Func<OnnxCall, OnnxMap> Each(FunctionKind kind) =>
        call => OnnxArithmetic.Apply(call.Read(0), kind);

    /// <summary>To whole numbers what is behind the point is cut off; all floating-point formats are ours.</summary>
    private static OnnxMap Cast(OnnxCall call)
    {
        int type = (int)Math.Clamp(call.Integer("to", OnnxTensor.FloatType), 0, byte.MaxValue);
        return type == OnnxTensor.BooleanType ? OnnxArithmetic.ToBoolean(call.Read(0))
            : OnnxTensor.IsIntegerType(type) ? OnnxArithmetic.Apply(call.Read(0), FunctionKind.Truncate)
            : call.Read(0);
    }
}
