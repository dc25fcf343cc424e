using System.CommandLine;
using System.Globalization;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Models;

namespace UNetSharp.Cli.Commands;

/// <summary>
/// Brings weights of other programs into a file with the description of the network that they are for: PyTorch's into
/// our own, ONNX files into a copy.
/// </summary>
internal static class ImportCommand
{
    public static Command Build()
    {
        Argument<string> file = new("CHECKPOINT")
        {
            Description = "File of weights: PyTorch's .pth, TorchSharp's, .safetensors, or .onnx",
        };
        Option<string> output = new("--out")
        {
            Description = "The .safetensors file to write, of an ONNX file the .onnx",
            Required = true,
        };
        Command command = new("import", "Bring weights of others into a file that needs no further explanation.")
        {
            file, output,
        };
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(
            WeightsOptions.Load(parsed, parsed.GetRequiredValue(file)), parsed.GetRequiredValue(output))));
        return command;
    }

    private static int Execute(TrainedNetwork trained, string output)
    {
        trained.Save(output);
        ModelSettings settings = trained.Description.Model;
        long count = trained.Network.Parameters().Where(p => p.Kind == ParameterKind.Trained).Sum(p => (long)p.Count);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Model}: {count:N0} parameters, {settings.Channels} channels, {settings.Classes} classes; "
                + $"written to {output}"));
        return ExitCode.Done;
    }
}
