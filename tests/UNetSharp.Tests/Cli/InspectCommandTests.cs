using System.Text.Json;
using UNetSharp.Interop.Onnx;
using UNetSharp.Tests.Interop.Onnx;

namespace UNetSharp.Tests.Cli;

/// <summary>What files of weights hold, for people and for programs.</summary>
[Trait("Cost", "high")]
public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Onnx_files_say_their_operations_and_what_they_read_and_give()
    {
        OnnxContractTests.Create("a sigmoid at a quarter").Write(_folder.File("n.onnx"));

        (int code, string output, string errors) = UnetProgram.Run("inspect", _folder.File("n.onnx"));
        Assert.True(code == 0, errors);
        Assert.Contains("operations Conv (1), Sigmoid (1)", output, StringComparison.Ordinal);
        Assert.Contains(
            "contract   reads 3x16x24, RGB 0..1; gives logits of 1 class at 1/4 of the size", output,
            StringComparison.Ordinal);

        (code, output, errors) = UnetProgram.Run("inspect", _folder.File("n.onnx"), "--json");
        Assert.True(code == 0, errors);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Contains("1/4 of the size", json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Operations_that_are_not_known_are_named()
    {
        OnnxModel model = OnnxContractTests.Create("logits");
        OnnxNode unknown = new("odd", "NonMaxSuppression", ["image"], ["out"], []);
        (model with { Nodes = [unknown] }).Write(_folder.File("n.onnx"));

        (int code, string output, _) = UnetProgram.Run("inspect", _folder.File("n.onnx"));

        Assert.Equal(1, code);
        Assert.Contains("NonMaxSuppression", output, StringComparison.Ordinal);
        Assert.Contains("node odd: operation NonMaxSuppression is not supported", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_say_which_arrays_they_hold()
    {
        OnnxNetworks.Create("unet-features", channels: 1, classes: 1).Save(_folder.File("n.safetensors"));

        (int code, string output, string errors) = UnetProgram.Run("inspect", _folder.File("n.safetensors"));

        Assert.True(code == 0, errors);
        Assert.Contains("unet-features", output, StringComparison.Ordinal);
        Assert.Contains("safetensors", output, StringComparison.Ordinal);
    }
}
