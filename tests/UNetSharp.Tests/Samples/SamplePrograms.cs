using System.Diagnostics;
using UNetSharp.Tests.Interop.Onnx;

namespace UNetSharp.Tests.Samples;

/// <summary>The programs of samples/, run as processes of their own, and weights for them.</summary>
internal static class SamplePrograms
{
    /// <summary>Starts a sample.</summary>
    public static Process Start(string name, params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Saves a small network for colour pictures with one foreground class.</summary>
    public static string Weights(TemporaryFolder folder)
    {
        OnnxNetworks.Create("unet-features", channels: 3, classes: 1).Save(folder.File("weights.safetensors"));
        return folder.File("weights.safetensors");
    }
}
