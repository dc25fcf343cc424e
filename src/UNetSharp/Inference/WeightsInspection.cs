using System.Globalization;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Inference;

/// <summary>What a file of weights holds, whether or not its network is known.</summary>
/// <param name="Format">Format of the file, for people.</param>
/// <param name="Arrays">How many arrays it holds.</param>
/// <param name="Numbers">How many numbers these hold.</param>
/// <param name="Parts">What the arrays' names begin with, up to a dot, and how many do; the most first.</param>
/// <param name="Texts">Names of the texts beside the arrays.</param>
public sealed record WeightsInspection(
    string Format,
    int Arrays,
    long Numbers,
    IReadOnlyList<(string Name, int Arrays)> Parts,
    IReadOnlyList<string> Texts)
{
    private const int MaxParts = 16;

    /// <summary>The network; null if it is not known or cannot be computed.</summary>
    public TrainedNetwork? Trained { get; init; }

    /// <summary>Why there is no network; null if there is one.</summary>
    public string? Problem { get; init; }

    /// <summary>Parameters of the network that training changes; 0 if there is none.</summary>
    public long TrainedParameters => Trained?.Network.Parameters()
        .Where(parameter => parameter.Kind == ParameterKind.Trained).Sum(parameter => (long)parameter.Count) ?? 0;

    /// <summary>Inputs and outputs of an ONNX file, with their sizes: <c>mask: N x 1 x H x W</c>.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Outputs of an ONNX file, with their sizes.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Operations of an ONNX file, how many there are of each, and whether it is known.</summary>
    public IReadOnlyList<(string Name, int Count, bool IsKnown)> Operations { get; init; } = [];

    /// <summary>Looks into a file, or into the best weights of a run's folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="load">Loads the network; null to load it as <see cref="TrainedNetwork.Load"/> does.</param>
    /// <exception cref="CheckpointException">It is missing, damaged, or no file of weights.</exception>
    public static WeightsInspection Inspect(string path, Func<string, TrainedNetwork>? load = null)
    {
        string file = TrainedNetwork.ResolveFile(path);
        WeightsInspection inspection = CheckpointFile.IsOnnx(file)
            ? InspectOnnx(OnnxModel.Read(file))
            : InspectArrays(file, CheckpointFile.Read(file));
        try
        {
            return inspection with { Trained = (load ?? (from => TrainedNetwork.Load(from)))(path) };
        }
        catch (CheckpointException e)
        {
            return inspection with { Problem = e.Message };
        }
    }

    private static WeightsInspection InspectArrays(string file, Checkpoint checkpoint) => new(
        CheckpointFile.DescribeFormat(file),
        checkpoint.Tensors.Count,
        checkpoint.Tensors.Sum(tensor => (long)tensor.Values.Length),
        CountParts(checkpoint.Tensors.Select(tensor => tensor.Name)),
        [.. checkpoint.Metadata.Keys.Select(CheckpointException.Sanitize)]);

    private static WeightsInspection InspectOnnx(OnnxModel model) => new(
        $"ONNX, operations of version {model.Opset}",
        model.Weights.Count,
        model.Weights.Sum(weight => (long)weight.Count),
        CountParts(model.Weights.Select(weight => weight.Name)),
        [.. model.Metadata.Keys.Select(CheckpointException.Sanitize)])
    {
        Inputs = [.. model.Inputs.Select(Describe)],
        Outputs = [.. model.Outputs.Select(Describe)],
        Operations =
        [
            .. model.Nodes.GroupBy(node => node.Operation).OrderByDescending(group => group.Count()).Select(group => (
                CheckpointException.Sanitize(group.Key), group.Count(), OnnxTrace.Knows(group.Key))),
        ],
    };

    private static string Describe(OnnxValueInfo value) => CheckpointException.Sanitize($"{value.Name}: ")
        + string.Join(" x ", value.Dims.Select(size => size.Fixed?.ToString(CultureInfo.InvariantCulture) ?? "?"));

    private static (string Name, int Arrays)[] CountParts(IEnumerable<string> names) =>
    [
        .. names.GroupBy(name => name.Split('.')[0]).OrderByDescending(group => group.Count()).Take(MaxParts)
            .Select(group => (CheckpointException.Sanitize(group.Key), group.Count())),
    ];
}
