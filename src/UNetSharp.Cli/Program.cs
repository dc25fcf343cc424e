using System.CommandLine;
using UNetSharp.Cli;
using UNetSharp.Cli.Commands;
using UNetSharp.Imaging;
using UNetSharp.Workflows;

RootCommand root = new("U-Net family image segmentation: train, evaluate and predict.")
{
    DemoCommand.Build(), DataCommand.Build(), TrainCommand.Build(), PredictCommand.Build(), EvaluateCommand.Build(),
    CutoutCommand.Build(),
    ModelsCommand.Build(), SummaryCommand.Build(), ImportCommand.Build(), ExportCommand.Build(),
    InspectCommand.Build(),
    AugmentCommand.Build(), ExplainCommand.Build(), BenchCommand.Build(),
};
Option<string?> memory = new("--memory")
{
    Description = "Memory that a picture may take where it is read whole, such as 2GB; larger ones are refused "
        + "before they are decoded [default: half of what is free]",
    Recursive = true,
};
root.Add(memory);
StrictNumbers.Require(root);
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    string command =
        string.Join(' ', parsed.CommandResult.Command == root ? "unet" : $"unet {parsed.CommandResult.Command.Name}");
    Console.Error.WriteLine($"{command}: {parsed.Errors[0].Message} See '{command} --help'.");
    return ExitCode.WrongUsage;
}

if (parsed.GetValue(memory) is { } amount)
{
    if (!MemorySize.TryParse(amount, out long bytes) || bytes < 1)
    {
        Console.Error.WriteLine($"unet: --memory {amount}: give an amount of memory, such as 512MB or 2GB.");
        return ExitCode.WrongUsage;
    }

    PictureMemory.Limit = bytes;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
