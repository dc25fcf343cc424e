using System.CommandLine;
using UNetSharp.Inference;
using UNetSharp.Interop;

namespace UNetSharp.Cli.Commands;

/// <summary>Writes a trained network's weights for other programs.</summary>
internal static class ExportCommand
{
    private static readonly string[] Formats = ["safetensors", "pth"];

    public static Command Build()
    {
        Argument<string> weights = new("RUN") { Description = "Folder of a training run, or a file of weights" };
        Option<string> format = new("--format") { Description = string.Join(" or ", Formats), Required = true };
        Option<string> output = new("--out") { Description = "The file to write", Required = true };
        Option<string?> model = CommonOptions.ModelOfWeights();
        Command command = new("export", "Write weights for PyTorch, under its names: a state dict.")
        {
            weights, format, output, model,
        };
        command.SetAction(parsed => Guard.Run(() => Run(
            parsed.GetRequiredValue(weights),
            CommonOptions.OneOf(Formats, parsed.GetRequiredValue(format), "--format"),
            parsed.GetRequiredValue(output),
            parsed.GetValue(model))));
        return command;
    }

    private static int Run(string weights, string format, string output, string? model)
    {
        TrainedNetwork trained = CommonOptions.Trained(weights, model);
        if (format == "pth")
        {
            PyTorchWriter.Write(output, StateDict.Of(trained.Network));
        }
        else
        {
            trained.Save(output);
        }

        Console.WriteLine($"{trained.Description.Model.Model}: written to {output}");
        return ExitCode.Done;
    }
}
