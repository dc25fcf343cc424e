using System.Security.Cryptography;
using System.Text.Json;
using UNetSharp.Inference;
using UNetSharp.Interop;

namespace UNetSharp.Cli.Prediction;

/// <summary>
/// Which masks of a folder are done. <c>predict.json</c> beside them says what they were made with: the weights'
/// SHA-256, the folder of the pictures, and the options that change a mask. It is written before the first mask; with
/// other weights or options it is written anew. So a mask is done if it is newer than its picture and than the record
/// of just this prediction.
/// </summary>
internal sealed class PredictionRecord
{
    public const string FileName = "predict.json";

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly DateTime _since;

    private PredictionRecord(DateTime since) => _since = since;

    /// <summary>Finds the record of a folder, or writes it.</summary>
    /// <param name="folder">Folder of the masks.</param>
    /// <param name="contents">What masks are made with.</param>
    public static PredictionRecord Open(string folder, Contents contents)
    {
        string path = Path.Combine(folder, FileName);
        string text = JsonSerializer.Serialize(contents, Readable) + "\n";
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            AtomicFile.WriteText(path, text);
        }

        return new PredictionRecord(File.GetLastWriteTimeUtc(path));
    }

    /// <summary>Whether a mask is done.</summary>
    public bool IsDone(string picture, string mask) =>
        File.Exists(mask)
        && File.GetLastWriteTimeUtc(mask) >= _since
        && File.GetLastWriteTimeUtc(mask) > File.GetLastWriteTimeUtc(picture);

    /// <summary>What masks are made with.</summary>
    /// <param name="Weights">SHA-256 of the file of weights.</param>
    /// <param name="Told">The options that were given for what the weights do not say; null for none.</param>
    /// <param name="Pictures">Folder of the pictures.</param>
    /// <param name="Settings">How pictures are cut, scaled and turned.</param>
    /// <param name="Threshold">Probability above which a pixel is foreground.</param>
    /// <param name="Exact">Whether convolutions are summed up as they are defined.</param>
    /// <param name="Outputs">What is written.</param>
    internal sealed record Contents(
        string Weights,
        string? Told,
        string Pictures,
        SegmentationSettings Settings,
        float Threshold,
        bool Exact,
        PredictionOutputs Outputs)
    {
        /// <summary>The fingerprint of a file.</summary>
        public static string HashOf(string file)
        {
            using FileStream stream = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
    }
}
