using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Tensors;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Benchmarks;

/// <summary>What is measured: a bilinear U-Net on one square image of 3 channels, 2 classes.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Width">Channels at full size.</param>
/// <param name="Side">Height and width of the image.</param>
/// <param name="IsTraining">
/// Whether a whole step of training is measured (forward, cross entropy, backward, RMSprop) or the forward run alone.
/// </param>
internal sealed record Work(string Name, int Width, int Side, bool IsTraining)
{
    public const string Image = "image";
    public const string Target = "target";
    public const int Channels = 3;
    public const int Classes = 2;

    // Forward, the gradient by the input and the gradient by the weights are each as much work as a forward run.
    private const int RunsPerTrainingStep = 3;

    public static IReadOnlyList<Work> All { get; } =
    [
        new("unet64-infer-256", 64, 256, false),
        new("unet64-infer-512", 64, 512, false),
        new("unet16-infer-512", 16, 512, false),
        new("unet64-train-256", 64, 256, true),
        new("unet64-train-512", 64, 512, true),
    ];

    /// <summary>
    /// Parameters whose gradients are compared: of the first layer, the widest, and some between. They have come back
    /// through rectifiers.
    /// </summary>
    public static IReadOnlyList<string> RectifiedGradients { get; } =
    [
        "inc.double_conv.0.weight", "inc.double_conv.1.weight", "down1.maxpool_conv.1.double_conv.3.weight",
        "down4.maxpool_conv.1.double_conv.0.weight", "down4.maxpool_conv.1.double_conv.4.bias",
        "up1.conv.double_conv.1.weight", "up4.conv.double_conv.0.weight",
    ];

    /// <summary>Parameters of the last layer, whose gradients are compared too.</summary>
    public static IReadOnlyList<string> LastGradients { get; } = ["outc.conv.weight", "outc.conv.bias"];

    public Shape ImageShape => new(1, Side, Side, Channels);

    public Shape TargetShape => new(1, Side, Side, 1);

    public UNet Network() => new(Channels, Classes, Width, seed: 1);

    /// <summary>Multiplications and additions that direct convolution needs.</summary>
    public double Flops =>
        2.0 * new GraphOf(Network().Forward(Value.Input(ImageShape))).Macs * (IsTraining ? RunsPerTrainingStep : 1);

    /// <summary>Writes weights, image and target for both sides, in PyTorch's layout.</summary>
    public void Write(string path)
    {
        var random = new Random(2);
        UNet network = Network();
        Randomize(network, random);
        float[] image = Values(Channels * Side * Side, () => MathF.Sqrt(3) * Uniform(random, 0, 1));
        float[] target = Values(Side * Side, () => random.Next(Classes));
        SafetensorsWriter.Write(
            path,
            [
                .. StateDict.Of(network),
                new StoredTensor(Image, [1, Channels, Side, Side], image),
                new StoredTensor(Target, [1, 1, Side, Side], target),
            ],
            new Dictionary<string, string>());
    }

    /// <summary>
    /// Makes the comparison of results mean something. PyTorch's starting weights have the variance 1 / 3 fanIn, with
    /// which an image fades on its way through the network; with 2 / fanIn values keep their size. Batch norms get
    /// numbers of their own in place of zeros and ones.
    /// </summary>
    private static void Randomize(UNet network, Random random)
    {
        foreach (Parameter parameter in network.Parameters().Where(p => p.Kind != ParameterKind.Counter))
        {
            bool isConvolution = parameter.Dims.Count == 4;
            bool isCentredOnOne = parameter.Name.EndsWith("weight", StringComparison.Ordinal)
                || parameter.Name.EndsWith("running_var", StringComparison.Ordinal);
            foreach (ref float value in parameter.Data)
            {
                value = isConvolution ? value * MathF.Sqrt(6) : Uniform(random, isCentredOnOne ? 1 : 0, 0.2f);
            }
        }
    }

    private static float Uniform(Random random, float centre, float reach) =>
        centre + (reach * ((2 * random.NextSingle()) - 1));

    private static float[] Values(int count, Func<float> next) => [.. Enumerable.Range(0, count).Select(_ => next())];
}
