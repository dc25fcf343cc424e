using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations that change a map's height and width.</summary>
internal static class OnnxSizeOperations
{
    /// <summary>Resize, and Upsample as it was called until version 10.</summary>
    public static Value Resize(OnnxCall call)
    {
        Value x = call.Map(0);
        bool isNew = call.Operation == "Resize" && call.Opset >= 11;
        (int height, int width, bool isExact) = Target(call, x.Shape, isNew);
        if ((height, width) == (x.Shape.H, x.Shape.W))
        {
            return x;
        }

        string grid = isNew ? call.Text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
        string rounding = isNew ? call.Text("nearest_mode", "round_prefer_floor") : "floor";
        bool isWhole = height % x.Shape.H == 0 && width % x.Shape.W == 0;
        bool isHalfPixel = grid is "half_pixel" or "pytorch_half_pixel";
        return call.Text("mode", "nearest") switch
        {
            "linear" or "bilinear" when grid == "align_corners" => x.Resize(height, width, alignCorners: true),
            "linear" or "bilinear" when isHalfPixel && isExact => x.Resize(height, width, alignCorners: false),

            // Enlarged by a whole factor, every way of rounding comes to the same where centres fall on each other.
            "nearest" when isExact && ((grid == "asymmetric" && rounding == "floor") || (isHalfPixel && isWhole)) =>
                x.ResizeNearest(height, width),
            string mode => throw call.Refused(CheckpointException.Shown($"mode {mode} with {grid} and {rounding} ")
                + $"from {x.Shape.H}x{x.Shape.W} to {height}x{width} is not supported"),
        };
    }

    /// <summary>Pad: zeros, or the mirror image; negative numbers crop.</summary>
    public static Value Pad(OnnxCall call)
    {
        Value x = call.Map(0);
        int[] pads = [.. (call.Numbers(1, "pads") ?? []).Select(number => Whole(call, number, -OnnxTrace.MostSide))];
        bool isZero = call.Float("value", 0) == 0 && (!call.Has(2) || call.Numbers(2).All(value => value == 0));
        if (pads is not [0, 0, var top, var left, 0, 0, var bottom, var right] || call.Has(3))
        {
            throw call.Refused("only height and width can be padded");
        }

        return call.Text("mode", "constant") switch
        {
            "constant" when isZero => x.Pad(left, right, top, bottom),
            "reflect" when pads.All(pad => pad >= 0) => new MirrorPadding(x, left, right, top, bottom).Output,
            string mode => throw call.Refused($"mode {CheckpointException.Shown(mode)} with these numbers"),
        };
    }

    /// <summary>Slice: a part of height and width.</summary>
    public static Value Slice(OnnxCall call)
    {
        Value x = call.Map(0);
        double[] starts = call.Numbers(1, "starts") ?? [];
        double[] ends = call.Numbers(2, "ends") ?? [];
        double[] axes = call.Numbers(3, "axes") ?? [.. starts.Select((_, i) => (double)i)];
        double[] steps = call.Has(4) ? call.Numbers(4) : [];
        if (starts.Length != ends.Length || starts.Length != axes.Length || steps.Any(step => step != 1))
        {
            throw call.Refused("starts, ends and axes must be of one length, and steps 1");
        }

        int[] sizes = [x.Shape.N, x.Shape.C, x.Shape.H, x.Shape.W];
        int[] before = new int[4];
        int[] after = new int[4];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i] is >= -4 and < 4 ? ((int)axes[i] + 4) % 4 : throw call.Refused("there are four axes");
            int size = sizes[axis];
            (before[axis], after[axis]) = (Bounded(starts[i], size), size - Bounded(ends[i], size));
        }

        return (before[0], before[1], after[0], after[1]) == default
            ? x.Pad(-before[3], -after[3], -before[2], -after[2])
            : throw call.Refused("only height and width can be cut");
    }

    private static int Bounded(double index, int size) => (int)Math.Clamp(index < 0 ? index + size : index, 0, size);

    /// <summary>The size to resize to, and whether the scale is the ratio of the sizes.</summary>
    private static (int Height, int Width, bool IsExact) Target(OnnxCall call, Shape x, bool isNew)
    {
        if (call.Integers("axes").Count > 0 || call.Integer("antialias", 0) != 0)
        {
            throw call.Refused("axes and antialias are not supported");
        }

        if (isNew && call.Has(3) && call.Numbers(3) is { Length: > 0 } sizes)
        {
            return sizes.Length == 4 && sizes[0] == x.N && sizes[1] == x.C
                ? (Whole(call, sizes[2], 1), Whole(call, sizes[3], 1), true)
                : throw call.Refused("only height and width can be resized");
        }

        int index = isNew ? 2 : 1;
        double[] scales = call.Has(index)
            ? call.Numbers(index)
            : [.. (call.Attribute("scales")?.Floats ?? []).Select(scale => (double)scale)];
        if (scales is not [1, 1, var high, var wide])
        {
            throw call.Refused("only height and width can be resized");
        }

        (double height, double width) = (Rounded(x.H * high), Rounded(x.W * wide));
        bool isExact = height == Math.Floor(height) && width == Math.Floor(width);
        return (Whole(call, Math.Floor(height), 1), Whole(call, Math.Floor(width), 1), isExact);
    }

    /// <summary>A size without the rounding of a scale in float32.</summary>
    private static double Rounded(double size) =>
        Math.Abs(size - Math.Round(size)) < 1e-4 * size ? Math.Round(size) : size;

    private static int Whole(OnnxCall call, double number, int least) =>
        number >= least && number <= OnnxTrace.MostSide && number == Math.Floor(number)
            ? (int)number
            : throw call.Refused($"{number} is no size; they are whole numbers up to {OnnxTrace.MostSide}");
}
