using System.Text.Json;
using UNetSharp.Graph;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Tests.Training;

namespace UNetSharp.Tests.Cli;

/// <summary>Networks, their listings, and weights that come and go.</summary>
public sealed class ModelCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_network_is_listed_with_its_cost()
    {
        (int code, string output, _) = UnetProgram.Run("models", "--json");

        Assert.Equal(0, code);
        using var models = JsonDocument.Parse(output);
        Assert.Equal(
            ModelCatalog.Names, models.RootElement.EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.All(models.RootElement.EnumerateArray(), m => Assert.True(m.GetProperty("macs").GetInt64() > 1e9));
    }

    [Fact]
    public void A_summary_lists_layers_and_memory()
    {
        (int code, string output, _) = UnetProgram.Run(
            "summary", "--model", "unet-classic", "--activation", "none", "--input", "1x572x572", "--json");

        Assert.Equal(0, code);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(31_030_658, summary.RootElement.GetProperty("parameters").GetInt64());
        JsonElement[] layers = [.. summary.RootElement.GetProperty("layers").EnumerateArray()];
        Assert.Equal(27, layers.Length);
        Assert.Equal("result", layers[^1].GetProperty("name").GetString());
        Assert.Equal([-1, 2, 388, 388], layers[^1].GetProperty("output").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal(1216.21, summary.RootElement.GetProperty("memory").GetProperty("totalMb").GetDouble(), 2);

        (code, output, _) = UnetProgram.Run("summary", "--model", "u2netp");
        Assert.Equal(0, code);
        Assert.Contains("Total parameters: 1,131,181", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--model", "vnet")]
    [InlineData("--base", "0")]
    [InlineData("--widths", "8,16")]
    [InlineData("--activation", "none")]
    [InlineData("--input", "3x10")]
    public void Options_that_a_network_does_not_have_are_refused(params string[] options) =>
        UnetProgram.AssertRefused(2, options[0], ["summary", .. options]);

    [Theory]
    [InlineData("unet-leaky")]
    [InlineData("u2netp")]
    public void A_network_is_trained_by_its_name(string model)
    {
        using DiscData data = new(3);
        string[] width = model == "u2netp" ? [] : ["--base", "2"];

        Assert.Equal(0, UnetProgram.Run(
            ["train", "--data", data.Root, "--out", data.In("run"), "--model", model, "--epochs", "1", .. width]).Code);
        Assert.Equal(0, UnetProgram.Run(
            "predict", "--weights", data.In("run"), "--input", data.In("images"), "--out", data.In("out")).Code);

        Assert.Equal(3, Directory.GetFiles(data.In("out"), "*.png").Length);
    }

    [Fact]
    public void Weights_come_from_PyTorch_and_go_back()
    {
        using DiscData data = new(1);
        StoredTensor[] tensors = [.. StateDict.FromModule(new UNetClassic(1, 1, baseChannels: 2, seed: 5))];
        PyTorchWriter.Write(In("w.pth"), tensors);

        (int code, string output, _) = UnetProgram.Run("import", In("w.pth"), "--out", In("w.safetensors"));
        Assert.Equal(0, code);
        Assert.StartsWith("unet-classic:", output, StringComparison.Ordinal);
        Assert.Equal(0, UnetProgram.Run(
            "export", In("w.safetensors"), "--format", "pth", "--out", In("back.pth")).Code);

        foreach (
            (StoredTensor expected, StoredTensor actual) in tensors.Zip(CheckpointFile.Read(In("back.pth")).Tensors))
        {
            Assert.Equal(expected.Name, actual.Name);
            Assert.Equal(expected.Values, actual.Values);
        }

        Assert.Equal(0, UnetProgram.Run(
            "predict", "--weights", In("w.pth"), "--input", data.In("images"), "--out", data.In("out")).Code);
        Assert.Equal(32, ImageFile.Read(data.In("out", "disc-0.png")).Width);
    }

    [Fact]
    public void A_network_goes_out_as_ONNX_and_is_used_as_such()
    {
        using DiscData data = new(1);
        PyTorchWriter.Write(In("w.pth"), StateDict.FromModule(new UNet(1, 1, baseChannels: 2, seed: 5)));
        string[] export = ["export", In("w.pth"), "--format", "onnx", "--out", In("n.onnx")];

        Assert.Equal(0, UnetProgram.Run([.. export, "--dynamic"]).Code);
        foreach (string weights in new[] { "w.pth", "n.onnx" })
        {
            string[] files = ["--weights", In(weights), "--input", data.In("images"), "--out", data.In(weights)];
            Assert.Equal(0, UnetProgram.Run(["predict", "--probabilities", .. files]).Code);
        }

        byte[] expected = File.ReadAllBytes(data.In("w.pth", "disc-0.probability.png"));
        Assert.Equal(expected, File.ReadAllBytes(data.In("n.onnx", "disc-0.probability.png")));
        (int code, string output, _) = UnetProgram.Run(
            "summary", "--weights", In("n.onnx"), "--input", "1x64x64", "--json");
        Assert.Equal(0, code);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(
            new UNet(1, 1, baseChannels: 2).Parameters().Where(p => p.Kind == ParameterKind.Trained).Sum(p => p.Count),
            summary.RootElement.GetProperty("parameters").GetInt32());

        UnetProgram.AssertRefused(2, "--opset", [.. export, "--opset", "9"]);
        UnetProgram.AssertRefused(
            2, "--dynamic", ["export", In("w.pth"), "--format", "pth", "--out", In("x"), "--dynamic"]);
        UnetProgram.AssertRefused(1, "end with .onnx", ["import", In("n.onnx"), "--out", In("x.safetensors")]);
    }

    [Fact]
    public void The_activation_that_weights_do_not_tell_is_kept_with_them()
    {
        PyTorchWriter.Write(In("w.pth"), StateDict.FromModule(new UNetClassic(1, 1, baseChannels: 2)));

        Assert.Equal(0, UnetProgram.Run(
            "import", In("w.pth"), "--out", In("w.safetensors"), "--activation", "none").Code);

        Assert.Equal(Activation.None, TrainedNetwork.Load(In("w.safetensors")).Description.Model.Activation);
    }

    [Fact]
    public void A_wrong_model_gives_a_table()
    {
        PyTorchWriter.Write(In("w.pth"), StateDict.FromModule(new UNetClassic(1, 1, baseChannels: 2)));

        (int code, _, string errors) = UnetProgram.Run(
            "import", In("w.pth"), "--out", In("w.safetensors"), "--model", "u2netp");

        Assert.Equal(1, code);
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"unet: {In("w.pth")}: does not fit", lines[0], StringComparison.Ordinal);
        Assert.Contains("  missing     stage1.rebnconvin.conv_s1.weight", lines);
        Assert.EndsWith(" more", lines[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(In("w.safetensors")));
    }

    [Fact]
    public void Weights_of_no_known_network_are_refused_in_one_line()
    {
        PyTorchWriter.Write(In("w.pth"), [new StoredTensor("encoder.weight", [2], [1, 2])]);

        UnetProgram.AssertRefused(1, "encoder.weight", ["import", In("w.pth"), "--out", In("w.safetensors")]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_no_numbers_are_refused_in_one_line(float bad)
    {
        StoredTensor[] tensors = [.. StateDict.FromModule(new UNetClassic(1, 1, baseChannels: 2))];
        tensors[2].Values[7] = bad;
        PyTorchWriter.Write(In("w.pth"), tensors);

        UnetProgram.AssertRefused(1, tensors[2].Name, ["import", In("w.pth"), "--out", In("w.safetensors")]);
    }

    [Fact]
    public void Weights_of_a_network_of_absurd_size_are_refused_before_memory_is_taken()
    {
        StoredTensor first = new("inc.double_conv.0.weight", [100_000, 1, 1, 1], new float[100_000]);
        StoredTensor last = new("up4.conv.double_conv.0.weight", [1, 1, 1, 1], [1]);
        StoredTensor result = new("outc.conv.weight", [1, 1, 1, 1], [1]);
        PyTorchWriter.Write(In("w.pth"), [first, last, result]);

        UnetProgram.AssertRefused(1, "100000", ["import", In("w.pth"), "--out", In("w.safetensors")]);
    }

    public void Dispose() => _folder.Dispose();

    private string In(string name) => _folder.File(name);
}
