using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>Small networks with weights as after training, and what they compute.</summary>
internal static class OnnxNetworks
{
    /// <summary>Every network of the catalog, and the options that change its operations.</summary>
    public static string[] AllNames => [.. ModelCatalog.Names, "unet transposed", "unet added"];

    /// <summary>A network of the catalog with few channels, but for those whose widths are fixed.</summary>
    public static TrainedNetwork Create(string name, int channels = 3, int classes = 2)
    {
        ModelSettings settings = ModelCatalog.Entry(name.Split(' ')[0]).Default with
        {
            Channels = channels,
            Classes = classes,
            BaseChannels = 4,
            LevelChannels = [4, 8],
            Up = name.EndsWith("transposed", StringComparison.Ordinal) ? UpSampling.Transpose : UpSampling.Bilinear,
            Fusion = name.EndsWith("added", StringComparison.Ordinal) ? SkipFusion.Add : SkipFusion.Concat,
        };
        Network network = ModelCatalog.Create(settings, seed: 1);
        Random random = new(2);
        foreach (Parameter parameter in network.Parameters())
        {
            // Batch norms that do nothing would hide their mistakes.
            float least = parameter.Name.EndsWith("running_var", StringComparison.Ordinal) ? 0.5f : -0.2f;
            bool isOfNorm = parameter.Kind == ParameterKind.Running || parameter.Dims.Count == 1;
            if (isOfNorm)
            {
                float[] values = network.Store.GetValues(parameter).ToArray();
                network.Store.SetValues(parameter, [.. values.Select(v => v + least + (0.4f * random.NextSingle()))]);
            }
        }

        MaskClasses masks = new(classes, Enumerable.Range(0, classes).ToDictionary(k => k));
        return new TrainedNetwork(network, new NetworkDescription(settings, masks, Size: null));
    }

    /// <summary>A random image, (N, C, H, W).</summary>
    public static StoredTensor Image(int n, int channels, int height, int width)
    {
        Random random = new(3);
        float[] values = [.. Enumerable.Range(0, n * channels * height * width).Select(_ => random.NextSingle())];
        return new StoredTensor("image", [n, channels, height, width], values);
    }

    /// <summary>The logits, (N, K, H, W), that a network computes.</summary>
    public static StoredTensor Run(Network network, StoredTensor image)
    {
        using CpuDevice device = new(1);
        Value input = Value.Input(Shape.Nchw(image.Dims[0], image.Dims[1], image.Dims[2], image.Dims[3]));
        Value output = network.Segment(input);
        using Plan plan = device.Compile(
            new ComputationGraph(output), network.Store, PlanSettings.ForInference(isExact: true));
        plan.SetInput(input, Turned(image.Values, image.Dims[0], image.Dims[1], image.Dims[2] * image.Dims[3]));
        plan.Forward();
        Shape shape = output.Shape;
        float[] values = Turned([.. plan.Output(output)], shape.N, shape.H * shape.W, shape.C);
        return new StoredTensor("logits", [shape.N, shape.C, shape.H, shape.W], values);
    }

    /// <summary>Asserts that two maps are of one size and differ by less than a share of the largest value.</summary>
    public static void AssertClose(StoredTensor expected, StoredTensor actual, float share)
    {
        Assert.Equal(expected.Dims, actual.Dims);
        float most = expected.Values.Max(MathF.Abs);
        Assert.True(most > 1e-3, "The logits are all zero.");
        float worst = expected.Values.Zip(actual.Values, (a, b) => MathF.Abs(a - b)).Max();
        Assert.True(worst <= share * most, $"Logits up to {most} differ by {worst}.");
    }

    /// <summary>Rows become columns in every image.</summary>
    private static float[] Turned(float[] values, int images, int rows, int columns)
    {
        float[] turned = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int image, int place) = Math.DivRem(i, rows * columns);
            (int row, int column) = Math.DivRem(place, columns);
            turned[(image * rows * columns) + (column * rows) + row] = values[i];
        }

        Assert.Equal(images * rows * columns, values.Length);
        return turned;
    }
}
