using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// A network that an ONNX file describes: one of its outputs as a function of its only input. Where the output is a
/// sigmoid or a softmax, the network ends before it, as all our networks do.
/// </summary>
public sealed class OnnxNetwork : Network
{
    /// <summary>What stands for the network's name in its settings.</summary>
    internal const string ModelName = "onnx";

    private const int MaxClasses = 256;
    private const int MaxOutputs = 32;
    private const int MaxWindows = 36;
    private const int MaxTriedSides = 64;
    private const int SaliencyOutputs = 7;

    // What deep networks halve without remainder, for those that cannot do with one.
    private const int EvenStep = 32;

    private static readonly PictureSize SaliencySize = new(320, 320);

    private readonly Dictionary<int, int> _inputSides = [];
    private readonly OnnxFile _file;
    private readonly OnnxOutput _output;
    private readonly string _endName;
    private readonly OnnxParameters _parameters;
    private readonly int _sideStep;

    private OnnxNetwork(OnnxFile file, OnnxOutput output, OutputKind? kind, ProbedOutput probe)
        : base(file.Channels, probe.Result.Shape.C)
    {
        (_file, _output, _endName) = (file, output, GetEndName(output, kind));
        (_parameters, _sideStep, Place) = (probe.Parameters, probe.SideStep, probe.Place);
        OutputKind = kind ?? output.GetKind(Classes);
        foreach (Parameter parameter in _parameters.All)
        {
            Add(parameter);
        }

        _parameters.Added = Add;
    }

    /// <summary>The only size of image that the network reads; null if there are others.</summary>
    internal PictureSize? FixedSize => _file.FixedSize;

    /// <summary>Texts that the file holds beside the network.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => _file.Model.Metadata;

    /// <summary>What the values of <see cref="Forward"/> mean; null where the operations do not say it.</summary>
    internal OutputKind? OutputKind { get; }

    /// <summary>Where the output lies over the image.</summary>
    internal OutputPlace Place { get; }

    /// <summary>The numbers that the network reads; null if the file does not say which.</summary>
    internal InputValues? InputValues => OnnxInput.FindValues(_file.Model, _file.Graph, _file.Input, Channels);

    /// <summary>Which of several outputs is taken, for people; null if there is one only.</summary>
    internal string? DescribeOutput() => _file.Model.Outputs.Count == 1
        ? null
        : $"output '{CheckpointException.Sanitize(_output.Name)}' of {_file.ListOutputs()}";

    /// <summary>
    /// Whether this is U²-Net for saliency as background removal uses it: of colour images, a map and six sides, or the
    /// map alone, as probabilities of an image of 320x320.
    /// </summary>
    internal bool IsSaliency => (Channels, Classes) == (3, 1)
        && (_file.Model.Outputs.Count == SaliencyOutputs || (FixedSize == SaliencySize && _output.IsStripped));

    /// <summary>Writes a copy of the file with further texts, which hold from then on.</summary>
    /// <exception cref="CheckpointException">It cannot be read again, or the copy not be written.</exception>
    internal void SaveCopy(string path, IReadOnlyDictionary<string, string> texts)
    {
        if (!path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            throw new CheckpointException($"{path}: is not written: a network out of an ONNX file stays one; "
                + "let the name end with .onnx.");
        }

        _file.Model.WriteCopy(_file.Path, path, texts);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="outputName">The output that is taken; null for the first of those with most pixels.</param>
    /// <param name="kind">What its values mean; null for what the file's operations say.</param>
    /// <exception cref="CheckpointException">
    /// It is missing, damaged, or holds no network from images to maps that we can compute; the message names the node.
    /// </exception>
    internal static OnnxNetwork Load(string path, string? outputName = null, OutputKind? kind = null)
    {
        var file = OnnxFile.Read(path);
        (OnnxOutput output, ProbedOutput probe) = ChooseOutput(file, file.FindOutputs(outputName), kind);
        if (probe.Result.Shape.C > MaxClasses)
        {
            throw new CheckpointException(
                $"{path}: its network has {probe.Result.Shape.C} classes, more than {MaxClasses}.");
        }

        OnnxNetwork network = new(file, output, kind, probe);
        network.RequireFiniteWeights();
        return network;
    }

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The network cannot run on an image of this size.</exception>
    public override Value Forward(Value image) => Trace(_file, _output, _endName, image, _parameters);

    /// <inheritdoc/>
    public override Value Segment(Value image, int height, int width)
    {
        if (Place.IsMiddle && FixedSize is { } window)
        {
            return SegmentWindows(image, height, width, window);
        }

        Value seen = MirrorPad(image, height, width);
        Value map = Forward(seen);
        Value full = Place.IsSame ? map
            : Place.IsMiddle ? ToScale(map)
            : map.Resize(seen.Shape.H, seen.Shape.W, alignCorners: false);
        return full.CropCenter(height, width);
    }

    /// <inheritdoc/>
    public override int InputSide(int outputSide)
    {
        int side = RoundUp(base.InputSide(outputSide));
        if (FixedSize is not null)
        {
            return outputSide;
        }

        if (!Place.IsMiddle || Math.Max(Place.LostRows, Place.LostColumns) <= 0)
        {
            return side;
        }

        lock (_inputSides)
        {
            if (!_inputSides.TryGetValue(outputSide, out int found))
            {
                found = FindInputSide(outputSide);
                _inputSides.Add(outputSide, found);
            }

            return found;
        }
    }

    private static (OnnxOutput Output, ProbedOutput Probe) ChooseOutput(
        OnnxFile file, IReadOnlyList<OnnxOutput> outputs, OutputKind? kind)
    {
        if (outputs is [var only])
        {
            return (only, ProbedOutput.Trace(file, only, GetEndName(only, kind)));
        }

        (OnnxOutput, ProbedOutput Probe)? best = null;
        CheckpointException? failure = null;
        foreach (OnnxOutput output in outputs.Take(MaxOutputs))
        {
            try
            {
                var probe = ProbedOutput.Trace(file, output, GetEndName(output, kind));
                if (probe.Place.IsSame)
                {
                    return (output, probe);
                }

                best = best is null || probe.Result.Shape.Pixels > best.Value.Probe.Result.Shape.Pixels
                    ? (output, probe)
                    : best;
            }
            catch (CheckpointException e)
            {
                failure ??= e;
            }
        }

        return best ?? throw failure!;
    }

    // The labels of an ArgMax are taken as its scores whatever is said of them.
    private static string GetEndName(OnnxOutput output, OutputKind? kind) =>
        output.LabeledName is not null || kind is not (Models.OutputKind.Probabilities or Models.OutputKind.MultiLabel)
            ? output.EndName
            : output.Name;

    private static Value Trace(
        OnnxFile file, OnnxOutput output, string endName, Value image, OnnxParameters parameters)
    {
        bool isLabels = output.Activation == OnnxActivation.ArgMax;
        Value[] traced =
        [
            .. OnnxTrace.Trace(
                file.Path,
                file.Model,
                file.Input.Name,
                isLabels ? [endName, output.LabeledName!] : [endName],
                file.ToInput(image),
                parameters).Select(map => file.ToOutput(map, image.Shape)),
        ];
        return isLabels ? ToOneHot(file.Path, traced[0], traced[1].Shape.C)
            : output.Scale != 1 && !output.IsStripped ? OnnxArithmetic.Affine(traced[0], 1 / output.Scale, 0)
            : traced[0];
    }

    /// <summary>1 for the class whose index a pixel holds, 0 for the others: max(1 − |x − k|, 0).</summary>
    private static Value ToOneHot(string file, Value labels, int classes)
    {
        if (labels.Shape.C != 1)
        {
            throw new CheckpointException($"{file}: its labels of {labels.Shape} have more than one channel.");
        }

        float[] signs = [.. Enumerable.Range(0, 2 * classes).Select(i => i % 2 == 0 ? 1f : -1f)];
        float[] shifts = [.. signs.Select((sign, i) => -sign * (i / 2))];
        float[] sums = new float[classes * 2 * classes];
        for (int k = 0; k < classes; k++)
        {
            (sums[(k * 2 * classes) + (2 * k)], sums[(k * 2 * classes) + (2 * k) + 1]) = (-1, -1);
        }

        Value distances = Pointwise(labels, 2 * classes, signs, shifts).Relu();
        return Pointwise(distances, classes, sums, [.. Enumerable.Repeat(1f, classes)]).Relu();

        static Value Pointwise(Value x, int channels, float[] weights, float[] bias) => new Convolution(
            x,
            OnnxCall.Constant([channels, x.Shape.C, 1, 1], weights),
            OnnxCall.Constant([channels], bias),
            new Axis(1),
            new Axis(1)).Output;
    }

    private Value ToScale(Value map) => map.Resize(
        (int)Math.Round(map.Shape.H / Place.Rows), (int)Math.Round(map.Shape.W / Place.Columns), alignCorners: false);

    /// <summary>
    /// A network without padding that reads one size of image alone sees the image, with its mirror image around it,
    /// through windows of that size, whose results lie side by side.
    /// </summary>
    private Value SegmentWindows(Value image, int height, int width, PictureSize window)
    {
        (int rows, int columns) = (window.Height - Place.LostRows, window.Width - Place.LostColumns);
        (int fullHeight, int fullWidth) = (Math.Max(height, rows), Math.Max(width, columns));
        (int seenHeight, int seenWidth) = (fullHeight + Place.LostRows, fullWidth + Place.LostColumns);
        Value seen = image
            .ReflectPad(Math.Max(image.Shape.H, seenHeight), Math.Max(image.Shape.W, seenWidth))
            .CropCenter(seenHeight, seenWidth);
        (int down, int across) = ((fullHeight + rows - 1) / rows, (fullWidth + columns - 1) / columns);
        if (down * across > MaxWindows)
        {
            throw new CheckpointException(
                $"{_file.Path}: its network gives {columns}x{rows} pixels of {window} alone, too few to put together.");
        }

        Value? sum = null;
        for (int i = 0; i < down * across; i++)
        {
            int top = Math.Min(i / across * rows, fullHeight - rows);
            int left = Math.Min(i % across * columns, fullWidth - columns);
            Value result = ToScale(Forward(seen.Pad(
                -left, left + window.Width - seenWidth, -top, top + window.Height - seenHeight)));
            (int cutTop, int cutLeft) = ((i / across * rows) - top, (i % across * columns) - left);
            Value part = result.Pad(-cutLeft, 0, -cutTop, 0);
            Value placed = part.Pad(
                left + cutLeft, fullWidth - left - columns, top + cutTop, fullHeight - top - rows);
            sum = sum is null ? placed : sum + placed;
        }

        return sum!.CropCenter(height, width);
    }

    /// <summary>The least side of which the network gives so much.</summary>
    private int FindInputSide(int outputSide)
    {
        int lost = Math.Max(Place.LostRows, Place.LostColumns);
        int side = RoundUp(Math.Max(base.InputSide(outputSide), outputSide + lost));
        for (int i = 0; i < MaxTriedSides; i++, side += _sideStep)
        {
            if (ToScale(Forward(Value.Input(Shape.Nchw(1, Channels, side, side)))).Shape.H >= outputSide)
            {
                return side;
            }
        }

        throw new CheckpointException($"{_file.Path}: its network gives no map of {outputSide} pixels a side.");
    }

    private int RoundUp(int side) => (side + _sideStep - 1) / _sideStep * _sideStep;

    private void RequireFiniteWeights()
    {
        if (Parameters().FirstOrDefault(parameter => !IsFinite(Store.GetValues(parameter))) is { } bad)
        {
            throw new CheckpointException(
                $"{_file.Path}: {CheckpointException.Sanitize(bad.Name)} holds values that are not finite numbers "
                + "(NaN or infinity); training has diverged, or the file is damaged.");
        }
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What an output is for an image of some size, and what was found out on the way.</summary>
    /// <param name="Result">The output.</param>
    /// <param name="Place">Where it lies over the image.</param>
    /// <param name="SideStep">What heights and widths of images are multiples of.</param>
    /// <param name="Parameters">The arrays that it reads.</param>
    private sealed record ProbedOutput(Value Result, OutputPlace Place, int SideStep, OnnxParameters Parameters)
    {
        public static ProbedOutput Trace(OnnxFile file, OnnxOutput output, string endName)
        {
            if (file.FixedSize is { } only)
            {
                return Trace(only, 1);
            }

            // The least step of sides with which it can do: it neither fails on remainders nor leaves them out.
            ProbedOutput? even = TryTrace(EvenStep);
            for (int step = 1; step < EvenStep; step *= 2)
            {
                if (TryTrace(step) is { } found && (!found.Place.IsMiddle || even is null or { Place.IsMiddle: true }))
                {
                    return found;
                }
            }

            return even ?? Trace(new PictureSize(3 * EvenStep, 4 * EvenStep), EvenStep);

            ProbedOutput? TryTrace(int step)
            {
                try
                {
                    int rest = step % EvenStep;
                    return Trace(new PictureSize((3 * EvenStep) - rest, (4 * EvenStep) + rest), step);
                }
                catch (CheckpointException)
                {
                    return null;
                }
            }

            ProbedOutput Trace(PictureSize size, int sideStep)
            {
                OnnxParameters parameters = new();
                Value image = CreateImage(size);
                Value result = OnnxNetwork.Trace(file, output, endName, image, parameters);
                OutputPlace place = (result.Shape.H, result.Shape.W) == (size.Height, size.Width)
                    ? new OutputPlace(false, 1, 1, 0, 0)
                    : file.FixedSize is null ? Compare(image.Shape, result.Shape, parameters)
                    : OutputPlace.FromOneSize(image, result);
                return new ProbedOutput(result, place, sideStep, parameters);
            }

            OutputPlace Compare(Shape image, Shape result, OnnxParameters parameters)
            {
                Value larger = CreateImage(new PictureSize(image.H + EvenStep, image.W + EvenStep));
                Value largerResult = OnnxNetwork.Trace(file, output, endName, larger, parameters);
                return OutputPlace.FromTwoSizes(image, result, larger.Shape, largerResult.Shape);
            }

            Value CreateImage(PictureSize size) =>
                Value.Input(Shape.Nchw(1, file.Channels, size.Height, size.Width));
        }
    }
}
