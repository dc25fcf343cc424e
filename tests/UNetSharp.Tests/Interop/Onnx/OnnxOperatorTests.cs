using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;
using static UNetSharp.Tests.Interop.Onnx.OnnxSketch;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>Every operation that is read from ONNX files, on random sizes, against ONNX Runtime.</summary>
[Trait("Cost", "high")]
public sealed partial class OnnxOperatorTests : IDisposable
{
    private const int Seeds = 2;
    private const int UInt8 = 2, Int8 = 3;
    private const float Tolerance = 2e-5f;

    // Dynamic quantisation is computed in floats: its own error is a step of 255.
    private const float QuantizedTolerance = 0.02f;

    private static readonly Dictionary<string, Func<OnnxSketch, string>> ByName = CreateCases();
    private readonly TemporaryFolder _folder = new();

    /// <summary>Names of the cases.</summary>
    public static TheoryData<string> Cases => [.. ByName.Keys];

    [OnnxRuntimeTheory]
    [MemberData(nameof(Cases))]
    public void OnnxRuntime_computes_the_same(string name)
    {
        using OnnxRuntime runtime = new();
        for (int seed = 0; seed < Seeds; seed++)
        {
            OnnxSketch sketch = new(GetOpset(name), seed);
            string result = ByName[name](sketch);
            string file = _folder.File($"{seed}.onnx");
            StoredTensor image = OnnxNetworks.Image(1, sketch.C, sketch.H, sketch.W);
            image = image with { Values = [.. image.Values.Select(value => (2 * value) - 1)] };
            sketch.Create(result, rank: 1).Write(file);
            StoredTensor actual = Run(file, image);
            sketch.Create(result, actual.Dims.Count).Write(file);

            StoredTensor expected = runtime.Run(file, image);

            bool isDynamic = name.StartsWith("Dynamic", StringComparison.Ordinal);
            OnnxNetworks.AssertClose(expected, actual, isDynamic ? QuantizedTolerance : Tolerance);
        }
    }

    [Fact]
    public void Every_operation_has_a_case()
    {
        HashSet<string> tried = [];
        foreach (Func<OnnxSketch, string> build in ByName.Values)
        {
            OnnxSketch sketch = new(opset: 13, seed: 0);
            tried.UnionWith(sketch.Create(build(sketch), rank: 1).Nodes.Select(node => node.Operation));
        }

        // Upsample is what Resize was called before, and these belong to newer lists than ONNX Runtime's or to its own.
        string[] elsewhere = ["Upsample", "CastLike", "Swish", "com.microsoft.Gelu", "com.microsoft.QuickGelu"];
        Assert.Empty(OnnxMapOperations.Names.Except(tried).Except(elsewhere));
    }

    [Fact]
    public void The_list_for_users_has_every_operation()
    {
        string text = File.ReadAllText(Path.GetFullPath(Path.Combine(Here(), "../../../../docs/onnx.md")));
        HashSet<string> listed = [.. Word().Matches(text).Select(match => match.Value)];

        Assert.Empty(OnnxMapOperations.Names.Concat(OnnxConstantOperations.Names).Except(listed));
    }

    /// <summary>Writes the nodes of a case; the name of its result.</summary>
    internal static string Build(string name, OnnxSketch sketch) => ByName[name](sketch);

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"[A-Za-z0-9.]+[A-Za-z0-9]")]
    private static partial Regex Word();

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private static int GetOpset(string name) => int.TryParse(name.Split(" v")[^1], out int opset) ? opset : 17;

    /// <summary>The only result of a file, in the file's own sizes.</summary>
    private static StoredTensor Run(string path, StoredTensor image)
    {
        var file = OnnxFile.Read(path);
        var input = Value.Input(Shape.Nchw(1, image.Dims[1], image.Dims[2], image.Dims[3]));
        OnnxMap result = OnnxTrace.Trace(
            path, file.Model, file.Input.Name, ["logits"], file.ToInput(input), new OnnxParameters())[0];
        int count = result.Dims.Aggregate(1, (product, size) => product * size);
        Value row = result.Reshape([1, count, 1, 1]).ToNchw();
        ParameterStore store = TestStores.For(row);
        store.Initialize(seed: 0);
        using CpuDevice device = new(1);
        using Plan plan = device.Compile(
            new ComputationGraph(row), store, PlanSettings.ForInference(isExact: true));
        Tensor pixels = new(input.Shape);
        for (int i = 0; i < image.Values.Length; i++)
        {
            (int c, int rest) = Math.DivRem(i, image.Dims[2] * image.Dims[3]);
            pixels[0, c, rest / image.Dims[3], rest % image.Dims[3]] = image.Values[i];
        }

        plan.SetInput(input, pixels.Data);
        plan.Forward();
        return new StoredTensor("logits", [.. result.Dims], plan.Output(row).ToArray());
    }

    private static Dictionary<string, Func<OnnxSketch, string>> CreateCases()
    {
        Dictionary<string, Func<OnnxSketch, string>> cases = new()
        {
            // Filters and windows.
            ["Conv unevenly padded"] = g => g.Add(
                "Conv", [Image, g.Random(3, g.C, 3, 2), g.Random(3)], Ints("pads", 0, 1, 2, 0), Ints("strides", 2, 1)),
            ["Conv auto_pad"] = g => g.Add(
                "Conv", [Image, g.Random(3, g.C, 4, 3)], Text("auto_pad", "SAME_UPPER"), Ints("strides", 2, 2)),
            ["Conv auto_pad lower"] = g => g.Add(
                "Conv", [Image, g.Random(3, g.C, 4, 2)], Text("auto_pad", "SAME_LOWER"), Ints("strides", 2, 1)),
            ["Conv of one axis"] = g => g.Add(
                "Conv", [g.Add("Reshape", [Image, g.Integers(1, g.C, -1)]), g.Random(4, g.C / 2, 3), g.Random(4)],
                Int("group", 2), Ints("pads", 2, 1), Ints("strides", 2)),
            ["Conv of patches"] = g => g.Add(
                "Conv", [g.Add("Resize", [Image, "", g.Numbers([4], 1, 1, 6, 5)]), g.Random(3, g.C, 20, 18)],
                Ints("strides", 20, 18)),
            ["MaxPool of all"] = g => g.Add(
                "MaxPool", [Image], Ints("kernel_shape", g.H, g.W), Ints("strides", g.H, g.W)),
            ["ConvTranspose"] = g => g.Add(
                "ConvTranspose", [Image, g.Random(g.C, 3, 3, 2), g.Random(3)], Ints("strides", 2, 2)),
            ["ConvTranspose in groups"] = g => g.Add(
                "ConvTranspose", [Image, g.Random(g.C, 3, 3, 3), g.Random(6)], Int("group", 2), Ints("strides", 2, 2),
                Ints("pads", 1, 1, 1, 1), Ints("output_padding", 1, 0)),
            ["ConvTranspose of each channel"] = g => g.Add(
                "ConvTranspose", [Image, g.Random(g.C, 1, 4, 4)], Int("group", g.C), Ints("strides", 2, 2),
                Ints("pads", 1, 1, 1, 1)),
            ["ConvTranspose dilated"] = g => g.Add(
                "ConvTranspose", [Image, g.Random(g.C, 2, 3, 2)], Ints("dilations", 2, 3), Ints("strides", 1, 2),
                Ints("pads", 1, 0, 2, 1)),
            ["ConvTranspose output_shape"] = g => g.Add(
                "ConvTranspose", [Image, g.Random(g.C, 2, 3, 3)], Ints("output_shape", (2 * g.H) + 1, 2 * g.W),
                Ints("strides", 2, 2)),
            ["ConvTranspose auto_pad"] = g => g.Add(
                "ConvTranspose", [Image, g.Random(g.C, 2, 3, 4)], Text("auto_pad", "SAME_UPPER"),
                Ints("strides", 2, 2)),
            ["MaxPool unevenly padded"] = g => g.Add(
                "MaxPool", [Image], Ints("kernel_shape", 3, 3), Ints("pads", 0, 2, 2, 0), Ints("strides", 2, 1)),
            ["MaxPool ceil"] = g => g.Add(
                "MaxPool", [Image], Ints("kernel_shape", 3, 3), Ints("strides", 2, 2), Int("ceil_mode", 1)),
            ["MaxPool dilated"] = g => g.Add("MaxPool", [Image], Ints("kernel_shape", 2, 2), Ints("dilations", 2, 3)),
            ["MaxPool auto_pad"] = g => g.Add(
                "MaxPool", [Image], Ints("kernel_shape", 4, 2), Text("auto_pad", "SAME_UPPER"), Ints("strides", 1, 1)),
            ["AveragePool unevenly padded"] = g => g.Add(
                "AveragePool", [Image], Ints("kernel_shape", 3, 4), Ints("pads", 0, 1, 2, 3), Ints("strides", 2, 1)),
            ["AveragePool unevenly padded, counted"] = g => g.Add(
                "AveragePool", [Image], Ints("kernel_shape", 3, 4), Ints("pads", 0, 1, 2, 3),
                Int("count_include_pad", 1)),
            ["AveragePool ceil"] = g => g.Add(
                "AveragePool", [Image], Ints("kernel_shape", 3, 3), Ints("strides", 2, 2), Int("ceil_mode", 1)),
            ["Gemm"] = g => g.Add(
                "Gemm", [g.Add("Flatten", [Image]), g.Random(g.C * g.H * g.W, 5), g.Random(5)], Float("alpha", 0.5f)),
            ["Gemm transposed"] = g => g.Add(
                "Gemm", [Pooled(g), g.Random(5, g.C), g.Random(1, 5)], Int("transB", 1), Float("beta", 2)),
            ["MatMul of channels last"] = g => g.Add("MatMul", [Last(g), g.Random(g.C, 7)]),
            ["MatMul from the left"] = g => g.Add("MatMul", [g.Random(5, g.H), Image]),
            ["MatMul of rows"] = g => g.Add("MatMul", [Image, g.Random(g.W, 5)]),

            // Normalisations.
            ["BatchNormalization of channels last turned"] = g => First(g, g.Add(
                "BatchNormalization",
                [g.Add("Transpose", [Image], Ints("perm", 0, 2, 1, 3)), g.RandomPositive(g.H), g.Random(g.H),
                    g.Random(g.H), g.RandomPositive(g.H)])),
            ["InstanceNormalization"] = g =>
                g.Add("InstanceNormalization", [Image, g.RandomPositive(g.C), g.Random(g.C)], Float("epsilon", 1e-3f)),
            ["GroupNormalization v18"] = g => g.Add(
                "GroupNormalization", [Image, g.RandomPositive(2), g.Random(2)], Int("num_groups", 2)),
            ["GroupNormalization v21"] = g => g.Add(
                "GroupNormalization", [Image, g.RandomPositive(g.C), g.Random(g.C)], Int("num_groups", 2)),
            ["Group norm in pieces"] = g =>
            {
                string groups = g.Add("Reshape", [Image, g.Integers(0, 2, -1)]);
                string normal = g.Add("InstanceNormalization", [groups, g.Numbers([2], 1, 1), g.Numbers([2], 0, 0)]);
                string back = g.Add("Reshape", [normal, g.Add("Shape", [Image])]);
                string scaled = g.Add("Mul", [back, g.RandomPositive(g.C, 1, 1)]);
                return g.Add("Add", [scaled, g.Random(g.C, 1, 1)]);
            },
            ["LayerNormalization of channels last"] = g =>
                g.Add("LayerNormalization", [Last(g), g.RandomPositive(g.C), g.Random(g.C)]),
            ["LayerNormalization of all"] = g => g.Add(
                "LayerNormalization", [Image, g.RandomPositive(g.C, g.H, g.W)], Int("axis", 1)),
            ["Layer norm in pieces"] = g =>
            {
                string mean = g.Add("ReduceMean", [Image], Ints("axes", 1));
                string centred = g.Add("Sub", [Image, mean]);
                string square = g.Add("Pow", [centred, g.Numbers([], 2)]);
                string variance = g.Add("ReduceMean", [square], Ints("axes", 1));
                string root = g.Add("Sqrt", [g.Add("Add", [variance, g.Numbers([], 1e-5f)])]);
                return g.Add("Mul", [g.Add("Div", [centred, root]), g.Random(g.C, 1, 1)]);
            },
            ["LpNormalization"] = g => g.Add("LpNormalization", [Image], Int("axis", 1), Int("p", 2)),
            ["LpNormalization of sizes"] = g => g.Add("LpNormalization", [Image], Int("axis", -1), Int("p", 1)),
            ["MeanVarianceNormalization"] = g => g.Add("MeanVarianceNormalization", [Image], Ints("axes", 0, 2, 3)),
            ["LRN"] = g => g.Add(
                "LRN", [Image], Int("size", 5), Float("alpha", 0.3f), Float("beta", 0.6f), Float("bias", 1.5f)),

            // Activations.
            ["PRelu of each channel"] = g => g.Add("PRelu", [Image, g.Random(g.C, 1, 1)]),
            ["PRelu"] = g => g.Add("PRelu", [Image, g.Numbers([1], 0.3f)]),
            ["PRelu of each value"] = g => g.Add("PRelu", [Image, g.Random(g.C, g.H, g.W)]),
            ["Elu"] = g => g.Add("Elu", [Image], Float("alpha", 0.7f)),
            ["Selu"] = g => g.Add("Selu", [Image]),
            ["Celu"] = g => g.Add("Celu", [Image], Float("alpha", 0.6f)),
            ["ThresholdedRelu"] = g => g.Add("ThresholdedRelu", [Image], Float("alpha", 0.4f)),
            ["Gelu v20"] = g => g.Add("Gelu", [Image]),
            ["Gelu tanh v20"] = g => g.Add("Gelu", [Image], Text("approximate", "tanh")),
            ["Gelu in pieces"] = g => g.Add("Mul", [
                g.Add("Mul", [Image, g.Numbers([], 0.5f)]),
                g.Add("Add", [g.Add("Erf", [g.Add("Div", [Image, g.Numbers([], 1.41421356f)])]), g.Numbers([], 1)])]),
            ["Mish v18"] = g => g.Add("Mish", [Image]),
            ["Softsign"] = g => g.Add("Softsign", [Image]),
            ["HardSigmoid"] = g => g.Add("HardSigmoid", [Image], Float("alpha", 0.4f), Float("beta", 0.3f)),
            ["HardSwish"] = g => g.Add("HardSwish", [g.Add("Mul", [Image, g.Numbers([], 6)])]),
            ["Sigmoid"] = g => g.Add("Sigmoid", [Image]),
            ["LeakyRelu"] = g => g.Add("LeakyRelu", [Image], Float("alpha", 0.2f)),
            ["Relu"] = g => g.Add("Relu", [Image]),
            ["Dropout"] = g => g.Add("Dropout", [g.Add("Identity", [Image])]),
            ["Softmax of columns"] = g => g.Add("Softmax", [Image]),
            ["Softmax of channels"] = g => g.Add("Softmax", [Image], Int("axis", 1)),
            ["Softmax of rows"] = g => g.Add("Softmax", [Image], Int("axis", -2)),
            ["Softmax of all v11"] = g => g.Add("Softmax", [Image]),
            ["LogSoftmax"] = g => g.Add("LogSoftmax", [Image], Int("axis", 1)),
            ["ArgMax"] = g => g.Add("ArgMax", [Image], Int("axis", 1)),
            ["ArgMax of channels last"] = g => g.Add("ArgMax", [Last(g)], Int("axis", -1), Int("keepdims", 0)),
            ["ArgMax of rows"] = g => g.Add("ArgMax", [Image], Int("axis", 2), Int("select_last_index", 1)),
            ["ArgMin"] = g => g.Add("ArgMin", [Image], Int("axis", 1), Int("keepdims", 0)),

            // Arithmetic.
            ["Add a row"] = g => g.Add("Add", [Image, g.Random(g.W)]),
            ["Add a map"] = g => g.Add("Add", [g.Random(1, g.C, g.H, g.W), Image]),
            ["Add a column to each channel"] = g => g.Add("Add", [Image, g.Random(g.C, g.H, 1)]),
            ["Add larger numbers to a pixel"] = g =>
                g.Add("Add", [g.Add("GlobalAveragePool", [Image]), g.Random(1, 1, 5, 3)]),
            ["Add maps of other sizes"] = g => g.Add("Add", [
                g.Add("ReduceMean", [Image], Ints("axes", 1)), g.Add("ReduceMean", [Image], Ints("axes", 2, 3))]),
            ["Add turned maps"] = g => g.Add("Add", [
                g.Add("Transpose", [Image], Ints("perm", 0, 1, 3, 2)),
                g.Add("ReduceMax", [g.Add("Transpose", [Image], Ints("perm", 0, 1, 3, 2))], Ints("axes", 2))]),
            ["Sub from one"] = g => g.Add("Sub", [g.Numbers([], 1), Image]),
            ["Sub numbers"] = g => g.Add("Sub", [Image, g.Random(g.C, 1, 1)]),
            ["Sub maps"] = g => g.Add("Sub", [Image, g.Add("ReduceMax", [Image], Ints("axes", 1, 2))]),
            ["Mul rows"] = g => g.Add("Mul", [Image, g.Add("ReduceMean", [Image], Ints("axes", 3))]),
            ["Mul channels"] = g => g.Add("Mul", [g.Add("GlobalMaxPool", [Image]), Image]),
            ["Mul a gate"] = g => g.Add("Mul", [g.Add("ReduceMax", [Image], Ints("axes", 1)), Image]),
            ["Div by maps"] = g => g.Add("Div", [Image, g.Positive()]),
            ["Div a number"] = g => g.Add("Div", [g.Numbers([], 3), g.Positive()]),
            ["Div by numbers"] = g => g.Add("Div", [Image, g.RandomPositive(g.C, 1, 1)]),
            ["Mod"] = g => g.Add("Mod", [g.Positive(), g.Add("Sqrt", [g.Positive()])], Int("fmod", 1)),
            ["Pow 3"] = g => g.Add("Pow", [Image, g.Numbers([], 3)]),
            ["Pow half"] = g => g.Add("Pow", [g.Positive(), g.Numbers([1], 0.5f)]),
            ["Pow −1.5"] = g => g.Add("Pow", [g.Positive(), g.Numbers([], -1.5f)]),
            ["Pow of a number"] = g => g.Add("Pow", [g.Numbers([], 1.7f), Image]),
            ["Max of three"] = g => g.Add("Max", [Image, g.Numbers([], -0.5f), g.Random(g.C, 1, 1)]),
            ["Max of maps"] = g => g.Add("Max", [Image, g.Add("GlobalAveragePool", [Image])]),
            ["Min of maps"] = g => g.Add("Min", [Image, g.Add("Neg", [Image]), g.Numbers([], 0.3f)]),
            ["Sum"] = g => g.Add("Sum", [Image, g.Add("Exp", [Image]), g.Random(g.W)]),
            ["Mean"] = g => g.Add("Mean", [Image, g.Add("Cos", [Image])]),
            ["Clip with far bounds"] = g => g.Add("Clip", [Image, g.Numbers([], -100_000), g.Numbers([], 0.5f)]),
            ["Where"] = g => g.Add("Where", [
                g.Add("Greater", [Image, g.Numbers([], 0.1f)]), Image, g.Add("Sin", [Image])]),
            ["Where of numbers"] = g => g.Add("Where", [
                g.Add("Less", [Image, g.Add("GlobalAveragePool", [Image])]), g.Numbers([], 2), g.Random(g.C, 1, 1)]),
            ["GreaterOrEqual"] = g => g.Add("GreaterOrEqual", [Image, g.Add("Abs", [Image])]),
            ["LessOrEqual"] = g => g.Add("LessOrEqual", [Image, g.Add("Abs", [Image])]),
            ["Equal, And, Or, Xor, Not"] = g =>
            {
                string equal = g.Add("Equal", [Image, g.Add("Abs", [Image])]);
                string small = g.Add("Less", [Image, g.Numbers([], 0.5f)]);
                string both = g.Add("And", [equal, small]);
                return g.Add("Or", [both, g.Add("Not", [g.Add("Xor", [equal, small])])]);
            },
            ["Floor, Ceil, Round, Sign"] = g =>
            {
                string scaled = g.Add("Mul", [Image, g.Numbers([], 5)]);
                string sum = g.Add(
                    "Sum", [g.Add("Floor", [scaled]), g.Add("Ceil", [scaled]), g.Add("Round", [scaled])]);
                return g.Add("Add", [sum, g.Add("Sign", [scaled])]);
            },
            ["Log"] = g => g.Add("Log", [g.Positive()]),
            ["Reciprocal"] = g => g.Add("Reciprocal", [g.Positive()]),
            ["Sqrt"] = g => g.Add("Sqrt", [g.Positive()]),
            ["Softplus"] = g => g.Add("Softplus", [Image]),
            ["Tanh"] = g => g.Add("Tanh", [g.Add("Mul", [Image, g.Numbers([], 3)])]),
            ["Cast to whole numbers"] = g => g.Add("Cast", [g.Add("Mul", [Image, g.Numbers([], 5)])], Int("to", 6)),
            ["Cast to truth"] = g => g.Add("Cast", [g.Add("Relu", [Image])], Int("to", 9)),

            // Sums, means and extremes.
            ["GlobalMaxPool"] = g => g.Add("GlobalMaxPool", [Image]),
            ["ReduceMean of all"] = g => g.Add("ReduceMean", [Image]),
            ["ReduceMean without axes"] = g => g.Add("ReduceMean", [Image], Ints("axes", 1, -1), Int("keepdims", 0)),
            ["ReduceMax of rows"] = g => g.Add("ReduceMax", [Image], Ints("axes", 2)),
            ["ReduceMin of channels"] = g => g.Add("ReduceMin", [Image], Ints("axes", 1)),
            ["ReduceSum"] = g => g.Add("ReduceSum", [Image, g.Integers(1, 2)], Int("keepdims", 0)),
            ["ReduceL1"] = g => g.Add("ReduceL1", [Image], Ints("axes", 3)),
            ["ReduceL2"] = g => g.Add("ReduceL2", [Image], Ints("axes", 1)),
            ["ReduceSumSquare"] = g => g.Add("ReduceSumSquare", [Image], Ints("axes", 2, 3)),
            ["ReduceLogSum"] = g => g.Add("ReduceLogSum", [g.Positive()], Ints("axes", 1)),
            ["ReduceLogSumExp"] = g => g.Add("ReduceLogSumExp", [Image], Ints("axes", 1, 2)),

            // Axes and sizes.
            ["Concat of rows"] = g => g.Add("Concat", [Image, g.Add("Sin", [Image])], Int("axis", 2)),
            ["Concat with numbers"] = g => g.Add("Concat", [Image, g.Random(1, 3, g.H, g.W)], Int("axis", 1)),
            ["Concat of channels last"] = g => g.Add("Concat", [Last(g), Last(g)], Int("axis", -1)),
            ["Split of columns"] = g => g.Add("Split", [Image, g.Integers(3, g.W - 3)], 2, Int("axis", 3))[1],
            ["Slice in steps"] = g => g.Add("Slice", [
                Image, g.Integers(1, 0, -1), g.Integers(100, 100, -100), g.Integers(1, 2, 3), g.Integers(2, 3, -1)]),
            ["Gather of channels"] = g => g.Add("Gather", [Image, g.Integers(3, 0, 0)], Int("axis", 1)),
            ["Gather of one column"] = g => g.Add("Gather", [Image, g.Integer(-2)], Int("axis", 3)),
            ["Pad with a number"] = g => g.Add("Pad", [
                Image, g.Integers(0, 1, 2, 0, 0, 0, 1, 3), g.Numbers([], 0.7f)]),
            ["Pad edge"] = g => g.Add("Pad", [Image, g.Integers(0, 0, 2, 1, 0, 1, 0, 3)], Text("mode", "edge")),
            ["Pad reflect"] = g => g.Add("Pad", [Image, g.Integers(0, 0, 2, 1, 0, 0, 0, 3)], Text("mode", "reflect")),
            ["Pad wrap v19"] = g => g.Add("Pad", [Image, g.Integers(0, 0, 2, 1, 0, 0, 0, 3)], Text("mode", "wrap")),
            ["Pad some axes v18"] = g => g.Add("Pad", [Image, g.Integers(1, -1, 2, 1), "", g.Integers(2, 3)]),
            ["Transpose"] = g => g.Add("Transpose", [Image], Ints("perm", 2, 0, 3, 1)),
            ["Transpose all"] = g => g.Add("Transpose", [Image]),
            ["Reshape across axes"] = g => g.Add("Reshape", [Image, g.Integers(g.W, -1, g.C)]),
            ["Reshape of a turned map"] = g => g.Add("Reshape", [Last(g), g.Integers(1, -1, g.C / 2, 2)]),
            ["Reshape of turned axes"] = g => g.Add("Reshape", [
                g.Add("Transpose", [Image], Ints("perm", 3, 1, 0, 2)), g.Integers(g.H, -1)]),
            ["Flatten"] = g => g.Add("Flatten", [Image], Int("axis", 2)),
            ["Squeeze and Unsqueeze"] = g => g.Add(
                "Unsqueeze", [g.Add("Squeeze", [g.Add("ReduceMean", [Image], Ints("axes", 1)), g.Integers(1)]),
                    g.Integers(0, -1)]),
            ["Channel shuffle"] = g => g.Add("Reshape", [
                g.Add("Transpose", [g.Add("Reshape", [Image, g.Integers(1, 2, g.C / 2, g.H, g.W)])],
                    Ints("perm", 0, 2, 1, 3, 4)), g.Integers(1, g.C, g.H, g.W)]),
            ["DepthToSpace"] = g => g.Add("DepthToSpace", [Four(g)], Int("blocksize", 2)),
            ["DepthToSpace CRD"] = g => g.Add("DepthToSpace", [Four(g)], Int("blocksize", 2), Text("mode", "CRD")),
            ["SpaceToDepth"] = g => g.Add("SpaceToDepth", [Image], Int("blocksize", 2)),
            ["Expand"] = g => g.Add("Expand", [g.Add("GlobalAveragePool", [Image]), g.Integers(1, 1, 3, 5)]),
            ["Expand to more axes"] = g => g.Add("Expand", [
                g.Add("ReduceMax", [Image], Ints("axes", 2)), g.Integers(1, 1, g.C, 4, g.W)]),
            ["Tile"] = g => g.Add("Tile", [Image, g.Integers(1, 2, 1, 3)]),
            ["Identity of numbers alone"] = g => g.Add("Add", [
                g.Add("Mul", [Image, g.Numbers([], 0)]),
                g.Add(
                    "Transpose", [g.Add("Expand", [g.Random(g.H, 1), g.Integers(1, g.H, g.W)])],
                    Ints("perm", 0, 1, 2))]),

            // Quantised numbers.
            ["QuantizeLinear"] = g => g.Add("DequantizeLinear", [
                g.Add("QuantizeLinear", [Image, g.Numbers([], 0.0117f), g.Byte(UInt8, 77)]),
                g.Numbers([], 0.0117f), g.Byte(UInt8, 77)]),
            ["QuantizeLinear by channels"] = g =>
            {
                string scales = g.RandomPositive(g.C);
                string zeros = g.Byte(Int8, 3, [g.C]);
                string quantized = g.Add("QuantizeLinear", [
                    g.Add("Mul", [Image, g.Numbers([], 30)]), scales, zeros], Int("axis", 1));
                return g.Add("DequantizeLinear", [quantized, scales, zeros], Int("axis", 1));
            },
            ["DequantizeLinear of weights"] = g => g.Add("Conv", [
                Image, g.Add("DequantizeLinear", [
                    g.RandomBytes(Int8, [3, g.C, 3, 3]), g.RandomPositive(3), g.Byte(Int8, 0, [3])], Int("axis", 0))]),
            ["QLinearConv"] = g =>
            {
                string scale = g.Numbers([], 0.02f);
                string zero = g.Byte(UInt8, 100);
                string x = g.Add("QuantizeLinear", [Image, scale, zero]);
                (string wide, string middle) = (g.Numbers([], 0.9f), g.Byte(UInt8, 128));
                string y = g.Add("QLinearConv", [
                    x, scale, zero, g.RandomBytes(Int8, [3, g.C, 3, 3]), g.RandomPositive(3), g.Byte(Int8, 0, [3]),
                    wide, middle], Ints("pads", 1, 1, 1, 1));
                return g.Add("DequantizeLinear", [y, wide, middle]);
            },
            ["Dynamic ConvInteger"] = g =>
            {
                string[] x = g.Add("DynamicQuantizeLinear", [Image], 3);
                string sums = g.Add(
                    "ConvInteger", [x[0], g.RandomBytes(UInt8, [3, g.C, 3, 3]), x[2], g.Byte(UInt8, 30)]);
                return g.Add("Mul", [g.Add("Cast", [sums], Int("to", 1)), g.Add("Mul", [x[1], g.Numbers([], 0.01f)])]);
            },
            ["Dynamic MatMulInteger"] = g =>
            {
                string[] x = g.Add("DynamicQuantizeLinear", [Image], 3);
                string sums = g.Add("MatMulInteger", [x[0], g.RandomBytes(UInt8, [g.W, 5]), x[2], g.Byte(UInt8, 30)]);
                return g.Add("Mul", [g.Add("Cast", [sums], Int("to", 1)), x[1]]);
            },
        };
        AddResizes(cases);
        return cases;

        static string Last(OnnxSketch g) => g.Add("Transpose", [Image], Ints("perm", 0, 2, 3, 1));
        static string First(OnnxSketch g, string x) => g.Add("Transpose", [x], Ints("perm", 0, 2, 1, 3));
        static string Pooled(OnnxSketch g) => g.Add("Flatten", [g.Add("GlobalAveragePool", [Image])]);
        static string Four(OnnxSketch g) => g.Add("Conv", [Image, g.Random(12, g.C, 1, 1)]);
    }

    /// <summary>All modes on all grids, by sizes and by scales that are no ratio of the sizes.</summary>
    private static void AddResizes(Dictionary<string, Func<OnnxSketch, string>> cases)
    {
        string[] grids = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"];
        foreach (string grid in grids)
        {
            foreach (string mode in new[] { "nearest", "linear", "cubic" })
            {
                cases[$"Resize {mode} {grid} by sizes"] = g => g.Add(
                    "Resize", [Image, "", "", g.Integers(1, g.C, g.H + 5, g.W - 3)], Mode(mode), Grid(grid));
                cases[$"Resize {mode} {grid} by scales"] = g => g.Add(
                    "Resize", [Image, "", g.Numbers([4], 1, 1, 1.7f, 0.6f)], Mode(mode), Grid(grid));
            }
        }

        cases["Resize nearest tf_half_pixel_for_nn v11"] = g => g.Add(
            "Resize", [Image, g.Numbers([0]), g.Numbers([4], 1, 1, 2, 0.5f)], Mode("nearest"),
            Grid("tf_half_pixel_for_nn"));
        cases["Resize linear half_pixel_symmetric v19"] = g => g.Add(
            "Resize", [Image, "", g.Numbers([4], 1, 1, 1.3f, 0.7f)], Mode("linear"), Grid("half_pixel_symmetric"));
        cases["Resize linear tf_crop_and_resize"] = g => g.Add(
            "Resize", [Image, g.Numbers([8], 0, 0, 0.2f, 0.1f, 1, 1, 0.8f, 0.9f), "", g.Integers(1, g.C, 7, 9)],
            Mode("linear"), Grid("tf_crop_and_resize"));
        cases["Resize cubic without outside"] = g => g.Add(
            "Resize", [Image, "", "", g.Integers(1, g.C, 2 * g.H, 3 * g.W)], Mode("cubic"), Grid("half_pixel"),
            Float("cubic_coeff_a", -0.5f), Int("exclude_outside", 1));
        cases["Resize of named axes v18"] = g => g.Add(
            "Resize", [Image, "", "", g.Integers(9, 11)], Mode("linear"), Ints("axes", 3, 2));
        cases["Resize not larger v18"] = g => g.Add(
            "Resize", [Image, "", "", g.Integers(30, 33)], Mode("nearest"), Ints("axes", 2, 3),
            Text("keep_aspect_ratio_policy", "not_larger"));
        cases["Resize of channels last"] = g => g.Add(
            "Resize", [g.Add("Transpose", [Image], Ints("perm", 0, 2, 3, 1)), "", g.Numbers([4], 1, 2, 2, 1)],
            Mode("linear"), Grid("asymmetric"));
        cases["Resize of columns alone"] = g => g.Add(
            "Resize", [Image, "", g.Numbers([4], 1, 1, 1, 2)], Mode("linear"), Grid("half_pixel"));

        static OnnxAttribute Mode(string name) => Text("mode", name);
        static OnnxAttribute Grid(string name) => Text("coordinate_transformation_mode", name);
    }
}
