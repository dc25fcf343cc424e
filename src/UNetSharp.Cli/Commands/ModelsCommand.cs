using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Cli.Commands;

/// <summary>Lists the networks.</summary>
internal static class ModelsCommand
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Build()
    {
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Command command = new("models", "List the networks: parameters, cost at their usual input, source.") { json };
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed.GetValue(json))));
        return command;
    }

    private static int Execute(bool asJson)
    {
        Row[] rows = [.. ModelCatalog.Entries.Select(CreateRow)];
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(rows, Readable));
            return ExitCode.Done;
        }

        Console.WriteLine($"{"model",-16}{"parameters",12}{"input",14}{"GMACs",9}  what it is (source)");
        foreach (Row row in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Name,-16}{row.Parameters,12:N0}{row.Input,14}{row.Macs / 1e9,9:f1}  {row.About} "
                    + $"({row.Source})"));
        }

        return ExitCode.Done;
    }

    private static Row CreateRow(ModelEntry entry)
    {
        Network network = ModelCatalog.Create(entry.Default);
        (int height, int width) = (entry.DefaultInputSize.Height, entry.DefaultInputSize.Width);
        Value image = Value.Input(Shape.Nchw(1, network.Channels, height, width));
        return new Row(
            entry.Name,
            network.Parameters().Where(parameter => parameter.Kind == ParameterKind.Trained).Sum(p => (long)p.Count),
            $"{network.Channels}x{height}x{width}",
            network.Classes,
            new ComputationGraph(network.Forward(image)).Macs,
            entry.Description,
            entry.Source);
    }

    private sealed record Row(
        string Name, long Parameters, string Input, int Classes, long Macs, string About, string Source);
}
