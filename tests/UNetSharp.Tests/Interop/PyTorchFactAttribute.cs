using System.ComponentModel;
using System.Diagnostics;

namespace UNetSharp.Tests.Interop;

/// <summary>A test that asks PyTorch itself; skipped where Python cannot import it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PyTorchFactAttribute : FactAttribute
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<bool> HasPyTorch = new(() => Exits("import torch", out _) == 0);

    public PyTorchFactAttribute() => Skip = Absent;

    /// <summary>Why PyTorch cannot be asked; null if it can.</summary>
    public static string? Absent =>
        HasPyTorch.Value ? null : $"{Python} cannot import torch (Debian: apt-get install python3-torch)";

    /// <summary>What a script prints.</summary>
    public static string Run(string script, params string[] arguments)
    {
        Assert.Equal(0, Exits(script, out string output, arguments));
        return output;
    }

    private static int Exits(string script, out string output, params string[] arguments)
    {
        try
        {
            ProcessStartInfo start = new(Python, ["-c", script, .. arguments]) { RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            output = "";
            return -1;
        }
    }
}

/// <summary>A test with several rows that asks PyTorch itself; skipped where Python cannot import it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PyTorchTheoryAttribute : TheoryAttribute
{
    public PyTorchTheoryAttribute() => Skip = PyTorchFactAttribute.Absent;
}
