using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Inference.Explanation;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Golden;

/// <summary>Grad-CAM and input gradients against PyTorch's hooks in float64.</summary>
public sealed class ExplanationGoldenTests
{
    // Of the largest value.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Cases => GoldenFile.Cases("explanations");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Channel_weights_and_maps_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        (TrainedNetwork trained, Picture picture) = Case(golden);
        Region region = RegionOf(golden);
        string[] layers = [.. golden.WithPrefix("weights.").Select(tensor => tensor.Name)];
        Assert.NotEmpty(layers);
        foreach (string layer in layers)
        {
            GradCam found = GradCam.Compute(trained, picture, region, golden.Int("k"), layer, threads: 2);

            CloseAssert.AreClose(
                golden.Values("weights." + layer), found.ChannelWeights, Tolerance, $"weights of {layer}");
            CloseAssert.AreClose(golden.Values("map." + layer), found.Map.Values, Tolerance, $"map of {layer}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_by_the_image_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        (TrainedNetwork trained, Picture picture) = Case(golden);

        var found = EffectiveReceptiveField.Compute(
            trained, picture, picture.Width / 2, picture.Height / 2, golden.Int("k"), threads: 2);

        float[] gradients = Array.ConvertAll(found.Map.Values, value => value * found.Map.Peak);
        CloseAssert.AreClose(golden.Values("saliency"), gradients, Tolerance, "gradients");
    }

    private static (TrainedNetwork Trained, Picture Picture) Case(GoldenFile golden)
    {
        ModelSettings settings = JsonSerializer.Deserialize<ModelSettings>(golden.Text("settings"))!;
        Network network = ModelCatalog.Create(settings);
        GoldenValues.Fill(network.Store, golden.Double("shift"));
        Tensor image = GoldenValues.Image(
            "image", Shape.Nchw(1, settings.Channels, golden.Int("height"), golden.Int("width")));
        Picture picture = new(image.Shape.W, image.Shape.H, image.Shape.C, fullScale: 1, image.Data.ToArray());
        NetworkDescription description = NetworkDescription.CreateDefault(settings) with
        {
            Size = null,
            Normalization = Normalization.Unit,
        };
        return (new TrainedNetwork(network, description), picture);
    }

    private static Region RegionOf(GoldenFile golden)
    {
        PictureSize size = new(golden.Int("height"), golden.Int("width"));
        return golden.Text("region") switch
        {
            "whole" => Region.All(size),
            "pixel" => Region.FromPixel(size, size.Width / 2, size.Height / 2),
            _ => Region.FromMask(Box(size)),
        };
    }

    private static Picture Box(PictureSize size)
    {
        float[] samples = new float[size.Height * size.Width];
        for (int row = size.Height / 4; row < size.Height / 2; row++)
        {
            int first = size.Width / 4;
            samples.AsSpan((row * size.Width) + first, size.Width - (2 * first)).Fill(255);
        }

        return new Picture(size.Width, size.Height, channels: 1, fullScale: 255, samples);
    }
}
