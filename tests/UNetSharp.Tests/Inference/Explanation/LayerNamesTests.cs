using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Inference.Explanation;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Inference.Explanation;

public sealed class LayerNamesTests
{
    [Theory]
    [InlineData("unet", "up4")]
    [InlineData("unet-classic", "conv_9")]
    [InlineData("unet-leaky", "up4")]
    [InlineData("unet-features", "ups")]
    [InlineData("u2net", "stage1d")]
    [InlineData("u2netp", "stage1d")]
    [InlineData("unet++", "conv0_4")]
    [InlineData("attention-unet", "Up_conv2")]
    [InlineData("resunet", "up_residual_conv3")]
    [InlineData("fcn8s", "block5")]
    public void The_last_part_before_the_classes_is_found_in_every_network(string model, string expected) =>
        Assert.Equal(expected, Create(model).GetDefault());

    [Fact]
    public void Every_layer_of_a_summary_is_found_by_its_name_and_by_its_label()
    {
        foreach (string model in ModelCatalog.Names)
        {
            LayerNames names = Create(model);
            Network network = ModelCatalog.Create(ModelCatalog.Entry(model).Default);
            var image = Value.Input(Shape.Nchw(1, network.Channels, 64, 64));
            foreach (LayerSummary layer in LayerSummary.FromGraph(new ComputationGraph(network.Segment(image))))
            {
                Assert.Equal(layer.Output, names.Find(layer.Name).Shape);
                Assert.Equal(layer.Output, names.Find(layer.Label).Shape);
            }
        }
    }

    [Theory]
    [InlineData("unet", "up3", typeof(Relu))]
    [InlineData("unet", "up3.conv", typeof(Relu))]
    [InlineData("unet", "up3.conv.double_conv.4", typeof(BatchNorm))]
    [InlineData("u2netp", "stage3d", typeof(Add))]
    [InlineData("u2netp", "stage3d.rebnconvin", typeof(Relu))]
    [InlineData("resunet", "bridge", typeof(Add))]
    [InlineData("attention-unet", "Att4.psi", typeof(Sigmoid))]
    [InlineData("unet-classic", "conv_5", typeof(Relu))]
    public void A_part_ends_with_the_rectifier_and_the_sum_that_belong_to_it(string model, string name, Type last) =>
        Assert.IsType(last, Create(model).Find(name).Producer);

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest_in_one_line()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Create("unet").Find("upp3"));

        Assert.Contains("nearest are up3,", e.Message, StringComparison.Ordinal);
        Assert.Contains(
            "inc, down1, down2, down3, down4, up1, up2, up3, up4, outc", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static LayerNames Create(string model)
    {
        Network network = ModelCatalog.Create(ModelCatalog.Entry(model).Default);
        return new LayerNames(network.Segment(Value.Input(Shape.Nchw(1, network.Channels, 64, 64))));
    }
}
