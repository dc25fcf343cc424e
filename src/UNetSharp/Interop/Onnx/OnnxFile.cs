using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>An ONNX file with one image as its input.</summary>
/// <param name="Path">The file.</param>
/// <param name="Model">What it holds, with what depends on weights alone computed.</param>
/// <param name="Graph">How its nodes hang together.</param>
/// <param name="Input">The image.</param>
/// <param name="Axes">Which of N, C, H and W, counted from 0, each axis of the image is.</param>
internal sealed record OnnxFile(
    string Path, OnnxModel Model, OnnxGraph Graph, OnnxValueInfo Input, IReadOnlyList<int> Axes)
{
    private const int MaxFixedSide = 4096;
    private const int MaxChannels = 64;
    private const int MaxColors = 4;
    private const int MaxNames = 8;

    /// <summary>Channels of the image.</summary>
    public int Channels { get; } = (int)(GetSize(Input, Axes, 1) ?? 1);

    /// <summary>The only size of image that is read; null if there are others.</summary>
    public PictureSize? FixedSize { get; } = GetFixedSize(GetSize(Input, Axes, 2), GetSize(Input, Axes, 3));

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged, or its network reads no image.</exception>
    public static OnnxFile Read(string path)
    {
        OnnxModel model = OnnxModel.Read(path);
        HashSet<string> weights = [.. model.Weights.Select(weight => weight.Name)];
        OnnxValueInfo[] inputs = [.. model.Inputs.Where(input => !weights.Contains(input.Name))];
        if (inputs is not [var input] || FindAxes(input.Dims) is not { } axes || model.Outputs.Count == 0)
        {
            throw new CheckpointException(
                $"{path}: its network does not read one image of (N, channels, height, width) or "
                + $"(N, height, width, channels), with 1 to {MaxChannels} channels, but "
                + $"{inputs.Length} inputs{string.Concat(inputs.Take(MaxNames).Select(DescribeInput))}.");
        }

        OnnxModel folded = OnnxTrace.Fold(path, model);
        OnnxFile file = new(path, folded, new OnnxGraph(folded), input, axes);
        return file.FixedSize is not { } only || Math.Max(only.Height, only.Width) <= MaxFixedSide
            ? file
            : throw new CheckpointException(
                $"{path}: its network reads images of {only} only, more than {MaxFixedSide} a side.");
    }

    /// <summary>An image as the file's input.</summary>
    public OnnxMap ToInput(Value image) => OnnxMap.Nchw(image).Permute(Axes);

    /// <summary>
    /// A result as a map. Of four sizes the last is that of the channels where the two before it are rather the
    /// image's, or the smaller ones of the same shape, than the last two; three are (C, H, W) or (H, W, C), two (H, W).
    /// </summary>
    /// <exception cref="CheckpointException">It is no map.</exception>
    public Value ToOutput(OnnxMap result, Shape image)
    {
        int[] axes = [.. Enumerable.Range(0, result.Axes.Rank)];
        while (axes.Length > 2 && result.Dims[axes[0]] == 1)
        {
            axes = axes[1..];
        }

        OnnxMap map = result.Permute(axes);
        if (map.Axes.Rank is < 2 or > 3)
        {
            throw new CheckpointException(
                $"{Path}: its output of ({string.Join(", ", result.Dims)}) is no map of an image.");
        }

        bool isChannelsLast = map.Axes.Rank == 3
            && Distort(map.Dims[0], map.Dims[1]) < Distort(map.Dims[1], map.Dims[2]);
        return (isChannelsLast ? map.Permute([2, 0, 1]) : map).ToNchw();

        double Distort(int height, int width) =>
            Math.Abs(Math.Log((double)height / width * image.W / image.H));
    }

    /// <summary>What the outputs mean: of all, or of the one that is named.</summary>
    /// <exception cref="CheckpointException">There is no output of that name.</exception>
    public IReadOnlyList<OnnxOutput> FindOutputs(string? name)
    {
        IEnumerable<string> names = Model.Outputs.Select(output => output.Name);
        return name is null ? [.. names.Select(output => OnnxOutput.Find(Graph, output))]
            : names.Contains(name) ? [OnnxOutput.Find(Graph, name)]
            : throw new CheckpointException(
                $"{Path}: has no output '{CheckpointException.Sanitize(name)}'; there are {ListOutputs()}.")
            {
                Settings = ["OutputName"],
            };
    }

    /// <summary>The names of the outputs, the first ones if there are many.</summary>
    public string ListOutputs() =>
        string.Join(", ", Model.Outputs.Take(MaxNames).Select(output => CheckpointException.Sanitize(output.Name)))
        + (Model.Outputs.Count > MaxNames ? ", …" : "");

    /// <summary>Which axis is which; null if it is no image.</summary>
    private static int[]? FindAxes(IReadOnlyList<OnnxSize> dims)
    {
        long first = dims.Count >= 3 ? dims[^3].Fixed ?? 0 : 0;
        long last = dims.Count >= 3 ? dims[^1].Fixed ?? 0 : 0;
        bool isLast = last is >= 1 and <= MaxColors && first is 0 or > MaxColors;
        return (dims.Count, isLast) switch
        {
            (4, true) => [0, 2, 3, 1],
            (4, false) when first is >= 1 and <= MaxChannels => [0, 1, 2, 3],
            (3, true) => [2, 3, 1],
            (3, false) when first is >= 1 and <= MaxColors => [1, 2, 3],
            (2, _) => [2, 3],
            _ => null,
        };
    }

    private static long? GetSize(OnnxValueInfo input, IReadOnlyList<int> axes, int axis) =>
        Enumerable.Range(0, axes.Count).Where(place => axes[place] == axis)
            .Select(place => input.Dims[place].Fixed).FirstOrDefault();

    private static PictureSize? GetFixedSize(long? height, long? width)
    {
        return (height ?? width) is null ? null : new PictureSize(Bounded(height ?? width), Bounded(width ?? height));

        static int Bounded(long? side) => (int)Math.Min(side!.Value, int.MaxValue);
    }

    private static string DescribeInput(OnnxValueInfo input) => CheckpointException.Sanitize(
        $", {input.Name} of ({string.Join(", ", input.Dims.Select(size => size.Fixed?.ToString() ?? "?"))})");
}
