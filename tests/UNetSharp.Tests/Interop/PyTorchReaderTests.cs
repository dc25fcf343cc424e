using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop;

/// <summary>What PyTorch saved, by tests/golden/make_checkpoints.py, is read as it was meant.</summary>
public sealed class PyTorchReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Files with the same three arrays, in many wrappings.</summary>
    public static TheoryData<string> SameWeights =>
    [
        "zip_plain", "zip_dict", "zip_module", "zip_compiled", "zip_mask_values", "zip_trained", "zip_parameters",
        "zip_protocol3", "zip_protocol4", "zip_under_state_dict", "zip_under_model", "zip_under_net",
        "zip_under_network", "zip_under_params", "zip_under_weights", "stream_plain", "stream_dict", "stream_module",
        "stream_compiled", "stream_mask_values", "stream_trained", "stream_parameters",
    ];

    [Theory]
    [MemberData(nameof(SameWeights))]
    public void The_weights_are_found_in_every_wrapping(string file)
    {
        IReadOnlyList<StoredTensor> tensors = PyTorchReader.Read(TorchFiles.Golden(file)).Tensors;

        string prefix = file.Split('_')[1] switch { "module" => "module.", "compiled" => "module._orig_mod.", _ => "" };
        Assert.Equal(
            [prefix + "conv.weight", prefix + "conv.bias", prefix + "norm.num_batches_tracked"],
            tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3, 2, 2], tensors[0].Dims);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (i / 4f) - 3), tensors[0].Values);
        Assert.Equal([2], tensors[1].Dims);
        Assert.Equal([0.5f, -1.5f], tensors[1].Values);
        Assert.Empty(tensors[2].Dims);
        Assert.Equal([7f], tensors[2].Values);
        Assert.Equal([false, false, true], tensors.Select(tensor => tensor.IsInteger));
    }

    [Theory]
    [InlineData("zip_number_formats")]
    [InlineData("stream_number_formats")]
    public void Every_number_format_becomes_float32(string file)
    {
        var byName = PyTorchReader.Read(TorchFiles.Golden(file)).Tensors.ToDictionary(tensor => tensor.Name);

        string[] integers = ["int64", "int32", "int16", "int8"];
        foreach (string name in integers.Concat(["float64", "float32", "float16", "bfloat16"]))
        {
            Assert.Equal([-2f, 0, 3], byName[name].Values);
            Assert.Equal(integers.Contains(name), byName[name].IsInteger);
        }

        Assert.Equal([0f, 1, 255], byName["uint8"].Values);
        Assert.Equal([1f, 0, 1], byName["bool"].Values);
        Assert.Equal([float.NaN, float.PositiveInfinity, -0f], byName["special"].Values);
    }

    [Theory]
    [InlineData("zip_views")]
    [InlineData("stream_views")]
    public void Views_are_cut_out_of_their_storage(string file)
    {
        var byName = PyTorchReader.Read(TorchFiles.Golden(file)).Tensors.ToDictionary(tensor => tensor.Name);
        float[] base24 = [.. Enumerable.Range(0, 24).Select(i => (float)i)];

        Assert.Equal(base24, byName["whole"].Values);
        Assert.Equal([6, 4], byName["transposed"].Dims);
        Assert.Equal(
            Enumerable.Range(0, 6).SelectMany(column => Enumerable.Range(0, 4).Select(row => (row * 6f) + column)),
            byName["transposed"].Values);
        Assert.Equal([5f, 7, 9], byName["slice"].Values);
        Assert.Equal([20f, 21, 22, 23], byName["tail"].Values);
        Assert.Equal([2, 3, 2, 2], byName["channels_last"].Dims);
        Assert.Equal(base24, byName["channels_last"].Values);
        Assert.Equal([2, 3], byName["expanded"].Dims);
        Assert.Equal([1f, 1, 1, 2, 2, 2], byName["expanded"].Values);
        Assert.Empty(byName["scalar"].Dims);
        Assert.Equal([9f], byName["scalar"].Values);
        Assert.Equal([3, 0, 2], byName["empty"].Dims);
        Assert.Empty(byName["empty"].Values);
    }

    [Theory]
    [InlineData("zip_layers")]
    [InlineData("stream_layers")]
    public void The_state_dict_of_layers_comes_in_its_order(string file)
    {
        IReadOnlyList<StoredTensor> tensors = PyTorchReader.Read(TorchFiles.Golden(file)).Tensors;

        Assert.Equal(
            [
                "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
                "1.num_batches_tracked",
            ],
            tensors.Select(tensor => tensor.Name));
        Assert.Equal([1f, 1], tensors[5].Values);
    }

    [Theory]
    [InlineData("zip_no_tensors", "holds no arrays but 'epoch', 'history'; save model.state_dict()")]
    [InlineData("zip_tensor", "holds no dict of arrays; save model.state_dict()")]
    [InlineData("zip_whole_model", "holds an object of __main__.Net, as torch.save(model) writes it")]
    public void What_holds_no_weights_is_refused_with_what_to_save(string file, string reason)
    {
        string path = TorchFiles.Golden(file);

        CheckpointException e = Assert.Throws<CheckpointException>(() => PyTorchReader.Read(path));

        Assert.StartsWith($"{path}: {reason}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_PyTorch_0_4_with_a_part_of_a_storage_is_read()
    {
        byte[] pickle = new PickleBytes().Code("}(")
            .Text("part").Tensor(p => Part(p, "v", 2, 3), 1, [2], [1])
            .Text("whole").Tensor(p => p.Storage("0", 6, view: v => v.Code("N")), 0, [6], [1])
            .Code("u").Done;
        File.WriteAllBytes(Path, TorchFiles.Stream(pickle, ("0", TorchFiles.Floats(0, 1, 2, 3, 4, 5))));

        IReadOnlyList<StoredTensor> tensors = PyTorchReader.Read(Path).Tensors;

        Assert.Equal([3f, 4], tensors[0].Values);
        Assert.Equal([0f, 1, 2, 3, 4, 5], tensors[1].Values);

        static void Part(PickleBytes pickle, string key, long start, long count) => pickle.Storage("0", 6, view: v =>
            v.Code("(").Text(key).Long(start).Long(count).Code("t"));
    }

    [Fact]
    public void A_dict_of_Python_2_with_its_entries_in_a_list_is_read()
    {
        byte[] pickle = new PickleBytes().Global("collections", "OrderedDict").Code("(](](")
            .Raw((byte)'U', 1, (byte)'a').Tensor(p => p.Storage("0", 1), 0, [1], [1]).Code("eetR").Done;
        File.WriteAllBytes(Path, TorchFiles.Zip(pickle, ("archive/data/0", TorchFiles.Floats(5))));

        StoredTensor tensor = Assert.Single(PyTorchReader.Read(Path).Tensors);

        Assert.Equal("a", tensor.Name);
        Assert.Equal([5f], tensor.Values);
    }

    [Fact]
    public void A_compressed_file_and_one_without_a_folder_are_read()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => (float)(i % 7))];
        byte[] pickle = PickleBytes.OneTensor(values.Length, 50_001, [2, 3], [1, 2]);
        File.WriteAllBytes(Path, TorchFiles.Zip(System.IO.Compression.CompressionLevel.Optimal,
            ("data.pkl", pickle), ("data/0", TorchFiles.Floats(values))));

        StoredTensor tensor = Assert.Single(PyTorchReader.Read(Path).Tensors);

        Assert.Equal([2, 3], tensor.Dims);
        int[] places = [50_001, 50_003, 50_005, 50_002, 50_004, 50_006];
        Assert.Equal(places.Select(place => values[place]), tensor.Values);
    }

    [Fact]
    public void More_numbers_than_one_block_are_gathered_in_order()
    {
        float[] values = [.. Enumerable.Range(0, 300 * 500).Select(i => (float)i)];
        byte[] pickle = PickleBytes.OneTensor(values.Length, 0, [500, 300], [1, 500]);
        File.WriteAllBytes(Path, TorchFiles.Zip(pickle, ("archive/data/0", TorchFiles.Floats(values))));

        StoredTensor tensor = Assert.Single(PyTorchReader.Read(Path).Tensors);

        Assert.Equal(Enumerable.Range(0, values.Length).Select(i => (i % 300 * 500f) + (i / 300)), tensor.Values);
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("weights.pth");
}
