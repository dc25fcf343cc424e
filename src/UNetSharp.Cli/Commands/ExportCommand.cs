using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Cli.Commands;

/// <summary>Writes a trained network's weights for other programs.</summary>
internal static class ExportCommand
{
    private const string Onnx = "onnx";
    private static readonly string[] Formats = ["safetensors", "pth", Onnx];
    private static readonly PictureSize UsualSize = new(512, 512);

    private static readonly Argument<string> Weights =
        new("RUN") { Description = "Folder of a training run, or a file of weights" };

    private static readonly Option<string> Format =
        new("--format") { Description = string.Join(" or ", Formats), Required = true };

    private static readonly Option<string> Out = new("--out") { Description = "The file to write", Required = true };

    private static readonly Option<string?> Size = new("--size")
    {
        Description = "For onnx: height x width of the images [default: the size in training, or 512x512]",
    };

    private static readonly Option<bool> Dynamic =
        new("--dynamic") { Description = "For onnx: leave batch, height and width open" };

    private static readonly Option<int> Opset = new("--opset")
    {
        Description = $"For onnx: version of its operations, {OnnxSettings.OldestOpset} to {OnnxSettings.NewestOpset}",
        DefaultValueFactory = _ => 17,
    };

    private static readonly Option<bool> FoldBatchNorm =
        new("--fold-batch-norm") { Description = "For onnx: make batch norms part of the convolutions before them" };

    public static Command Build()
    {
        Command command = new("export", "Write a network for other programs: a state dict for PyTorch, or ONNX.")
        {
            Weights, Format, Out, Size, Dynamic, Opset, FoldBatchNorm,
        };
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string format = CommonOptions.RequireOneOf(Formats, parsed.GetRequiredValue(Format), "--format");
        Option[] onnxOptions = [Size, Dynamic, Opset, FoldBatchNorm];
        if (format != Onnx && onnxOptions.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } option)
        {
            throw new UsageException($"{option.Name}: is for --format {Onnx} only.");
        }

        int opset = parsed.GetValue(Opset);
        if (opset is < OnnxSettings.OldestOpset or > OnnxSettings.NewestOpset)
        {
            throw new UsageException(
                $"--opset {opset}: give {OnnxSettings.OldestOpset} to {OnnxSettings.NewestOpset}.");
        }

        PictureSize? size = parsed.GetValue(Size) is { } text ? CommonOptions.Size(text) : null;
        TrainedNetwork trained = WeightsOptions.Load(parsed, parsed.GetRequiredValue(Weights));
        string output = parsed.GetRequiredValue(Out);
        string written = $"{trained.Description.Model.Model}: written to {output}";
        switch (format)
        {
            case "pth":
                PyTorchWriter.Write(output, StateDict.FromModule(trained.Network));
                written += "; a state dict does not hold how to use it, nor what classes are called: read it with "
                    + WeightsOptions.DescribeMissing(trained.Description);
                break;
            case Onnx:
                trained.SaveOnnx(output, new OnnxSettings(size ?? trained.Description.Size ?? UsualSize)
                {
                    Opset = opset,
                    IsDynamic = parsed.GetValue(Dynamic),
                    FoldsBatchNorm = parsed.GetValue(FoldBatchNorm),
                });
                break;
            default:
                trained.Save(output);
                break;
        }

        Console.WriteLine(written);
        return ExitCode.Done;
    }
}
