using System.CommandLine;

namespace UNetSharp.Cli.Commands;

/// <summary>
/// <c>unet bench</c>: speed beside that of other runtimes. It needs them, and so the benchmark of the source tree,
/// which the script <c>unet</c> starts without coming here.
/// </summary>
internal static class BenchCommand
{
    public static Command Build()
    {
        Command command = new("bench", "Measure speed beside ONNX Runtime and PyTorch; see ./unet bench --help")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(_ => ErrorBoundary.Invoke(() => throw new UsageException(
            "the benchmark is part of the source tree: start it there, with ./unet bench")));
        return command;
    }
}
