using UNetSharp.Inference;
using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>Changed files of other programs' networks are read or refused in one line, within limits.</summary>
[Trait("Cost", "high")]
public sealed class OnnxHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("n.onnx");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Changed_networks_never_do_more_than_be_refused(string name)
    {
        OnnxContractTests.Create(name).Write(Path);
        AssertHarmless(name.Length);
    }

    [Theory]
    [InlineData("Group norm in pieces")]
    [InlineData("Channel shuffle")]
    [InlineData("DepthToSpace")]
    [InlineData("Resize cubic half_pixel by sizes")]
    [InlineData("QLinearConv")]
    [InlineData("Dynamic ConvInteger")]
    [InlineData("ConvTranspose in groups")]
    [InlineData("Where")]
    [InlineData("Add maps of other sizes")]
    public void Changed_operations_never_do_more_than_be_refused(string name)
    {
        OnnxSketch sketch = new(opset: 17, seed: 1);
        sketch.Create(OnnxOperatorTests.Build(name, sketch), rank: 4).Write(Path);
        AssertHarmless(name.Length);
    }

    /// <summary>Names of the networks.</summary>
    public static TheoryData<string> Cases => OnnxContractTests.Cases;

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
}
