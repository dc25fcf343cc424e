using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace UNetSharp.Benchmarks;

/// <summary>Debian's PyTorch in a process of its own (peers/torch_peer.py).</summary>
internal sealed class TorchPeer : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly Process _process;

    private TorchPeer(Process process, string version) => (_process, Version) = (process, version);

    /// <summary>PyTorch's version.</summary>
    public string Version { get; }

    /// <summary>Starts PyTorch; null where it is not installed.</summary>
    public static TorchPeer? Start(string script, int threads)
    {
        if (!File.Exists(Python))
        {
            return null;
        }

        ProcessStartInfo start = new(Python, [script, $"{threads}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string? hello = process.StandardOutput.ReadLine();
        if (hello is null)
        {
            process.Dispose();
            return null;
        }

        return new TorchPeer(process, JsonNode.Parse(hello)!["version"]!.GetValue<string>());
    }

    public void Load(string file, bool isTraining, bool isChannelsLast) => Ask(new JsonObject
    {
        ["do"] = "load",
        ["file"] = file,
        ["train"] = isTraining,
        ["channels_last"] = isChannelsLast,
    });

    /// <summary>One run and its results.</summary>
    public float[] Check()
    {
        string path = Path.GetTempFileName();
        Ask(new JsonObject { ["do"] = "check", ["out"] = path });
        float[] values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
        File.Delete(path);
        return values;
    }

    /// <summary>Seconds of one run.</summary>
    public double Run() => Ask(new JsonObject { ["do"] = "run" })["seconds"]!.GetValue<double>();

    /// <summary>Peak memory of the process in bytes.</summary>
    public long PeakMemory() => Ask(new JsonObject { ["do"] = "memory" })["bytes"]!.GetValue<long>();

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonNode Ask(JsonObject command)
    {
        _process.StandardInput.WriteLine(command.ToJsonString());
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"PyTorch ended while it did {command.ToJsonString()}");
        return JsonNode.Parse(answer)!;
    }
}
