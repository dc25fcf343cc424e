using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Benchmarks;

/// <summary>What is measured: a network on square images of 3 channels.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Settings">The network.</param>
/// <param name="Images">Images at a time.</param>
/// <param name="Side">Height and width of an image.</param>
/// <param name="IsTraining">
/// Whether a whole step of training is measured (forward, cross entropy, backward, RMSprop) or the forward run alone.
/// </param>
internal sealed record Workload(string Name, ModelSettings Settings, int Images, int Side, bool IsTraining)
{
    private const int Classes = 2;

    public const string Image = "image";
    public const string Target = "target";
    public const int Channels = 3;

    // Forward, the gradient by the input and the gradient by the weights are each as much work as a forward run.
    private const int RunsPerTrainingStep = 3;

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("unet64-infer-256", CreateUNet(64), 1, 256, IsTraining: false),
        new("unet64-infer-512", CreateUNet(64), 1, 512, IsTraining: false),
        new("unet16-infer-512", CreateUNet(16), 1, 512, IsTraining: false),
        new("u2net-infer-320", new ModelSettings("u2net", Channels, Classes: 1), 1, 320, IsTraining: false),
        new("unet64-train-256", CreateUNet(64), 1, 256, IsTraining: true),
        new("unet64-train-512", CreateUNet(64), 1, 512, IsTraining: true),
        new("unet-leaky-train-512", UNetLeaky.Entry.Default, 2, 512, IsTraining: true),
    ];

    /// <summary>
    /// Parameters whose gradients are compared: of the first layer, the widest, and some between. They have come back
    /// through rectifiers.
    /// </summary>
    public static IReadOnlyList<string> ReluGradients { get; } =
    [
        "inc.double_conv.0.weight", "inc.double_conv.1.weight", "down1.maxpool_conv.1.double_conv.3.weight",
        "down4.maxpool_conv.1.double_conv.0.weight", "down4.maxpool_conv.1.double_conv.4.bias",
        "up1.conv.double_conv.1.weight", "up4.conv.double_conv.0.weight",
    ];

    /// <summary>Parameters of the last layer, whose gradients are compared too.</summary>
    public static IReadOnlyList<string> LastGradients { get; } = ["outc.conv.weight", "outc.conv.bias"];

    public Shape ImageShape => Shape.Nchw(Images, Channels, Side, Side);

    public Shape TargetShape => Shape.Nchw(Images, 1, Side, Side);

    public Network CreateNetwork() => ModelCatalog.Create(Settings, seed: 1);

    /// <summary>Multiplications and additions that direct convolution needs.</summary>
    public double Flops =>
        2.0 * new ComputationGraph(
            CreateNetwork().Forward(Value.Input(ImageShape))).Macs * (IsTraining ? RunsPerTrainingStep : 1);

    /// <summary>Writes weights, image and target for both sides, in PyTorch's layout.</summary>
    public void Write(string path)
    {
        var random = new Random(2);
        Network network = CreateNetwork();
        Randomize(network, random);
        float[] image = Values(Images * Channels * Side * Side, () => MathF.Sqrt(3) * Uniform(random, 0, 1));
        float[] target = Values(Images * Side * Side, () => random.Next(Classes));
        SafetensorsWriter.Write(
            path,
            [
                .. StateDict.FromModule(network),
                new StoredTensor(Image, [Images, Channels, Side, Side], image),
                new StoredTensor(Target, [Images, 1, Side, Side], target),
            ],
            new Dictionary<string, string>());
    }

    /// <summary>
    /// Makes the comparison of results mean something. PyTorch's starting weights have the variance 1 / 3 fanIn, with
    /// which an image fades on its way through the network; with 2 / fanIn values keep their size. Batch norms get
    /// numbers of their own in place of zeros and ones.
    /// </summary>
    private static void Randomize(Network network, Random random)
    {
        foreach (Parameter parameter in network.Parameters().Where(p => p.Kind != ParameterKind.Counter))
        {
            bool isConvolution = parameter.Dims.Count == 4;
            bool isCentredOnOne = parameter.Name.EndsWith("weight", StringComparison.Ordinal)
                || parameter.Name.EndsWith("running_var", StringComparison.Ordinal);
            float[] start = network.Store.GetValues(parameter).ToArray();
            network.Store.SetValues(parameter, Array.ConvertAll(
                start,
                value => isConvolution ? value * MathF.Sqrt(6) : Uniform(random, isCentredOnOne ? 1 : 0, 0.2f)));
        }
    }

    private static ModelSettings CreateUNet(int width) => new("unet", Channels, Classes) { BaseChannels = width };

    private static float Uniform(Random random, float centre, float reach) =>
        centre + (reach * ((2 * random.NextSingle()) - 1));

    private static float[] Values(int count, Func<float> next) => [.. Enumerable.Range(0, count).Select(_ => next())];
}
