using System.Diagnostics;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Tests.Samples;

public sealed class ConsoleSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void It_writes_the_mask_and_says_how_much_is_foreground()
    {
        byte[] pixels = [.. Enumerable.Range(0, 20 * 12 * 3).Select(i => (byte)(i * 31))];
        ImageFile.WriteColor(_folder.File("picture.png"), pixels, width: 20, height: 12);
        string weights = SamplePrograms.Weights(_folder);
        using Segmenter segmenter = Segmenter.Load(weights, threads: 1);
        byte[] expected = segmenter.Segment(pixels, 20, 12, 3).ComputeClasses();

        (int code, string output, string errors) = Run(weights, _folder.File("picture.png"), _folder.File("mask.png"));

        Assert.Equal((0, ""), (code, errors));
        double share = 100.0 * expected.Count(index => index == 1) / expected.Length;
        Assert.Contains(
            FormattableString.Invariant($": 20x12, {share:F1} % foreground"), output, StringComparison.Ordinal);
        Picture mask = ImageFile.Read(_folder.File("mask.png"));
        Assert.Equal([.. expected.Select(index => index * 255f)], mask.Samples);
    }

    [Fact]
    public void What_is_wrong_is_one_line()
    {
        (int code, _, string errors) = Run(SamplePrograms.Weights(_folder), "missing.png", _folder.File("mask.png"));

        Assert.Equal((1, "segment: missing.png: there is no such file."), (code, errors.TrimEnd()));
        Assert.Equal(2, Run("weights").Code);
        Assert.False(File.Exists(_folder.File("mask.png")));
    }

    public void Dispose() => _folder.Dispose();

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = SamplePrograms.Start("segment", arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
