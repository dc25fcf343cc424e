using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>ONNX Runtime as a process of its own, which the benchmarks use too.</summary>
internal sealed class OnnxRuntime : IDisposable
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../../../.."));

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    public OnnxRuntime()
    {
        ProcessStartInfo start = new("node", [Path.Combine(Root, "benchmarks/peers/onnxruntime_peer.js"), "1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["UNET_PEERS"] = Peers;
        _process = Process.Start(start)!;
        _process.StandardOutput.ReadLine();
    }

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Absent =>
        !Directory.Exists(Path.Combine(Peers, "node_modules/onnxruntime-node"))
            ? $"{Peers} holds no onnxruntime-node; ./test installs it"
        : !HasNode() ? "node is not installed"
        : null;

    private static string Peers =>
        Environment.GetEnvironmentVariable("UNET_PEERS") ?? Path.Combine(Root, "artifacts/peers");

    /// <summary>The logits, (N, K, H, W), of an ONNX file for an image, (N, C, H, W).</summary>
    public StoredTensor Run(string onnx, StoredTensor image)
    {
        StoredTensor named = image with { Name = "image" };
        SafetensorsWriter.Write(_folder.File("image"), [named], new Dictionary<string, string>());
        Ask(new { @do = "load", file = _folder.File("image"), onnx });
        Ask(new { @do = "check", @out = _folder.File("logits") });
        return SafetensorsReader.Read(_folder.File("logits")).Tensors[0];
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private void Ask(object command)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(command));
        Assert.NotNull(_process.StandardOutput.ReadLine());
    }

    private static bool HasNode() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "node")));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

/// <summary>A test that asks ONNX Runtime; skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnnxRuntimeTheoryAttribute : TheoryAttribute
{
    public OnnxRuntimeTheoryAttribute() => Skip = OnnxRuntime.Absent;
}
