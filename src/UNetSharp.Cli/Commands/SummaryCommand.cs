using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Cli.Commands;

/// <summary>Lists a network's layers and what they cost.</summary>
internal static class SummaryCommand
{
    private const double Megabyte = 1024 * 1024;

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly Option<string?> Input =
        new("--input") { Description = "Image as channels x height x width, for example 3x512x512" };

    private static readonly Option<int?> Classes = new("--classes") { Description = "Channels of the result" };

    private static readonly Option<string?> Weights =
        new("--weights") { Description = "Folder of a training run, or a file of weights, instead of a model" };

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };

    private static readonly Option<int> Threads = CommonOptions.Threads();

    public static Command Build()
    {
        Command command = new("summary", "List a network's layers: shapes, parameters, cost, receptive field, memory.")
        {
            Input, Classes, Weights, Json, Threads,
        };
        ModelOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        int threads = CommonOptions.ReadThreads(parsed, Threads);
        string? size = parsed.GetValue(Input);
        Shape? asked = size is null ? null : ParseShape(size);
        (Network network, ModelSettings settings, PictureSize usual) = CreateNetwork(parsed, asked?.C);
        Shape input = asked ?? Shape.Nchw(1, settings.Channels, usual.Height, usual.Width);
        if (input.C != settings.Channels)
        {
            throw new UsageException($"--input {size}: the network reads {settings.Channels} channels.");
        }

        NetworkSummary summary = NetworkSummary.Compute(network, input, threads);
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(CreateJson(settings, summary), Readable));
        }
        else
        {
            Print(settings, summary);
        }

        return ExitCode.Done;
    }

    private static (Network Network, ModelSettings Settings, PictureSize Usual) CreateNetwork(
        ParseResult parsed, int? channels)
    {
        if (parsed.GetValue(Weights) is { } weights)
        {
            TrainedNetwork trained = WeightsOptions.Load(parsed, weights, ModelOptions.Name(parsed));
            string name = trained.Description.Model.Model;
            ModelEntry? own = ModelCatalog.Entries.FirstOrDefault(entry => entry.Name == name);
            PictureSize size = own?.DefaultInputSize ?? trained.Description.Size ?? UNet.Entry.DefaultInputSize;
            return (trained.Network, trained.Description.Model, size);
        }

        ModelEntry entry = ModelOptions.Entry(parsed);
        ModelSettings settings = ModelOptions.Read(
            parsed, channels ?? entry.Default.Channels, parsed.GetValue(Classes) ?? entry.Default.Classes);
        return (ModelCatalog.Create(settings), settings, entry.DefaultInputSize);
    }

    private static Shape ParseShape(string text)
    {
        int[] sizes =
        [
            .. text.Split('x', 'X').Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out int n) ? n : 0),
        ];
        return sizes is [>= 1 and var c, >= 1 and var h, >= 1 and var w]
            ? Shape.Nchw(1, c, h, w)
            : throw new UsageException($"--input {text}: give channels, height and width, for example 3x512x512.");
    }

    private static void Print(ModelSettings settings, NetworkSummary summary)
    {
        int label = summary.Layers.Max(layer => layer.Label.Length);
        int name = summary.Layers.Max(layer => layer.Name.Length);
        string line = new('-', label + name + 74);
        Console.WriteLine($"{settings.Model}, image {FormatShape(summary.Input)}");
        Console.WriteLine(line);
        Console.WriteLine(Row("Layer", "Name", "Output", "Parameters", "MACs", "Field"));
        Console.WriteLine(line);
        foreach (LayerSummary layer in summary.Layers)
        {
            Console.WriteLine(Row(
                layer.Label,
                layer.Name == layer.Label ? "" : layer.Name,
                FormatShape(layer.Output),
                Number(layer.Parameters),
                Number(layer.Macs),
                layer.ReceptiveField is { } size ? string.Create(CultureInfo.InvariantCulture, $"{size:0.#}") : "-"));
        }

        Console.WriteLine(line);
        Console.WriteLine($"Total parameters: {Number(summary.Parameters)}");
        Console.WriteLine($"Total MACs: {Number(summary.Macs)}");
        MemorySummary memory = summary.Memory;
        Console.WriteLine($"Input size (MB): {Megabytes(memory.Input)}");
        Console.WriteLine($"Forward/backward pass size (MB): {Megabytes(memory.Activations)}");
        Console.WriteLine($"Params size (MB): {Megabytes(memory.Parameters)}");
        Console.WriteLine($"Estimated total size (MB): {Megabytes(memory.Total)}");
        Console.WriteLine($"Inference really takes (MB): {Megabytes(memory.InferencePeak)}");
        Console.WriteLine($"Training really takes (MB): {Megabytes(memory.TrainingPeak)}");

        string Row(string a, string b, string c, string d, string e, string f) =>
            $"{a.PadRight(label)}  {b.PadRight(name)}  {c,-24}{d,14}{e,20}{f,10}";
    }

    private static string FormatShape(Shape shape) => $"[-1, {shape.C}, {shape.H}, {shape.W}]";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => (bytes / Megabyte).ToString("f2", CultureInfo.InvariantCulture);

    private static object CreateJson(ModelSettings settings, NetworkSummary summary) => new
    {
        settings.Model,
        Input = Sizes(summary.Input),
        Layers = summary.Layers.Select(layer => new
        {
            layer.Name,
            layer.Type,
            Output = Sizes(layer.Output),
            layer.Parameters,
            layer.Macs,
            layer.ReceptiveField,
        }),
        summary.Parameters,
        summary.Macs,
        Memory = new
        {
            InputMb = summary.Memory.Input / Megabyte,
            ActivationsMb = summary.Memory.Activations / Megabyte,
            ParametersMb = summary.Memory.Parameters / Megabyte,
            TotalMb = summary.Memory.Total / Megabyte,
            InferenceMb = summary.Memory.InferencePeak / Megabyte,
            TrainingMb = summary.Memory.TrainingPeak / Megabyte,
        },
    };

    private static int[] Sizes(Shape shape) => [-1, shape.C, shape.H, shape.W];
}
