using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using UNetSharp.Interop;

namespace UNetSharp.Benchmarks;

/// <summary>
/// One side of a comparison: a process that loads a work, runs it on command and reports the time that it took itself.
/// A command is one line of JSON on its standard input; the answer is one line on its standard output.
/// </summary>
internal sealed class BenchmarkProcess : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const int TimeoutMs = 5000;

    private readonly Process _process;
    private string _lastError = "";

    private BenchmarkProcess(string name, string program, string[] arguments, int threads)
    {
        Name = name;
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _lastError = line.Data is { Length: > 0 } words ? words : _lastError;
        _process.BeginErrorReadLine();
        JsonNode hello = Receive();
        Version = (string?)hello["version"];
        Absence = (string?)hello["absent"];
    }

    /// <summary>The program, and how it lays out memory where that can be chosen.</summary>
    public string Name { get; }

    /// <summary>The program's version.</summary>
    public string? Version { get; }

    /// <summary>Why the program is not there; null if it is.</summary>
    public string? Absence { get; }

    /// <summary>This program.</summary>
    public static BenchmarkProcess Ours(int threads) =>
        new(
            "ours",
            Environment.ProcessPath!, // dotnet, as there is no host of this program's own
            [Assembly.GetExecutingAssembly().Location, "side", $"{threads}"],
            threads);

    /// <summary>Debian's PyTorch in the layout "nchw" or "channels_last"; null where there is no Python.</summary>
    public static BenchmarkProcess? Torch(string layout, int threads) => File.Exists(Python)
        ? new(layout, Python, [Path.Combine(AppContext.BaseDirectory, "torch_peer.py"), $"{threads}", layout], threads)
        : null;

    /// <summary>Debian's PyTorch, to train with; null where there is no Python.</summary>
    public static BenchmarkProcess? TorchTrainer(int threads) => File.Exists(Python)
        ? new("torch", Python, [Path.Combine(AppContext.BaseDirectory, "torch_trainer.py"), $"{threads}"], threads)
        : null;

    /// <summary>ONNX Runtime in Node; null where there is no Node.</summary>
    public static BenchmarkProcess? OnnxRuntime(int threads)
    {
        try
        {
            string script = Path.Combine(AppContext.BaseDirectory, "onnxruntime_peer.js");
            return new BenchmarkProcess("onnxruntime", "node", [script, $"{threads}"], threads);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Builds the network of a work with weights and image from a file.</summary>
    /// <param name="work">The work.</param>
    /// <param name="file">Weights, image and target.</param>
    /// <param name="onnx">The network as ONNX, for the side that needs it.</param>
    public void Load(Workload work, string file, string onnx) => Send(new JsonObject
    {
        ["do"] = "load",
        ["work"] = work.Name,
        ["settings"] = JsonSerializer.Serialize(work.Settings),
        ["train"] = work.IsTraining,
        ["file"] = file,
        ["onnx"] = onnx,
    });

    /// <summary>Writes the loaded network as ONNX; PyTorch can.</summary>
    public void Export(string onnx) => Send(new JsonObject { ["do"] = "export", ["out"] = onnx });

    /// <summary>The results of the first run, by name.</summary>
    public IReadOnlyDictionary<string, float[]> Check(string scratchFile)
    {
        JsonArray gradients = [.. Workload.ReluGradients.Concat(Workload.LastGradients).Select(name => (JsonNode)name)];
        Send(new JsonObject { ["do"] = "check", ["out"] = scratchFile, ["gradients"] = gradients });
        return SafetensorsReader.Read(scratchFile).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Values);
    }

    /// <summary>Milliseconds of one run.</summary>
    public double Run() => (double)Send(new JsonObject { ["do"] = "run" })["ms"]!;

    /// <summary>The most memory that the process has had at once.</summary>
    public long PeakBytes() => (long)Send(new JsonObject { ["do"] = "memory" })["bytes"]!;

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeoutMs))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Gives a command and waits for the answer.</summary>
    public JsonNode Send(JsonObject command)
    {
        _process.StandardInput.WriteLine(command.ToJsonString());
        return Receive();
    }

    private JsonNode Receive()
    {
        if (_process.StandardOutput.ReadLine() is { } line)
        {
            return JsonNode.Parse(line)!;
        }

        _process.WaitForExit();
        throw new BenchmarkException($"{Name} has ended with exit code {_process.ExitCode}: {_lastError}");
    }
}
