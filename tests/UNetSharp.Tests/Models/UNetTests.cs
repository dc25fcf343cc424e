using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Models;

public sealed class UNetTests
{
    [Theory]
    [InlineData(UpSampling.Transpose, 31_037_698, 118)]
    [InlineData(UpSampling.Bilinear, 17_263_042, 110)]
    public void Parameters_are_as_many_as_in_the_published_checkpoints(UpSampling up, int count, int tensors)
    {
        Parameter[] parameters = [.. new UNet(channels: 3, classes: 2, baseChannels: 64, up).Parameters()];

        Assert.Equal(count, parameters.Where(parameter => parameter.Kind == ParameterKind.Trained).Sum(p => p.Count));
        Assert.Equal(tensors, parameters.Length);
        Assert.Equal("inc.double_conv.0.weight", parameters[0].Name);
        Assert.Contains(parameters, parameter => parameter.Name == "down1.maxpool_conv.1.double_conv.4.running_var");
        Assert.Equal("outc.conv.bias", parameters[^1].Name);
    }

    [Theory]
    [InlineData(1, 1, UpSampling.Bilinear, 13_394_177)]
    [InlineData(3, 2, UpSampling.Bilinear, 13_395_394)]
    [InlineData(1, 1, UpSampling.Transpose, 14_787_777)]
    [InlineData(3, 2, UpSampling.Transpose, 14_788_994)]
    public void With_a_narrow_decoder_it_has_the_other_definition_s_parameters(
        int channels, int classes, UpSampling up, int count)
    {
        Parameter[] parameters = [.. new UNet(channels, classes, up: up, decoder: DecoderWidths.Narrow).Parameters()];

        Assert.Equal(count, parameters.Where(parameter => parameter.Kind == ParameterKind.Trained).Sum(p => p.Count));
        Assert.Equal([512], parameters.Single(p => p.Name == "down4.maxpool_conv.1.double_conv.3.bias").Dims);
        Assert.Equal([256, 1024, 3, 3], parameters.Single(p => p.Name == "up1.conv.double_conv.0.weight").Dims);
        Assert.Equal([64, 64, 3, 3], parameters.Single(p => p.Name == "up3.conv.double_conv.3.weight").Dims);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(17, 31)]
    [InlineData(50, 99)]
    public void Logits_have_the_size_of_the_image(int height, int width)
    {
        foreach (UpSampling up in Enum.GetValues<UpSampling>())
        {
            foreach (DecoderWidths decoder in Enum.GetValues<DecoderWidths>())
            {
                Network network = new UNet(1, 4, baseChannels: 2, up, decoder: decoder);

                Value y = network.Forward(Value.Input(Shape.Nchw(2, 1, height, width)));

                Assert.Equal(Shape.Nchw(2, 4, height, width), y.Shape);
            }
        }
    }

    [Fact]
    public void Starting_weights_are_uniform_within_the_bound_of_PyTorch()
    {
        float[] weights = First(new UNet(3, 1, baseChannels: 32));
        float bound = 1 / MathF.Sqrt(3 * 9);

        Assert.All(weights, value => Assert.InRange(value, -bound, bound));
        Assert.InRange(weights.Select(Math.Abs).Max(), 0.95f * bound, bound);
        Assert.InRange(weights.Average(), -0.1f * bound, 0.1f * bound);
    }

    [Fact]
    public void The_seed_chooses_the_starting_weights()
    {
        float[] Seeded(int seed) => First(new UNet(1, 1, baseChannels: 2, seed: seed));

        Assert.Equal(Seeded(1), Seeded(1));
        Assert.NotEqual(Seeded(1), Seeded(2));
    }

    private static float[] First(UNet network) => network.Store.GetValues(network.Parameters().First()).ToArray();
}
