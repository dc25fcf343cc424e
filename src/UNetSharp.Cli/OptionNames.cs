namespace UNetSharp.Cli;

/// <summary>What the settings that the library's errors name are called on the command line.</summary>
internal static class OptionNames
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["BatchSize"] = "--batch",
        ["Channels"] = "--channels",
        ["Classes"] = "--classes",
        ["ClipNorm"] = "--clip",
        ["Crop"] = "--crop",
        ["Csv"] = "--csv",
        ["Folds"] = "--folds",
        ["HasContours"] = "--contours",
        ["HasSideOutputs"] = "--side-outputs",
        ["IsDynamic"] = "--dynamic",
        ["IsResumed"] = "--resume",
        ["IsValidationOnly"] = "--validation",
        ["Json"] = "--json",
        ["LearningRate"] = "--lr",
        ["Memory"] = "--memory",
        ["MembraneClass"] = "--membranes",
        ["MinArea"] = "--min-area",
        ["Model"] = "--model",
        ["Input"] = "--input-range, --mean, --std, --bgr",
        ["Output"] = "--out",
        ["OutputName"] = "--output",
        ["Overlap"] = "--overlap",
        ["Page"] = "--html",
        ["Scale"] = "--scale",
        ["Size"] = "--size",
        ["SkipsBad"] = "--skip-bad",
        ["Threshold"] = "--threshold",
        ["Tile"] = "--tile",
    };

    /// <summary>An error's line, with the options behind it that mend it.</summary>
    public static string Explain(UNetSharpException error)
    {
        string[] options = [.. error.Settings.Select(setting => Names.GetValueOrDefault(setting)).OfType<string>()];
        return options.Length == 0 ? error.Message : $"{error.Message} ({string.Join(", ", options)})";
    }
}
