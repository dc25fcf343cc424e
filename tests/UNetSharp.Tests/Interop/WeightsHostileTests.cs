using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;
using UNetSharp.Tests.Interop.Onnx;

namespace UNetSharp.Tests.Interop;

/// <summary>
/// Files of weights that somebody has changed: loaded or refused in one line, in little time and memory.
/// </summary>
public sealed class WeightsHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("weights");

    [Fact]
    public void A_changed_safetensors_file_never_does_more_than_be_refused()
    {
        Small().Save(Path);
        AssertHarmless(seed: 1);
    }

    [Fact]
    public void A_changed_ONNX_file_never_does_more_than_be_refused()
    {
        Small().SaveOnnx(Path, new OnnxSettings(new PictureSize(16, 20)) { IsDynamic = true });
        AssertHarmless(seed: 2);
    }

    [Fact]
    public void A_changed_checkpoint_never_does_more_than_be_refused()
    {
        PyTorchWriter.Write(Path, StateDict.FromModule(Small().Network));
        AssertHarmless(seed: 3);
    }

    [Theory]
    [InlineData("zip_trained")]
    [InlineData("zip_whole_model")]
    [InlineData("stream_trained")]
    [InlineData("stream_views")]
    public void Changed_checkpoints_of_PyTorch_never_do_more_than_be_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(TorchFiles.Golden(name));
        foreach (byte[] changed in Mutations.Generate(whole, seed: name.Length))
        {
            File.WriteAllBytes(Path, changed);
            Mutations.AssertOneLine<CheckpointException>(Mutations.Failure(() => PyTorchReader.Read(Path)), Path);
        }
    }

    public void Dispose() => _folder.Dispose();

    private void AssertHarmless(int seed)
    {
        byte[] whole = File.ReadAllBytes(Path);
        Assert.Null(Mutations.Failure(() => TrainedNetwork.Load(Path)));
        foreach (byte[] changed in Mutations.Generate(whole, seed))
        {
            File.WriteAllBytes(Path, changed);
            Mutations.AssertOneLine<CheckpointException>(Mutations.Failure(() => TrainedNetwork.Load(Path)), Path);
        }
    }

    private static TrainedNetwork Small() => OnnxNetworks.Create("unet-features", channels: 1, classes: 1);
}
