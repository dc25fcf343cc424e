using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Commands;

/// <summary>Says what a file of weights holds: format, arrays, network, what it reads and gives.</summary>
internal static class InspectCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Build()
    {
        Argument<string> file = new("FILE")
        {
            Description = "File of weights (.safetensors, .pth, .ckpt, TorchSharp's, .onnx), or the folder of a run",
        };
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Command command = new("inspect", "Say what a file of weights holds, what its network reads and gives.")
        {
            file, json,
        };
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() =>
        {
            string path = parsed.GetRequiredValue(file);
            var inspection = WeightsInspection.Inspect(path, from => WeightsOptions.Load(parsed, from));
            Console.WriteLine(parsed.GetValue(json) ? ToJson(path, inspection) : ToText(path, inspection));
            return inspection.Trained is null ? ExitCode.Failed : ExitCode.Done;
        }));
        return command;
    }

    private static string ToText(string path, WeightsInspection inspection)
    {
        List<(string Name, string Text)> rows =
        [
            ("file", path),
            ("format", inspection.Format),
            ("arrays", string.Create(
                CultureInfo.InvariantCulture, $"{inspection.Arrays:N0} of {inspection.Numbers:N0} numbers")),
            ("names", string.Join(", ", inspection.Parts.Select(part => $"{part.Name} ({part.Arrays})"))),
            .. inspection.Inputs.Select(input => ("input", input)),
            .. inspection.Outputs.Select(output => ("output", output)),
        ];
        if (inspection.Operations.Count > 0)
        {
            rows.Add(("operations", string.Join(", ", inspection.Operations.Select(operation =>
                $"{operation.Name} ({operation.Count}{(operation.IsKnown ? "" : ", not known")})"))));
        }

        if (inspection.Texts.Count > 0)
        {
            rows.Add(("texts", string.Join(", ", inspection.Texts)));
        }

        if (inspection.Trained is { } trained)
        {
            rows.Add(("network", string.Create(
                CultureInfo.InvariantCulture,
                $"{trained.Description.Model.Model}, {inspection.TrainedParameters:N0} parameters")));
            rows.Add(("contract", trained.DescribeContract()));
        }
        else
        {
            rows.Add(("network", inspection.Problem ?? ""));
        }

        return string.Join(Environment.NewLine, rows.Select(row => $"{row.Name,-11}{row.Text}"));
    }

    private static string ToJson(string path, WeightsInspection inspection) => JsonSerializer.Serialize(
        new
        {
            file = path,
            format = inspection.Format,
            arrays = inspection.Arrays,
            numbers = inspection.Numbers,
            names = inspection.Parts.Select(part => new { name = part.Name, arrays = part.Arrays }),
            texts = inspection.Texts,
            inputs = inspection.Inputs,
            outputs = inspection.Outputs,
            operations = inspection.Operations.Select(operation =>
                new { name = operation.Name, count = operation.Count, known = operation.IsKnown }),
            network = inspection.Trained?.Description.Model.Model,
            parameters = inspection.TrainedParameters,
            contract = inspection.Trained?.DescribeContract(),
            assumed = inspection.Trained?.Assumed,
            notes = inspection.Trained?.Notes,
            averaged = inspection.Trained?.AveragedEntry,
            problem = inspection.Problem,
        },
        Indented);
}
