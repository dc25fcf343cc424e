using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations that change a map's height and width.</summary>
internal static class OnnxSizeOperations
{
    private const int MaxParts = 1024;

    /// <summary>Resize, and Upsample as it was called until version 10.</summary>
    public static Value Resize(OnnxCall call)
    {
        Value x = call.Map(0);
        bool isNew = call.Operation == "Resize" && call.Opset >= 11;
        (int height, int width, bool isExact) = GetTargetSize(call, x.Shape, isNew);
        if ((height, width) == (x.Shape.H, x.Shape.W))
        {
            return x;
        }

        string grid = isNew ? call.Text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
        string rounding = isNew ? call.Text("nearest_mode", "round_prefer_floor") : "floor";
        string mode = call.Text("mode", "nearest");

        // Where a scale is not the ratio of the sizes, it alone says where pixels come from, but for aligned corners.
        return (mode is "linear" or "bilinear", isExact || grid == "align_corners") switch
        {
            (true, true) when ParseGrid(grid) is { } known => x.Resize(height, width, known),
            (false, true) when mode == "nearest" && (grid, rounding) == ("asymmetric", "floor") =>
                x.ResizeNearest(height, width),
            (false, true) when mode == "nearest" && ParseGrid(grid) is { } known
                && ParseRounding(rounding) is { } rounded =>
                new NearestResize(
                    x,
                    Nearest(x.Shape.H, height, known, rounded),
                    Nearest(x.Shape.W, width, known, rounded)).Output,
            _ => throw call.CreateException(CheckpointException.Sanitize($"mode {mode} with {grid} and {rounding} ")
                + $"from {x.Shape.H}x{x.Shape.W} to {height}x{width} is not supported"),
        };
    }

    private static ResizeGrid? ParseGrid(string name) => name switch
    {
        "half_pixel" or "pytorch_half_pixel" => ResizeGrid.HalfPixel,
        "align_corners" => ResizeGrid.AlignCorners,
        "asymmetric" => ResizeGrid.Asymmetric,
        _ => null,
    };

    private static Func<float, float>? ParseRounding(string name) => name switch
    {
        "floor" => MathF.Floor,
        "ceil" => MathF.Ceiling,
        "round_prefer_floor" => position => MathF.Ceiling(position - 0.5f),
        "round_prefer_ceil" => position => MathF.Floor(position + 0.5f),
        _ => null,
    };

    private static SourceAxis Nearest(int source, int result, ResizeGrid grid, Func<float, float> rounded)
    {
        float scale = (float)result / source;
        return SourceAxis.FromFunction(source, result, i => (int)rounded(grid switch
        {
            ResizeGrid.HalfPixel => ((i + 0.5f) / scale) - 0.5f,
            ResizeGrid.AlignCorners => result > 1 ? (float)i * (source - 1) / (result - 1) : 0,
            _ => i / scale,
        }));
    }

    /// <summary>Pad: zeros, or the mirror image; negative numbers crop.</summary>
    public static Value Pad(OnnxCall call)
    {
        Value x = call.Map(0);
        int[] pads =
            [.. (call.Numbers(1, "pads") ?? []).Select(number => RequireInteger(call, number, -OnnxTrace.MaxSide))];
        bool isZero = call.Float("value", 0) == 0 && (!call.HasInput(2) || call.Numbers(2).All(value => value == 0));
        if (pads is not [0, 0, var top, var left, 0, 0, var bottom, var right] || call.HasInput(3))
        {
            throw call.CreateException("only height and width can be padded");
        }

        return call.Text("mode", "constant") switch
        {
            "constant" when isZero => x.Pad(left, right, top, bottom),
            "reflect" when pads.All(pad => pad >= 0) => new ReflectPad(x, left, right, top, bottom).Output,
            string mode => throw call.CreateException($"mode {CheckpointException.Sanitize(mode)} with these numbers"),
        };
    }

    /// <summary>Slice: a part of channels, height and width.</summary>
    public static Value Slice(OnnxCall call)
    {
        Value x = call.Map(0);
        double[] starts = call.Numbers(1, "starts") ?? [];
        double[] ends = call.Numbers(2, "ends") ?? [];
        double[] axes = call.Numbers(3, "axes") ?? [.. starts.Select((_, i) => (double)i)];
        double[] steps = call.HasInput(4) ? call.Numbers(4) : [];
        if (starts.Length != ends.Length || starts.Length != axes.Length || steps.Any(step => step != 1))
        {
            throw call.CreateException("starts, ends and axes must be of one length, and steps 1");
        }

        int[] sizes = [x.Shape.N, x.Shape.C, x.Shape.H, x.Shape.W];
        int[] before = new int[4];
        int[] after = new int[4];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i] is >= -4 and < 4
                ? ((int)axes[i] + 4) % 4
                : throw call.CreateException("there are four axes");
            int size = sizes[axis];
            (before[axis], after[axis]) = (ClampIndex(starts[i], size), size - ClampIndex(ends[i], size));
        }

        return (before[0], after[0]) == default
            ? x.SliceChannels(before[1], x.Shape.C - before[1] - after[1]).Pad(
                -before[3], -after[3], -before[2], -after[2])
            : throw call.CreateException("images of a batch cannot be separated");
    }

    /// <summary>
    /// Split: one of the parts, side by side, of the channels. If no sizes are given they are equal, but for the last.
    /// </summary>
    public static Value Split(OnnxCall call)
    {
        Value x = call.Map(0);
        if (call.Integer("axis", 0) is not (1 or -3) || call.ResultCount > MaxParts)
        {
            throw call.CreateException($"only channels can be split, and into {MaxParts} parts at most");
        }

        int share = (x.Shape.C + call.ResultCount - 1) / call.ResultCount;
        double[] sizes = call.Numbers(1, "split")
            ?? [.. Enumerable.Range(0, call.ResultCount).Select(i => (double)Math.Min(share, x.Shape.C - (i * share)))];
        return sizes.Length == call.ResultCount && sizes.All(size => size >= 1) && sizes.Sum() == x.Shape.C
            ? x.SliceChannels((int)sizes.Take(call.ResultIndex).Sum(), (int)sizes[call.ResultIndex])
            : throw call.CreateException($"parts of {string.Join(", ", sizes)} channels do not make {x.Shape.C}");
    }

    private static int ClampIndex(double index, int size) => (int)Math.Clamp(index < 0 ? index + size : index, 0, size);

    /// <summary>The size to resize to, and whether the scale is the ratio of the sizes.</summary>
    private static (int Height, int Width, bool IsExact) GetTargetSize(OnnxCall call, Shape x, bool isNew)
    {
        if (call.Integers("axes").Count > 0 || call.Integer("antialias", 0) != 0)
        {
            throw call.CreateException("axes and antialias are not supported");
        }

        if (isNew && call.HasInput(3) && call.Numbers(3) is { Length: > 0 } sizes)
        {
            return sizes.Length == 4 && sizes[0] == x.N && sizes[1] == x.C
                ? (RequireInteger(call, sizes[2], 1), RequireInteger(call, sizes[3], 1), true)
                : throw call.CreateException("only height and width can be resized");
        }

        int index = isNew ? 2 : 1;
        double[] scales = call.HasInput(index)
            ? call.Numbers(index)
            : [.. (call.Attribute("scales")?.Floats ?? []).Select(scale => (double)scale)];
        if (scales is not [1, 1, var high, var wide])
        {
            throw call.CreateException("only height and width can be resized");
        }

        (double height, double width) = (RoundSize(x.H * high), RoundSize(x.W * wide));
        bool isExact = height == Math.Floor(height) && width == Math.Floor(width);
        return (RequireInteger(call, Math.Floor(height), 1), RequireInteger(call, Math.Floor(width), 1), isExact);
    }

    /// <summary>A size without the rounding of a scale in float32.</summary>
    private static double RoundSize(double size) =>
        Math.Abs(size - Math.Round(size)) < 1e-4 * size ? Math.Round(size) : size;

    private static int RequireInteger(OnnxCall call, double number, int min) =>
        number >= min && number <= OnnxTrace.MaxSide && number == Math.Floor(number)
            ? (int)number
            : throw call.CreateException($"{number} is no size; they are whole numbers up to {OnnxTrace.MaxSide}");
}
