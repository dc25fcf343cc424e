using UNetSharp.Data;

namespace UNetSharp.Interop.Onnx;

/// <summary>An ONNX file with one image as its input.</summary>
/// <param name="Path">The file.</param>
/// <param name="Model">What it holds.</param>
/// <param name="Graph">How its nodes hang together.</param>
/// <param name="Input">The image.</param>
/// <param name="Channels">Channels of the image.</param>
/// <param name="FixedSize">The only size of image that is read; null if there are others.</param>
internal sealed record OnnxFile(
    string Path, OnnxModel Model, OnnxGraph Graph, OnnxValueInfo Input, int Channels, PictureSize? FixedSize)
{
    private const int MaxFixedSide = 4096;
    private const int MaxChannels = 64;
    private const int MaxNames = 8;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged, or its network reads no image.</exception>
    public static OnnxFile Read(string path)
    {
        OnnxModel model = OnnxModel.Read(path);
        HashSet<string> weights = [.. model.Weights.Select(weight => weight.Name)];
        OnnxValueInfo[] inputs = [.. model.Inputs.Where(input => !weights.Contains(input.Name))];
        if (inputs is not [{ Dims: [_, { Fixed: >= 1 and <= MaxChannels and var channels }, _, _] } input]
            || model.Outputs.Count == 0)
        {
            throw new CheckpointException(
                $"{path}: its network does not read one image of (N, channels, height, width), with "
                + $"1 to {MaxChannels} channels.");
        }

        PictureSize? size = GetFixedSize(input);
        return size is not { } only || Math.Max(only.Height, only.Width) <= MaxFixedSide
            ? new OnnxFile(path, model, new OnnxGraph(model), input, (int)channels, size)
            : throw new CheckpointException(
                $"{path}: its network reads images of {size} only, more than {MaxFixedSide} a side.");
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

    private static PictureSize? GetFixedSize(OnnxValueInfo input)
    {
        (long? height, long? width) = (input.Dims[2].Fixed, input.Dims[3].Fixed);
        return (height ?? width) is null ? null : new PictureSize(Bounded(height ?? width), Bounded(width ?? height));

        static int Bounded(long? side) => (int)Math.Min(side!.Value, int.MaxValue);
    }
}
