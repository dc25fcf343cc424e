using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop;

/// <summary>A file's first bytes say how it is read, whatever its name.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("zip_module")]
    [InlineData("stream_module")]
    public void A_file_of_PyTorch_is_read_under_any_name(string golden)
    {
        File.Copy(TorchFiles.Golden(golden), Path);

        Checkpoint read = CheckpointFile.Read(Path);

        Assert.Equal("module.conv.weight", read.Tensors[0].Name);
        Assert.Empty(read.Metadata);
    }

    [Fact]
    public void A_safetensors_file_is_read_with_its_metadata()
    {
        StoredTensor[] written = [new("module.a", [1], [1]), new("module.b", [1], [2])];
        SafetensorsWriter.Write(Path, written, new Dictionary<string, string> { ["k"] = "v" });

        Checkpoint read = CheckpointFile.Read(Path);

        Assert.Equal(["module.a", "module.b"], read.Tensors.Select(tensor => tensor.Name));
        Assert.Equal("v", read.Metadata["k"]);
    }

    [Fact]
    public void A_safetensors_file_that_begins_like_a_pickle_is_read()
    {
        StoredTensor[] tensors = [new("a", [1], [1])];
        string padding = new('p', 520);
        for (int length = 0; File.Exists(Path) is false || File.ReadAllBytes(Path)[..2] is not [0x80, 2]; length++)
        {
            SafetensorsWriter.Write(
                Path, tensors, new Dictionary<string, string> { ["k"] = padding + new string('p', length) });
        }

        Assert.Equal([1f], CheckpointFile.Read(Path).Tensors[0].Values);
    }

    [Theory]
    [InlineData("\x08")]
    [InlineData("version https://git-lfs.github.com/spec/v1")]
    [InlineData("<!DOCTYPE html><html></html>")]
    [InlineData("{\"a\": 1}, 2")]
    public void Any_other_file_is_refused_with_what_is_accepted(string content)
    {
        File.WriteAllText(Path, content);

        CheckpointException e = Assert.Throws<CheckpointException>(() => CheckpointFile.Read(Path));

        Assert.Equal($"{Path}: is no file of weights: it is neither safetensors nor a PyTorch checkpoint (.pth or .pt) "
            + "of torch.save, nor TorchSharp's, nor ONNX.", e.Message);
    }

    [Fact]
    public void A_file_cut_short_is_refused_by_the_reader_of_its_format()
    {
        SafetensorsWriter.Write(Path, [new("a", [1], [1])], new Dictionary<string, string>());
        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..20]);
        Assert.Contains("safetensors file, or damaged", Refusal(Path), StringComparison.Ordinal);

        File.WriteAllBytes(Path, File.ReadAllBytes(TorchFiles.Golden("zip_plain"))[..^1]);
        Assert.Contains("directory at the end", Refusal(Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_device_are_refused()
    {
        Refusal(_folder.File("missing"));
        Refusal(_folder.Path);
        Refusal("");
        if (!OperatingSystem.IsWindows())
        {
            Refusal("/dev/null");
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("weights.bin");

    private static string Refusal(string path)
    {
        CheckpointException e = Assert.Throws<CheckpointException>(() => CheckpointFile.Read(path));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(e.Message, char.IsControl);
        return e.Message;
    }
}
