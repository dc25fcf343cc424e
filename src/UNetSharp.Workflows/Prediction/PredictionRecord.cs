using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using UNetSharp.Files;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>
/// Which masks of a folder are done. <c>predict.json</c> beside them says what they were made with: the weights'
/// SHA-256, what network they are, the folder of the pictures, and the settings that change a mask. It is written
/// before the first mask; with other weights or settings it is written anew. So a mask is done if it is newer than its
/// picture and than the record of just this prediction.
/// </summary>
internal sealed class PredictionRecord
{
    private const string FileName = "predict.json";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly DateTime _since;

    private PredictionRecord(DateTime since) => _since = since;

    /// <summary>Finds the record in the folder of the masks, or writes it.</summary>
    /// <param name="settings">What masks are made with.</param>
    /// <param name="network">What the weights are.</param>
    /// <param name="pictures">Folder of the pictures.</param>
    public static PredictionRecord Open(PredictionSettings settings, NetworkDescription network, string pictures)
    {
        string path = Path.Combine(settings.Output, FileName);
        Contents contents = new(ComputeHash(TrainedNetwork.ResolveFile(settings.Weights)), network, pictures, settings);
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

    private static string ComputeHash(string file)
    {
        using FileStream stream = RegularFile.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>What masks are made with.</summary>
    /// <param name="Weights">SHA-256 of the file of weights.</param>
    /// <param name="Network">What the weights are.</param>
    /// <param name="Pictures">Folder of the pictures.</param>
    /// <param name="Settings">What changes a mask, or the files beside it.</param>
    private sealed record Contents(
        string Weights, NetworkDescription Network, string Pictures, PredictionSettings Settings);
}
