namespace UNetSharp.Interop.Onnx;

/// <summary>What a Slice takes of an axis: starts, ends and steps may be negative or beyond the ends.</summary>
internal static class OnnxRange
{
    /// <summary>The first place, the step, and how many places there are.</summary>
    public static (int First, int Step, int Count) Find(
        OnnxCall call, double start, double end, double step, int size)
    {
        if (Math.Abs(step) is not (>= 1 and <= int.MaxValue) || step != Math.Floor(step))
        {
            throw call.CreateException($"steps of {step} make no sense");
        }

        // Backwards, the end lies before the first place.
        (double min, double max) = step > 0 ? (0, size) : (-1, size - 1);
        double first = Math.Clamp(start < 0 ? start + size : start, Math.Max(min, 0), Math.Max(max, 0));
        double last = Math.Clamp(end < 0 ? end + size : end, min, max);
        return ((int)first, (int)step, (int)Math.Max(0, Math.Ceiling((last - first) / step)));
    }
}
