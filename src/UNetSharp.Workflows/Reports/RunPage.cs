using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using System.Text.Json.Nodes;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Training;

namespace UNetSharp.Workflows;

/// <summary>The page of a training run: curves, classes, the worst and best images, settings, machine.</summary>
internal static class RunPage
{
    private const double BytesOfMegabyte = 1 << 20;

    /// <summary>The page's text.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <param name="masks">What classes are called.</param>
    /// <param name="progress">The last epoch that is done.</param>
    /// <param name="state">How training stands, in words.</param>
    /// <param name="log">Figures of all epochs.</param>
    /// <param name="nextSteps">What to do with the run, for people; null for no advice.</param>
    public static string Compose(
        string folder,
        TrainingSettings settings,
        MaskClasses masks,
        TrainingProgress progress,
        string state,
        TrainingLog log,
        string? nextSteps)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        string dice = progress.ValidationDice is { } value
            ? $"Validation Dice <b>{Page.FormatNumber(value)}</b>, loss"
            : "Loss";
        return Page.Compose($"Training {settings.Model.Model}: {name}", $"""
            <p class="big">{dice} <b>{Page.FormatNumber(log.Line("loss", "loss").Points[^1].Value, 4)}</b>
            after epoch {progress.Epoch} of {progress.Epochs}; {Page.Encode(state)}</p>
            <h2>Curves</h2>
            <div class="charts">
            {LineChart.Draw("Loss on the training images", log.Line("loss", "loss"))}
            {LineChart.Draw("Terms of the loss", log.Lines("loss_"))}
            {LineChart.Draw(
                "Validation",
                log.Line("validation_dice", "Dice"),
                log.Line("validation_iou", "IoU"),
                log.Line("validation_precision", "precision"),
                log.Line("validation_recall", "recall"))}
            {LineChart.Draw("Learning rate", log.Line("learning_rate", "learning rate"))}
            {LineChart.Draw("Images per second", log.Line("images_per_second", "images per second"))}
            </div>
            {(progress.Validation is { } validation ? RenderValidation(validation, masks) : "")}
            {(nextSteps is null ? "" : Advice(nextSteps))}
            <h2>Time and machine</h2>
            {Page.RenderTable([], ListMachine(settings, progress))}
            <h2>Settings</h2>
            {Page.RenderTable([], ListSettings("", JsonSerializer.SerializeToNode(settings)!.AsObject()))}
            """);
    }

    private static string RenderValidation(ValidationResult validation, MaskClasses masks) => $"""
        <h2>Classes, over the pixels of {validation.Images.Count} validation images</h2>
        {Page.RenderTable(ScoreTable.FromClasses(validation.Classes, masks))}
        <p class="soft">Dice above is the mean of the images' own Dice; IoU, precision and recall of the curves are over
        all pixels, as in this table, and means of the classes other than the background, which is 0.</p>
        <h2>Worst validation images</h2>
        {Gallery.Draw(validation.Worst)}
        {RenderBest(validation.Best.Except(validation.Worst).ToArray())}
        """;

    private static string RenderBest(ScoredPicture[] pictures) => pictures.Length == 0 ? "" : $"""
        <h2>Best validation images</h2>
        {Gallery.Draw(pictures)}
        """;

    private static string Advice(string nextSteps) => $"""
        <h2>What to do next</h2>
        <pre>{Page.Encode(nextSteps)}</pre>
        """;

    private static IEnumerable<string[]> ListMachine(TrainingSettings settings, TrainingProgress progress) =>
    [
        ["time so far", $"{(int)progress.Elapsed.TotalHours}:{progress.Elapsed:mm\\:ss} hours"],
        ["images per second", Page.FormatNumber(progress.ImagesPerSecond, 2)],
        ["share of time waiting for images", progress.WaitShare.ToString("p1", CultureInfo.InvariantCulture)],
        ["memory", $"{Page.FormatNumber(Environment.WorkingSet / BytesOfMegabyte, 0)} MB resident"],
        ["threads", $"{settings.Threads} of {Environment.ProcessorCount} processors"],
        ["processor", $"{RuntimeInformation.ProcessArchitecture}, vectors of {VectorBits} bits"],
        ["system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}"],
    ];

    private static int VectorBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Every setting that is set, those within others with both names.</summary>
    private static IEnumerable<string[]> ListSettings(string prefix, JsonObject settings) => settings.SelectMany(pair =>
        pair.Value is JsonObject inner
            ? ListSettings($"{prefix}{pair.Key}.", inner)
            : pair.Value is null or JsonArray { Count: 0 } ? []
            : [[prefix + pair.Key, AllowLineBreaks(pair.Value.ToString())]]);

    /// <summary>A list that may go on in the next line.</summary>
    private static string AllowLineBreaks(string list) => list.Replace(",", ", ", StringComparison.Ordinal);
}
