using System.Text;
using System.Text.Json;
using UNetSharp.Files;

namespace UNetSharp.Data.Layouts;

/// <summary>JSON files that people and programs wrote.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Lenient =
        new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file, with or without a byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Bytes beyond which it is refused.</param>
    /// <exception cref="DataException">It is missing, too long or no JSON in UTF-8.</exception>
    public static JsonDocument Read(string path, long maxBytes)
    {
        try
        {
            if (new FileInfo(path).Length > maxBytes)
            {
                throw new DataException($"{path}: is longer than the {maxBytes >> 10} KiB that are read of such "
                    + "a file.");
            }

            ReadOnlyMemory<byte> bytes = RegularFile.ReadAllBytes(path);
            if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            {
                bytes = bytes[Encoding.UTF8.Preamble.Length..];
            }

            _ = Strict.GetCharCount(bytes.Span);
            return JsonDocument.Parse(bytes, Lenient);
        }
        catch (ArgumentException e)
        {
            throw new DataException($"{path}: is not written in UTF-8. Save it as UTF-8.", e);
        }
        catch (JsonException e)
        {
            throw new DataException(
                $"{path}: is no JSON in line {e.LineNumber + 1}: {DataException.Sanitize(e.Message)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads what JSON holds; a text that is no Unicode or a number that fits no type is an error of the
    /// file.</summary>
    /// <exception cref="DataException">It does not hold what is expected.</exception>
    public static T Parse<T>(string path, JsonDocument json, string what, Func<JsonElement, T> parse)
    {
        try
        {
            return parse(json.RootElement);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException
            or OverflowException or IndexOutOfRangeException)
        {
            throw new DataException(
                $"{path}: looks like {what}, but is damaged: {DataException.Sanitize(e.Message)}", e);
        }
    }

    /// <summary>The property of an object; null if it has none.</summary>
    public static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
}
