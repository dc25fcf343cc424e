using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Tests.Interop.Onnx;

[Trait("Cost", "high")]
public sealed class OnnxExportTests : IDisposable
{
    private const float Tolerance = 1e-4f;
    private static readonly (int Height, int Width)[] Sizes = [(32, 48), (45, 33), (50, 37), (64, 67)];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. OnnxNetworks.AllNames];

    public static TheoryData<string> OpenNames => [.. OnnxNetworks.AllNames.Where(name => name != "unet-classic")];

    [OnnxRuntimeTheory]
    [MemberData(nameof(Names))]
    public void OnnxRuntime_computes_the_same(string name)
    {
        TrainedNetwork trained = OnnxNetworks.Create(name);
        (int height, int width) = name == "unet-classic" ? (100, 108) : (45, 50);
        StoredTensor image = OnnxNetworks.Image(1, 3, height, width);
        StoredTensor expected = OnnxNetworks.Run(trained.Network, image);
        using OnnxRuntime runtime = new();
        foreach (int opset in new[] { OnnxSettings.OldestOpset, 17, OnnxSettings.NewestOpset })
        {
            OnnxSettings settings = new(new PictureSize(height, width)) { Opset = opset, FoldsBatchNorm = opset == 17 };
            trained.SaveOnnx(File("n.onnx"), settings);
            OnnxNetworks.AssertClose(expected, runtime.Run(File("n.onnx"), image), Tolerance);
        }
    }

    [OnnxRuntimeTheory]
    [MemberData(nameof(OpenNames))]
    public void OnnxRuntime_computes_the_same_for_every_size_of_image_and_batch(string name)
    {
        TrainedNetwork trained = OnnxNetworks.Create(name);
        trained.SaveOnnx(File("n.onnx"), new OnnxSettings(new PictureSize(64, 64)) { IsDynamic = true });
        using OnnxRuntime runtime = new();
        foreach ((int height, int width) in Sizes)
        {
            StoredTensor image = OnnxNetworks.Image(2, 3, height, width);
            StoredTensor expected = OnnxNetworks.Run(trained.Network, image);
            OnnxNetworks.AssertClose(expected, runtime.Run(File("n.onnx"), image), Tolerance);
        }
    }

    [Fact]
    public void A_network_that_needs_more_than_the_image_is_not_written_for_every_size()
    {
        TrainedNetwork trained = OnnxNetworks.Create("unet-classic");

        CheckpointException e = Assert.Throws<CheckpointException>(() =>
            trained.SaveOnnx(File("n.onnx"), new OnnxSettings(new PictureSize(64, 64)) { IsDynamic = true }));

        Assert.Contains("write it for one size", e.Message, StringComparison.Ordinal);
        Assert.Equal(["IsDynamic"], e.Settings);
        Assert.False(System.IO.File.Exists(File("n.onnx")));
    }

    [Fact]
    public void Weights_bear_PyTorch_s_names_and_batch_norms_are_folded_where_that_is_asked_for()
    {
        TrainedNetwork trained = OnnxNetworks.Create("unet");
        OnnxSettings settings = new(new PictureSize(32, 32));

        OnnxModel plain = trained.ToOnnx(settings);
        OnnxModel folded = trained.ToOnnx(settings with { FoldsBatchNorm = true });

        Assert.Equal(18, plain.Nodes.Count(node => node.Operation == "BatchNormalization"));
        Assert.DoesNotContain(folded.Nodes, node => node.Operation == "BatchNormalization");
        string[] names = [.. plain.Weights.Select(weight => weight.Name)];
        Assert.All(
            trained.Network.Parameters().Where(parameter => parameter.Dims.Count > 0),
            parameter => Assert.Contains(parameter.Name, names));
        Assert.Contains(plain.Nodes, node => node.Name == "down1.maxpool_conv.1.double_conv.3");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_comes_back_as_it_went(string name)
    {
        TrainedNetwork trained = OnnxNetworks.Create(name);
        PictureSize size = name == "unet-classic" ? new(100, 108) : new(45, 50);
        StoredTensor image = OnnxNetworks.Image(1, 3, size.Height, size.Width);
        StoredTensor expected = OnnxNetworks.Run(trained.Network, image);
        foreach (bool isDynamic in name == "unet-classic" ? new[] { false } : [false, true])
        {
            OnnxSettings settings = new(size) { IsDynamic = isDynamic, FoldsBatchNorm = !isDynamic };
            trained.SaveOnnx(File("n.onnx"), settings);

            TrainedNetwork back = TrainedNetwork.Load(File("n.onnx"));

            OnnxNetworks.AssertClose(expected, OnnxNetworks.Run(back.Network, image), 1e-5f);
            Assert.Equal(trained.Description.Masks.ClassCount, back.Description.Masks.ClassCount);
            Assert.Equal(isDynamic ? null : size, back.Description.Size);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string File(string name) => _folder.File(name);
}
