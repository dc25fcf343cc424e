using System.Text;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Models;

namespace UNetSharp.Tests.Interop;

/// <summary>
/// Weights as training frameworks save them: under prefixes, beside others, averaged, in TorchSharp's format.
/// </summary>
public sealed class ForeignCheckpointTests : IDisposable
{
    private static readonly TrainedNetwork Plain = CreateNetwork(seed: 1);
    private static readonly TrainedNetwork Averaged = CreateNetwork(seed: 2);
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("weights.pth");

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("_orig_mod.module.")]
    [InlineData("model.")]
    [InlineData("generator.unet.")]
    public void Any_prefix_is_taken_off(string prefix)
    {
        PyTorchWriter.Write(Path, Prefixed(Plain, prefix));

        TrainedNetwork loaded = TrainedNetwork.Load(Path);

        AssertEqual(Plain, loaded);
        Assert.Empty(loaded.Notes);
    }

    [Fact]
    public void What_lies_beside_the_network_is_left_out_and_said()
    {
        PyTorchWriter.Write(
            Path,
            [
                .. Prefixed(Plain, "net."), new StoredTensor("criterion.weight", [2], [1, 2]),
                new StoredTensor("n_averaged", [], [3]),
            ]);

        TrainedNetwork loaded = TrainedNetwork.Load(Path);

        AssertEqual(Plain, loaded);
        Assert.Equal(["the network is 'net'; left out: criterion.weight, n_averaged"], loaded.Notes);
    }

    [Fact]
    public void A_loss_with_weights_beside_a_network_without_prefix_is_left_out()
    {
        PyTorchWriter.Write(Path, [.. Prefixed(Plain, ""), new StoredTensor("loss_fn.weight", [2], [1, 2])]);

        TrainedNetwork loaded = TrainedNetwork.Load(Path);

        AssertEqual(Plain, loaded);
        Assert.Equal(["left out, as no part of the network: loss_fn.weight"], loaded.Notes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_plain_and_averaged_weights_the_ones_asked_for_are_taken(bool takesAveraged)
    {
        PyTorchWriter.Write(Path, [.. Prefixed(Averaged, "model_ema.module."), .. Prefixed(Plain, "model.")]);

        TrainedNetwork loaded = TrainedNetwork.Load(Path, takesAveraged: takesAveraged);

        AssertEqual(takesAveraged ? Averaged : Plain, loaded);
        Assert.Equal(takesAveraged ? null : "model_ema.module", loaded.AveragedEntry);
        Assert.Contains(takesAveraged ? "the averaged weights are taken" : "the network is 'model'", loaded.Notes[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_of_no_known_network_are_named()
    {
        PyTorchWriter.Write(Path, [new StoredTensor("model.a", [1], [1]), new StoredTensor("model.b", [1], [2])]);

        CheckpointException e = Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(Path));

        Assert.Contains("its 2 arrays (model.a, model.b, …) are of no network", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_of_unknown_classes_beside_the_weights_are_no_obstacle()
    {
        byte[] pickle = new PickleBytes()
            .Code("}")
            .Text("hyper_parameters").Global("pytorch_lightning.utilities.parsing", "AttributeDict").Code(")R")
            .Code("}").Text("lr").Int(1).Code("s").Code("b").Code("s")
            .Text("state_dict").Code("}").Text("a").Tensor(p => p.Storage("0", 2), 0, [2], [1]).Code("s").Code("s")
            .Done;
        File.WriteAllBytes(Path, TorchFiles.Zip(pickle, ("archive/data/0", TorchFiles.Floats(1, 2))));

        Checkpoint read = CheckpointFile.Read(Path);

        Assert.Equal("state_dict", read.Entry);
        Assert.Equal([1f, 2f], Assert.Single(read.Tensors).Values);
    }

    [Fact]
    public void A_file_of_TorchSharp_is_read()
    {
        File.WriteAllBytes(Path, TorchSharpBytes(StateDict.FromModule(Plain.Network)));

        AssertEqual(Plain, TrainedNetwork.Load(Path));
    }

    [Fact]
    public void A_changed_file_of_TorchSharp_never_does_more_than_be_refused()
    {
        byte[] whole = TorchSharpBytes([.. StateDict.FromModule(Plain.Network).Take(3)]);
        foreach (byte[] changed in Mutations.Generate(whole, seed: 4))
        {
            File.WriteAllBytes(Path, changed);
            Mutations.AssertOneLine<CheckpointException>(Mutations.Failure(() => CheckpointFile.Read(Path)), Path);
        }
    }

    [Theory]
    [InlineData("\"Classes\":2", "\"Classes\":2147483647")]
    [InlineData("\"Classes\":2", "\"Classes\":-1")]
    [InlineData("\"Classes\":2", "\"Classes\":0")]
    [InlineData("\"Classes\":2", "\"Classes\":7")]
    public void Classes_of_masks_that_do_not_fit_the_network_are_refused_at_once(string part, string changed)
    {
        string masks = CreateNetwork(seed: 1).Description.ToJson();
        int at = masks.LastIndexOf(part, StringComparison.Ordinal);
        Assert.True(at > 0, masks);
        string json = masks[..at] + changed + masks[(at + part.Length)..];
        SafetensorsWriter.Write(
            Path, StateDict.FromModule(Plain.Network), new Dictionary<string, string> { ["unetsharp"] = json });

        CheckpointException e = Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(Path));

        Assert.Equal($"{Path}: its description of the network is damaged.", e.Message);
    }

    [Fact]
    public void A_header_of_very_many_arrays_is_refused_before_they_are_made()
    {
        StringBuilder json = new("{");
        for (int i = 0; i < 200_000; i++)
        {
            json.Append(i == 0 ? "" : ",").Append("\"a").Append(i).Append(
                "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }

        byte[] header = Encoding.UTF8.GetBytes(json.Append('}').ToString());
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes((long)header.Length), .. header]);

        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointException e = Assert.Throws<CheckpointException>(() => CheckpointFile.Read(Path));

        Assert.StartsWith(Path, e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
    }

    public void Dispose() => _folder.Dispose();

    private static TrainedNetwork CreateNetwork(int seed)
    {
        ModelSettings settings = new("unet", 1, 2) { BaseChannels = 4 };
        return new TrainedNetwork(ModelCatalog.Create(settings, seed), NetworkDescription.CreateDefault(settings));
    }

    private static StoredTensor[] Prefixed(TrainedNetwork network, string prefix) =>
        [.. StateDict.FromModule(network.Network).Select(tensor => tensor with { Name = prefix + tensor.Name })];

    private static void AssertEqual(TrainedNetwork expected, TrainedNetwork actual) => Assert.All(
        StateDict.FromModule(expected.Network).Zip(StateDict.FromModule(actual.Network)),
        pair => Assert.Equal(pair.First.Values, pair.Second.Values));

    private static byte[] TorchSharpBytes(IReadOnlyList<StoredTensor> tensors)
    {
        const int Int64 = 4;
        const int Float32 = 6;
        using MemoryStream bytes = new();
        WriteNumber(tensors.Count);
        foreach (StoredTensor tensor in tensors)
        {
            byte[] name = Encoding.UTF8.GetBytes(tensor.Name);
            WriteNumber(name.Length);
            bytes.Write(name);
            WriteNumber(tensor.IsInteger ? Int64 : Float32);
            WriteNumber(tensor.Dims.Count);
            foreach (int size in tensor.Dims)
            {
                WriteNumber(size);
            }

            foreach (float value in tensor.Values)
            {
                bytes.Write(tensor.IsInteger ? BitConverter.GetBytes((long)value) : BitConverter.GetBytes(value));
            }
        }

        return bytes.ToArray();

        void WriteNumber(int number)
        {
            for (; number >= 0x80; number >>= 7)
            {
                bytes.WriteByte((byte)(number | 0x80));
            }

            bytes.WriteByte((byte)number);
        }
    }
}
