using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Models;

namespace UNetSharp.Tests.Interop;

/// <summary>A network takes exactly the arrays that are its own, or none.</summary>
public sealed class StateDictTests
{
    private readonly UNet _network = new(channels: 3, classes: 1, baseChannels: 2);

    [Fact]
    public void Every_array_comes_back()
    {
        IReadOnlyList<StoredTensor> changed =
        [
            .. StateDict.FromModule(_network).Select((tensor, i) =>
                tensor with { Values = [.. tensor.Values.Select((_, j) => (1000f * i) + j)] }),
        ];

        StateDict.Load(_network, changed.Reverse().ToArray(), "weights.safetensors");

        IReadOnlyList<StoredTensor> loaded = StateDict.FromModule(_network);
        Assert.Equal(changed.Select(tensor => tensor.Name), loaded.Select(tensor => tensor.Name));
        Assert.All(changed.Zip(loaded), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void The_counters_of_batch_norm_are_whole_numbers_and_may_be_missing()
    {
        IReadOnlyList<StoredTensor> all = StateDict.FromModule(_network);
        Assert.All(all, tensor => Assert.Equal(
            tensor.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal), tensor.IsInteger));

        StateDict.Load(_network, [.. all.Where(tensor => !tensor.IsInteger)], "weights.safetensors");
    }

    [Fact]
    public void Up_to_two_names_of_each_kind_are_listed_with_their_number()
    {
        IEnumerable<StoredTensor> few = StateDict.FromModule(_network).Skip(7).Where(tensor => !tensor.IsInteger);
        IEnumerable<StoredTensor> strangers =
            Enumerable.Range(1, 6).Select(i => new StoredTensor($"head.{i}", [1], [0]));

        string message = Refusal([.. few, .. strangers]);

        Assert.Contains(
            "; 6 unexpected: head.1, head.2, …; ", message, StringComparison.Ordinal);
        Assert.Contains(" 6 missing: inc.double_conv.0.weight, ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("inc.double_conv.3.weight", message, StringComparison.Ordinal);
        Assert.EndsWith("none of another shape", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_shapes_are_said()
    {
        StoredTensor[] tensors = [.. StateDict.FromModule(_network)];
        tensors[0] = new StoredTensor(tensors[0].Name, [2, 1, 3, 3], new float[18]);
        tensors[1] = new StoredTensor(tensors[1].Name, [], new float[1]);

        string message = Refusal(tensors);

        Assert.Contains(
            "2 of another shape: inc.double_conv.0.weight (2x1x3x3 in the file, 2x3x3x3 in the network), "
                + "inc.double_conv.1.weight (a single number in the file, 2 in the network)",
            message,
            StringComparison.Ordinal);
        Assert.Contains("none missing; none unexpected; ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_changes_unless_everything_fits()
    {
        float[][] before =
            [.. _network.Parameters().Select(parameter => _network.Store.GetValues(parameter).ToArray())];
        StoredTensor[] tensors =
        [
            .. StateDict.FromModule(_network).Select(
                tensor => tensor with { Values = new float[tensor.Values.Length] }),
            new("stranger", [1], [0]),
        ];

        Refusal(tensors);

        foreach ((float[] values, Parameter parameter) in before.Zip(_network.Parameters()))
        {
            Assert.Equal(values, _network.Store.GetValues(parameter));
        }
    }

    [Fact]
    public void A_name_cannot_break_the_line_of_the_message()
    {
        string message = Refusal([.. StateDict.FromModule(_network), new("a\n\u001b[31m", [1], [0])]);

        Assert.Contains("1 unexpected: a??[31m; ", message, StringComparison.Ordinal);
    }

    private string Refusal(IReadOnlyList<StoredTensor> tensors)
    {
        CheckpointException e = Assert.Throws<CheckpointException>(
            () => StateDict.Load(_network, tensors, "weights.safetensors"));
        Assert.StartsWith("weights.safetensors: does not fit the network: ", e.Message, StringComparison.Ordinal);
        return e.Message;
    }
}
