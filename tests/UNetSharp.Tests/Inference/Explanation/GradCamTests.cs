using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Inference.Explanation;
using UNetSharp.Models;
using UNetSharp.Tests.Golden;

namespace UNetSharp.Tests.Inference.Explanation;

/// <summary>What the comparison with PyTorch does not say.</summary>
public sealed class GradCamTests
{
    private static readonly PictureSize Size = new(40, 50);
    private static readonly Region Whole = Region.All(Size);

    [Fact]
    public void What_speaks_for_the_only_class_speaks_against_the_background()
    {
        float[] foreground = Compute(Whole, k: 1).ChannelWeights;

        Assert.Equal(Array.ConvertAll(foreground, weight => -weight), Compute(Whole, k: 0).ChannelWeights);
        Assert.Contains(foreground, weight => weight != 0);
    }

    [Fact]
    public void Maps_have_the_picture_s_size_where_the_network_sees_another()
    {
        GradCam found = Compute(Whole, k: 1, new PictureSize(32, 48));

        Assert.Equal(new PictureSize(32, 48), found.LayerSize);
        Assert.Equal(Size, found.Map.Size);
        Assert.Equal(Size.Height * Size.Width, found.Map.Values.Length);
        Assert.Equal(1, found.Map.Values.Max());
    }

    [Fact]
    public void Threads_change_nothing()
    {
        Assert.Equal(Compute(Whole, k: 1, threads: 1).Map.Values, Compute(Whole, k: 1, threads: 3).Map.Values);
    }

    [Fact]
    public void Classes_and_regions_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Compute(Whole, k: 2));
        Assert.Throws<ArgumentException>(() => Compute(Region.All(new PictureSize(50, 40)), k: 1));
    }

    private static GradCam Compute(Region region, int k, PictureSize? inputSize = null, int threads = 2)
    {
        ModelSettings settings = UNet.Entry.Default with { Classes = 1, BaseChannels = 2 };
        Network network = ModelCatalog.Create(settings);
        GoldenValues.Fill(network.Store, shift: 1);
        Parameter last = network.Parameters().Single(parameter => parameter.Name == "outc.conv.weight");
        network.Store.SetValues(last, [.. Enumerable.Repeat(1f, last.Count)]);
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, Size.Height * Size.Width * 3).Select(_ => random.NextSingle())];
        return GradCam.Compute(
            new TrainedNetwork(network, NetworkDescription.CreateDefault(settings) with { Size = inputSize }),
            new Picture(Size.Width, Size.Height, channels: 3, fullScale: 1, samples),
            region,
            k,
            layer: null,
            threads);
    }
}
