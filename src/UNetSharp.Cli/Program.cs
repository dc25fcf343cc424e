using System.CommandLine;
using UNetSharp.Cli;
using UNetSharp.Cli.Commands;

RootCommand root = new("U-Net family image segmentation: train, evaluate and predict.")
{
    DemoCommand.Build(), DataCommand.Build(), TrainCommand.Build(), PredictCommand.Build(), EvaluateCommand.Build(),
    CutoutCommand.Build(),
    ModelsCommand.Build(), SummaryCommand.Build(), ImportCommand.Build(), ExportCommand.Build(),
    InspectCommand.Build(),
    AugmentCommand.Build(), ExplainCommand.Build(), BenchCommand.Build(),
};
StrictNumbers.Require(root);
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    string command =
        string.Join(' ', parsed.CommandResult.Command == root ? "unet" : $"unet {parsed.CommandResult.Command.Name}");
    Console.Error.WriteLine($"{command}: {parsed.Errors[0].Message} See '{command} --help'.");
    return ExitCode.WrongUsage;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
