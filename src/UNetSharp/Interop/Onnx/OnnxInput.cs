using System.Globalization;
using UNetSharp.Data;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// Which numbers an ONNX file wants for a picture, as far as it says so: by the type of its input, by what is done to
/// it first (a division by 255, the subtraction of a mean), or by entries <c>mean</c> and <c>std</c> of its texts.
/// </summary>
internal static class OnnxInput
{
    private const int MaxSteps = 16;
    private const int MaxNumbers = 4;
    private const float Full = byte.MaxValue;

    private static readonly HashSet<string> Turning =
        ["Identity", "Cast", "Transpose", "Squeeze", "Unsqueeze", "Reshape", "Pad", "Resize", "Upsample", "Slice"];

    /// <summary>The numbers; null if nothing in the file says which.</summary>
    public static InputValues? FindValues(OnnxModel model, OnnxGraph graph, OnnxValueInfo input, int channels)
    {
        float? white = OnnxTensor.IsIntegerType(input.Type) ? Full : FindWhite(graph, input.Name);
        float[]? mean = ReadNumbers(model.Metadata, "mean");
        float[]? std = ReadNumbers(model.Metadata, "std");
        white ??= mean is null ? null : mean.Max() > 1 ? Full : 1;
        InputValues? values = white is { } value ? new InputValues(0, value, mean, std) : null;
        return values?.IsValid(channels) == true ? values : null;
    }

    /// <summary>The number for white, by what is done to the input first.</summary>
    private static float? FindWhite(OnnxGraph graph, string input)
    {
        string name = input;
        for (int step = 0; step < MaxSteps && graph.FindReaders(name) is [{ Outputs.Count: > 0 } node]; step++)
        {
            switch (node.Operation)
            {
                case var operation when Turning.Contains(operation):
                    break;
                case "Mul" or "Div" or "Sub" or "Add" when graph.Separate(node, MaxNumbers).Numbers is { } numbers:
                    if (FindWhite(node.Operation, numbers) is { } white)
                    {
                        return white;
                    }

                    break;
                case "QuantizeLinear"
                    when node.Inputs.Count > 1 && graph.FindConstant(node.Inputs[1], 1) is [var scale]:
                    return scale * Full > Full / 2 ? Full : 1;
                case "BatchNormalization" when node.Inputs.Count > 3
                    && graph.FindConstant(node.Inputs[3], MaxNumbers) is { } means:
                    return means.Max() > 2 ? Full : 1;
                default:
                    return null;
            }

            name = node.Outputs[0];
        }

        return null;
    }

    /// <summary>
    /// What a first step says: who divides by some 255 or by deviations of some 58, or subtracts some 110, reads 0 to
    /// 255; who multiplies by 255, divides by some 0.2 or subtracts some 0.45 reads 0 to 1. Sums with 1 and products
    /// with 2 say nothing yet.
    /// </summary>
    private static float? FindWhite(string operation, float[] numbers)
    {
        float size = numbers.Select(MathF.Abs).Max();
        bool isSum = operation is "Sub" or "Add";
        float factor = operation == "Div" ? 1 / size : size;
        return isSum ? (size > 2 ? Full : size is > 0 and < 0.9f ? 1 : null)
            : factor is > 0 and < 0.1f ? Full
            : factor > 3 ? 1
            : null;
    }

    private static float[]? ReadNumbers(IReadOnlyDictionary<string, string> metadata, string key)
    {
        string? text = metadata
            .FirstOrDefault(entry => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;
        string[] parts = (text ?? "").Split(
            [',', ' ', '[', ']', '(', ')', ';'], StringSplitOptions.RemoveEmptyEntries);
        List<float> numbers = [];
        foreach (string part in parts.Take(MaxNumbers + 1))
        {
            if (!float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers.Count is > 0 and <= MaxNumbers ? [.. numbers] : null;
    }
}
