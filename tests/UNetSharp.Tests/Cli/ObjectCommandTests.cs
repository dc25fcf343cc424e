using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tests.Imaging;

namespace UNetSharp.Tests.Cli;

/// <summary>What prediction writes of objects, and the command that takes backgrounds away.</summary>
public sealed class ObjectCommandTests
{
    [Fact]
    public void Objects_are_written_beside_the_masks()
    {
        using TemporaryFolder folder = new();
        string weights = Network(folder);
        ImageFile.WriteGrey(folder.File("in/a.png"), new byte[20 * 16], 20, 16);
        ImageFile.WriteGrey(folder.File("in/b.png"), new byte[9 * 12], 9, 12);
        string[] predict =
        [
            "predict", "--weights", weights, "--input", folder.File("in"), "--threshold", "0",
        ];

        // With the threshold 0 all is foreground: one object of the picture's size.
        (int code, _, string errors) = UnetProgram.Run(
            [.. predict, "--out", folder.File("out"), "--objects", "csv", "--polygons", "geojson", "--contours"]);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(9, Directory.GetFiles(folder.File("out")).Length); // predict.json too
        string[] lines = File.ReadAllLines(folder.File("out/a.objects.csv"));
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("1,1,foreground,320,0,0,20,16,10,8,", lines[1], StringComparison.Ordinal);
        Assert.Equal((20, 16), SizeOf(folder.File("out/a.contours.png")));
        Assert.Contains("\"Polygon\"", File.ReadAllText(folder.File("out/b.geojson")), StringComparison.Ordinal);

        string coco = folder.File("coco");
        Assert.Equal(0, UnetProgram.Run(
            [.. predict, "--out", coco, "--objects", "json", "--polygons", "coco", "--min-area", "200"]).Code);
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("coco/annotations.coco.json")));
        Assert.Equal(2, json.RootElement.GetProperty("images").GetArrayLength());
        JsonElement found = Assert.Single(json.RootElement.GetProperty("annotations").EnumerateArray());
        Assert.Equal(320, found.GetProperty("area").GetInt32());
        using var table = JsonDocument.Parse(File.ReadAllText(folder.File("coco/b.objects.json")));
        Assert.Equal(0, table.RootElement.GetProperty("objects").GetArrayLength());
    }

    [Theory]
    [InlineData("--objects", "xml")]
    [InlineData("--polygons", "svg")]
    [InlineData("--min-area", "0")]
    [InlineData("--min-area", "9")]
    public void Objects_that_make_no_sense_are_refused(params string[] options)
    {
        using TemporaryFolder folder = new();
        string weights = Network(folder);
        string input = folder.File("a.png");
        ImageFile.WriteGrey(input, new byte[64], 8, 8);

        UnetProgram.AssertRefused(
            2,
            options[0],
            ["predict", "--weights", weights, "--input", input, "--out", folder.File("out"), .. options]);
    }

    [Fact]
    public void A_photo_loses_its_background_and_nothing_else()
    {
        using TemporaryFolder folder = new();
        string weights = Network(folder);
        string photo = folder.File("photo.jpg");
        File.Copy(Fixtures.GetPath("rotated.jpg"), photo);

        (int code, string output, string errors) = UnetProgram.Run("cutout", photo, "--weights", weights);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(folder.File("photo.cutout.png"), output.Trim());
        Picture upright = ImageFile.Read(photo);
        using Segmenter segmenter = Segmenter.Load(weights);
        float[] alpha = segmenter.Segment(upright).Probabilities;
        using NetVips.Image cutout = NetVips.Image.Pngload(folder.File("photo.cutout.png"));
        Assert.Equal((upright.Width, upright.Height, 2), (cutout.Width, cutout.Height, cutout.Bands)); // grey and alpha
        byte[][] pixels = [.. cutout.WriteToMemory<byte>().Chunk(2)];
        Assert.Equal(upright.Samples, pixels.Select(pixel => (float)pixel[0]));
        Assert.All(alpha.Zip(pixels), pair => Assert.Equal(255 * pair.First, pair.Second[1], 0.51f));
    }

    [Fact]
    public void Photos_of_a_folder_are_done_once()
    {
        using TemporaryFolder folder = new();
        string weights = Network(folder);
        File.Copy(Fixtures.GetPath("colour8.png"), folder.File("in/a.png"));
        File.Copy(Fixtures.GetPath("grey16.png"), folder.File("in/b.png"));
        File.WriteAllBytes(folder.File("in/c.png"), [1, 2, 3]);

        (int code, string output, string errors) = UnetProgram.Run("cutout", folder.File("in"), "--weights", weights);
        Assert.Equal(1, code);
        Assert.Equal("2 of 3 photos done, 1 failed", output.Trim());
        Assert.Contains("c.png", Assert.Single(errors.Trim().Split('\n')), StringComparison.Ordinal);

        Assert.Equal(1, UnetProgram.Run("cutout", folder.File("in"), "--weights", weights, "--matte").Code);
        Assert.Equal(
            ["a.cutout.png", "a.matte.png", "a.png", "b.cutout.png", "b.matte.png", "b.png", "c.png"],
            Directory.GetFiles(folder.File("in")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        string yellow = folder.File("yellow");
        UnetProgram.Run("cutout", folder.File("in"), "--weights", weights, "--background", "#FFCC00", "--out", yellow);
        using NetVips.Image image = NetVips.Image.Pngload(Path.Combine(yellow, "a.cutout.png"));
        Assert.Equal(3, image.Bands);
    }

    [Fact]
    public void Cutting_out_says_what_is_missing_or_wrong()
    {
        using TemporaryFolder folder = new();
        string weights = Network(folder);
        string photo = folder.File("a.png");
        File.Copy(Fixtures.GetPath("colour8.png"), photo);
        byte[] bytes = File.ReadAllBytes(photo);

        UnetProgram.AssertRefused(2, "--weights FILE", ["cutout", photo]);
        UnetProgram.AssertRefused(2, "overwrite", ["cutout", photo, "--weights", weights, "--out", photo]);
        UnetProgram.AssertRefused(2, ".png", ["cutout", photo, "--weights", weights, "--out", folder.File("a.jpg")]);
        UnetProgram.AssertRefused(
            2, "--background", ["cutout", photo, "--weights", weights, "--background", "reddish"]);
        UnetProgram.AssertRefused(
            2, "--matte", ["cutout", photo, "--weights", weights, "--background", "white", "--matte"]);
        UnetProgram.AssertRefused(1, "no.jpg", ["cutout", folder.File("no.jpg"), "--weights", weights]);
        Assert.Equal(bytes, File.ReadAllBytes(photo));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    /// <summary>The file of a small network with weights by chance.</summary>
    private static string Network(TemporaryFolder folder)
    {
        ModelSettings settings = UNet.Entry.Default with { Channels = 3, Classes = 1, BaseChannels = 2 };
        string file = folder.File("network.safetensors");
        new TrainedNetwork(
            ModelCatalog.Create(settings, seed: 1), NetworkDescription.CreateDefault(settings)).Save(file);
        return file;
    }

    private static (int Width, int Height) SizeOf(string file)
    {
        Picture picture = ImageFile.Read(file);
        return (picture.Width, picture.Height);
    }
}
