using System.Globalization;
using System.Text;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>
/// Scores as comma-separated values (RFC 4180): a row for each image and each of its classes; the figures of the whole
/// image, which start with image_, stand in each of its rows. What there is not is empty.
/// </summary>
internal static class ScoresCsv
{
    private const string ClassHead = "image,class,dice,iou,precision,recall,f1,hausdorff95,boundary_f";

    /// <summary>The file's text.</summary>
    public static string Compose(Evaluation evaluation)
    {
        StringBuilder text = new(ClassHead);
        foreach (Metric measure in Metric.All)
        {
            text.Append(",image_").Append(ToSnakeCase(measure.Name));
        }

        text.Append('\n');
        foreach (ImageScore image in evaluation.Images)
        {
            string figures = string.Join(',', Metric.All.Select(measure => FormatNumber(measure.GetValue(image))));
            foreach (ClassScores k in image.Classes)
            {
                double?[] scores = [k.Dice, k.Iou, k.Precision, k.Recall, k.F1, k.Hausdorff95, k.BoundaryF];
                text.Append(CultureInfo.InvariantCulture, $"{Quote(image.Name)},{k.Class},")
                    .Append(
                        CultureInfo.InvariantCulture, $"{string.Join(',', scores.Select(FormatNumber))},{figures}\n");
            }
        }

        return text.ToString();
    }

    private static string FormatNumber(double? value) => value?.ToString("g6", CultureInfo.InvariantCulture) ?? "";

    private static string Quote(string name) =>
        name.AsSpan().IndexOfAny(",\"\r\n") < 0 ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select(c => char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : $"{c}"));
}
