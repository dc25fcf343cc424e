using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tests.Golden;

namespace UNetSharp.Tests.Cli;

/// <summary>Explanations from the command line.</summary>
public sealed class ExplainCommandTests : IDisposable
{
    private const int Height = 40;
    private const int Width = 50;

    private readonly TemporaryFolder _folder = new();

    public ExplainCommandTests()
    {
        ModelSettings settings = UNet.Entry.Default with { Classes = 1, BaseChannels = 4 };
        Network network = ModelCatalog.Create(settings);
        GoldenValues.Fill(network.Store, shift: 1);
        Parameter last = network.Parameters().Single(parameter => parameter.Name == "outc.conv.weight");
        network.Store.SetValues(last, [.. Enumerable.Repeat(1f, last.Count)]);
        new TrainedNetwork(network, NetworkDescription.CreateDefault(settings)).Save(In("net.safetensors"));
        byte[] pixels = new byte[Height * Width * 3];
        new Random(1).NextBytes(pixels);
        ImageFile.WriteColor(In("picture.png"), pixels, Width, Height);
    }

    /// <summary>
    /// All of the last part's maps are positive and speak for the class, so there is something to see.
    /// </summary>
    [Theory]
    [InlineData]
    [InlineData("--layer", "up4.conv", "--at", "20,10")]
    [InlineData("--view", "receptive-field", "--at", "20,10")]
    public void A_drawing_and_a_map_are_written(params string[] options)
    {
        (int code, string output, string errors) = UnetProgram.Run(
            [.. Explain, "--out", In("heat.png"), "--map", In("map.png"), .. options]);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("heat.png", output, StringComparison.Ordinal);
        Assert.Equal(3, ImageFile.Read(In("heat.png")).Channels);
        Picture map = ImageFile.Read(In("map.png"));
        Assert.Equal((Width, Height, 65535f), (map.Width, map.Height, map.FullScale));
        Assert.Equal(65535, map.Samples.Max());
    }

    [Fact]
    public void What_hiding_costs_a_marked_region_is_drawn()
    {
        byte[] mask = new byte[Height * Width];
        mask.AsSpan(100, 20).Fill(255);
        ImageFile.WriteGrey(In("mask.png"), mask, Width, Height);

        (int code, string output, string errors) = UnetProgram.Run(
        [
            .. Explain, "--out", In("heat.png"), "--view", "occlusion", "--patch", "20", "--region", In("mask.png"),
        ]);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("in the marked region loses when a grey patch of 20x20", output, StringComparison.Ordinal);
        Assert.True(ImageFile.Read(In("heat.png")).Width > Width);
    }

    [Theory]
    [InlineData("--layer up9: there is no such layer; nearest are up1", "--layer", "up9")]
    [InlineData("--class 2", "--class", "2")]
    [InlineData("--at 50,0", "--at", "50,0")]
    [InlineData("--at 5", "--at", "5")]
    [InlineData("--at", "--view", "receptive-field")]
    [InlineData("--at", "--region", "component")]
    [InlineData("--stride 9", "--view", "occlusion", "--patch", "8", "--stride", "9")]
    [InlineData("--patch", "--patch", "8")]
    [InlineData("--view heat", "--view", "heat")]
    [InlineData("the same file", "--map", "PICTURE")]
    public void Options_that_make_no_sense_are_refused(string part, params string[] options)
    {
        options = [.. options.Select(option => option == "PICTURE" ? In("picture.png") : option)];

        UnetProgram.AssertRefused(2, part, [.. Explain, "--out", In("heat.png"), .. options]);
        Assert.False(File.Exists(In("heat.png")));
    }

    [Fact]
    public void A_mask_of_another_size_is_refused_by_its_name()
    {
        ImageFile.WriteGrey(In("mask.png"), new byte[30], 5, 6);

        UnetProgram.AssertRefused(
            1, "mask.png: the mask has 5x6 pixels", [.. Explain, "--out", In("heat.png"), "--region", In("mask.png")]);
    }

    public void Dispose() => _folder.Dispose();

    private string[] Explain => ["explain", "--weights", In("net.safetensors"), "--input", In("picture.png")];

    private string In(string name) => _folder.File(name);
}
