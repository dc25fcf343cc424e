using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// ONNX's Resize (https://onnx.ai/onnx/operators/onnx__Resize.html): the nearest pixel, or weighed ones, at places that
/// a grid gives.
/// </summary>
internal static class OnnxResize
{
    private const double DefaultCubic = -0.75;

    /// <summary>Resize, and Upsample as it was called until version 10.</summary>
    public static OnnxMap Resize(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        bool isNew = call.Operation == "Resize" && call.Opset >= 11;
        if (isNew && call.Integer("antialias", 0) != 0)
        {
            throw call.CreateException("antialias is not supported");
        }

        ResizedAxis[] axes = [.. FindAxes(call, x, isNew)];
        if (axes.Length > 2)
        {
            throw call.CreateException("more than two axes cannot be resized at once");
        }

        if (axes.Length == 0)
        {
            return x;
        }

        ResizeRule rule = ResizeRule.Read(call, isNew);
        OnnxMap map = Place(x, axes);
        ResizedAxis? rows = axes.Length == 2 ? axes[0] : null;
        return new OnnxMap(Resize(map.Value, rows, axes[^1], rule), new MapAxes(
        [
            .. map.Axes.Axes.Select((parts, axis) =>
                axis == axes[^1].Axis ? Sized(3, axes[^1].Result)
                : axis == rows?.Axis ? Sized(2, rows.Value.Result)
                : parts),
        ]));

        static AxisPart[] Sized(int place, int size) => size > 1 ? [new AxisPart(place, size, 1)] : [];
    }

    /// <summary>The tensor over a map whose rows and columns are the axes to be resized.</summary>
    private static OnnxMap Place(OnnxMap x, ResizedAxis[] axes)
    {
        int[] named = [.. axes.Select(axis => axis.Axis)];
        int[] others = [.. Enumerable.Range(0, x.Axes.Rank).Where(axis => !named.Contains(axis) && x.Dims[axis] > 1)];
        return axes.Length == 2
            ? x.Arrange(others, named[..1], named[1..])
            : x.Arrange(others.Length > 0 ? others[..1] : [], others.Length > 1 ? others[1..] : [], named);
    }

    private static Value Resize(Value x, ResizedAxis? rows, ResizedAxis columns, ResizeRule rule)
    {
        ResizedAxis down = rows ?? new ResizedAxis(0, x.Shape.H, x.Shape.H, 1, 0, 1);
        bool isExact = (down.IsExact && columns.IsExact) || rule.Grid == "align_corners";
        return rule.Mode switch
        {
            "linear" when isExact && rule.KnownGrid is { } grid => x.Resize(down.Result, columns.Result, grid),
            "nearest" when isExact && (rule.Grid, rule.Rounding) == ("asymmetric", "floor") =>
                x.ResizeNearest(down.Result, columns.Result),
            "nearest" => new NearestResize(
                x,
                SourceAxis.FromFunction(x.Shape.H, down.Result, i => rule.FindNearest(down, i)),
                SourceAxis.FromFunction(x.Shape.W, columns.Result, i => rule.FindNearest(columns, i))).Output,
            _ => new Resample(
                x,
                TapAxis.FromFunction(x.Shape.H, down.Result, i => rule.FindTaps(down, i)),
                TapAxis.FromFunction(x.Shape.W, columns.Result, i => rule.FindTaps(columns, i))).Output,
        };
    }

    /// <summary>The axes whose size changes, or that are moved.</summary>
    private static IEnumerable<ResizedAxis> FindAxes(OnnxCall call, OnnxMap x, bool isNew)
    {
        int rank = x.Axes.Rank;
        int[] axes = call.Integers("axes") is { Count: > 0 } given
            ? [.. given.Select(axis => call.ToAxis(axis, rank))]
            : [.. Enumerable.Range(0, rank)];
        double[]? sizes = isNew && call.HasInput(3) && call.Numbers(3) is { Length: > 0 } named ? named : null;
        int index = isNew ? 2 : 1;
        double[] scales = sizes is not null ? [.. sizes.Select((size, i) => size / x.Dims[At(i)])]
            : call.HasInput(index) ? call.Numbers(index)
            : [.. (call.Attribute("scales")?.Floats ?? []).Select(scale => (double)scale)];
        if (scales.Length != axes.Length)
        {
            throw call.CreateException($"it names {scales.Length} sizes for {axes.Length} axes");
        }

        string policy = call.Text("keep_aspect_ratio_policy", "stretch");
        if (sizes is not null && policy != "stretch")
        {
            double one = policy == "not_larger" ? scales.Min() : scales.Max();
            scales = [.. scales.Select(_ => one)];
            sizes =
                [.. axes.Select(axis => Math.Round(one * x.Dims[axis], MidpointRounding.AwayFromZero))];
        }

        double[] region = isNew && call.HasInput(1) && call.Numbers(1) is { Length: > 0 } roi ? roi : [];
        bool isCropped = call.Text("coordinate_transformation_mode", "") == "tf_crop_and_resize";
        for (int i = 0; i < axes.Length; i++)
        {
            double exact = sizes?[i] ?? RoundSize(x.Dims[axes[i]] * scales[i]);
            (double start, double end) = isCropped && region.Length == 2 * axes.Length
                ? (region[i], region[axes.Length + i])
                : (0, 1);
            int result = call.ToSize(Math.Floor(exact), 1);
            if (result != x.Dims[axes[i]] || (start, end) != (0, 1))
            {
                yield return new ResizedAxis(axes[i], x.Dims[axes[i]], result, scales[i], start, end);
            }
        }

        int At(int i) => i < axes.Length ? axes[i] : throw call.CreateException("there are more sizes than axes");
    }

    /// <summary>A size without the rounding of a scale in float32.</summary>
    private static double RoundSize(double size) =>
        Math.Abs(size - Math.Round(size)) < 1e-4 * size ? Math.Round(size) : size;

    /// <summary>An axis that is resized: its sizes, the factor between them, and the part of it that is
    /// shown.</summary>
    private readonly record struct ResizedAxis(
        int Axis, int Source, int Result, double Scale, double Start, double End)
    {
        /// <summary>Whether the factor is that of the sizes; else it alone says where pixels come from.</summary>
        public bool IsExact => Math.Abs((Source * Scale) - Result) < 1e-4 * Result && (Start, End) == (0, 1);
    }

    /// <summary>How pixels are looked up.</summary>
    private sealed record ResizeRule(
        string Mode, string Grid, string Rounding, double Cubic, bool ExcludesOutside)
    {
        /// <summary>The grid of our own resizing; null if it has none like it.</summary>
        public ResizeGrid? KnownGrid => Grid switch
        {
            "half_pixel" or "pytorch_half_pixel" or "half_pixel_symmetric" => ResizeGrid.HalfPixel,
            "align_corners" => ResizeGrid.AlignCorners,
            "asymmetric" => ResizeGrid.Asymmetric,
            _ => null,
        };

        public static ResizeRule Read(OnnxCall call, bool isNew)
        {
            string name = call.Text("mode", "nearest");
            string mode = name == "bilinear" ? "linear" : name;
            string grid = isNew ? call.Text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
            string rounding = isNew ? call.Text("nearest_mode", "round_prefer_floor") : "floor";
            bool isKnown = mode is "nearest" or "linear" or "cubic"
                && grid is "half_pixel" or "pytorch_half_pixel" or "half_pixel_symmetric" or "align_corners"
                    or "asymmetric" or "tf_half_pixel_for_nn" or "tf_crop_and_resize"
                && rounding is "floor" or "ceil" or "round_prefer_floor" or "round_prefer_ceil";
            return isKnown
                ? new ResizeRule(
                    mode,
                    grid,
                    rounding,
                    call.Float("cubic_coeff_a", (float)DefaultCubic),
                    call.Integer("exclude_outside", 0) != 0)
                : throw call.CreateException(CheckpointException.Sanitize(
                    $"mode {mode} with {grid} and {rounding} is not supported"));
        }

        /// <summary>The nearest pixel.</summary>
        public int FindNearest(ResizedAxis axis, int index)
        {
            // In float32, as others compute it: at a tie the last bit decides.
            float place = (float)FindPlace(axis, index);
            return (int)(Rounding switch
            {
                "floor" => MathF.Floor(place),
                "ceil" => MathF.Ceiling(place),
                "round_prefer_ceil" => MathF.Floor(place + 0.5f),
                _ => MathF.Ceiling(place - 0.5f),
            });
        }

        /// <summary>The pixels around a place with their weights.</summary>
        public IEnumerable<(int Source, float Weight)> FindTaps(ResizedAxis axis, int index)
        {
            double place = FindPlace(axis, index);
            if (Mode == "linear")
            {
                place = Math.Clamp(place, 0, axis.Source - 1);
            }

            int first = (int)Math.Floor(place);
            double fraction = place - first;
            if (Mode == "linear")
            {
                return [(first, (float)(1 - fraction)), (first + 1, (float)fraction)];
            }

            (int Source, double Weight)[] taps =
                [.. Enumerable.Range(-1, 4).Select(i => (first + i, Weigh(Math.Abs(i - fraction))))];
            taps = ExcludesOutside ? [.. taps.Where(tap => tap.Source >= 0 && tap.Source < axis.Source)] : taps;
            double sum = ExcludesOutside ? taps.Sum(tap => tap.Weight) : 1;
            return taps.Select(tap => (tap.Source, (float)(tap.Weight / sum)));
        }

        /// <summary>Cubic convolution (Keys 1981).</summary>
        private double Weigh(double distance) => distance <= 1
            ? ((((Cubic + 2) * distance) - (Cubic + 3)) * distance * distance) + 1
            : ((((((distance - 5) * distance) + 8) * distance) - 4) * Cubic);

        private double FindPlace(ResizedAxis axis, int index)
        {
            double scale = axis.Scale;
            double middle = ((index + 0.5) / scale) - 0.5;
            return Grid switch
            {
                "align_corners" => axis.Result > 1 ? (double)index * (axis.Source - 1) / (axis.Result - 1) : 0,
                "asymmetric" => index / scale,
                "pytorch_half_pixel" => axis.Result > 1 ? middle : 0,
                "tf_half_pixel_for_nn" => (index + 0.5) / scale,
                "half_pixel_symmetric" => middle
                    + (axis.Source / 2.0 * (1 - (axis.Result / (scale * axis.Source)))),
                "tf_crop_and_resize" => axis.Result > 1
                    ? (axis.Start * (axis.Source - 1))
                        + (index * (axis.End - axis.Start) * (axis.Source - 1) / (axis.Result - 1))
                    : 0.5 * (axis.Start + axis.End) * (axis.Source - 1),
                _ => middle,
            };
        }
    }
}
