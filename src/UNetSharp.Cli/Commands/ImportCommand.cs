using System.CommandLine;
using System.Globalization;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Models;

namespace UNetSharp.Cli.Commands;

/// <summary>Brings weights of PyTorch into our own file, with the description of the network that they are for.</summary>
internal static class ImportCommand
{
    public static Command Build()
    {
        Argument<string> file = new("CHECKPOINT") { Description = "File of weights: PyTorch's .pth, or .safetensors" };
        Option<string> output = new("--out") { Description = "The .safetensors file to write", Required = true };
        Option<string?> model = CommonOptions.ModelOfWeights();
        Option<Activation?> activation = new("--activation")
        {
            Description = "For unet-classic, whose weights do not tell: relu or none [default: relu]",
        };
        Command command = new("import", "Bring PyTorch's weights into a file that needs no further explanation.")
        {
            file, output, model, activation,
        };
        command.SetAction(parsed => Guard.Run(() => Run(
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(output),
            parsed.GetValue(model),
            parsed.GetValue(activation))));
        return command;
    }

    private static int Run(string file, string output, string? model, Activation? activation)
    {
        TrainedNetwork trained = CommonOptions.Trained(file, model);
        ModelSettings settings = trained.Description.Model;
        if (activation is { } chosen)
        {
            bool hasChoice = ModelCatalog.Entry(settings.Model).Options.Contains(nameof(ModelSettings.Activation));
            settings = hasChoice
                ? settings with { Activation = chosen }
                : throw new UsageException($"--activation: {settings.Model} has no such option.");
        }

        (trained with { Description = trained.Description with { Model = settings } }).Save(output);
        long count = trained.Network.Parameters().Where(p => p.Kind == ParameterKind.Trained).Sum(p => (long)p.Count);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Model}: {count:N0} parameters, {settings.Channels} channels, {settings.Classes} classes; written to {output}"));
        return ExitCode.Done;
    }
}
