using NetVips;
using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>libvips (https://www.libvips.org), which comes with the package NetVips.Native: set up once, at first use.</summary>
internal static class Vips
{
    private static readonly string[] Vague = [": load error", ": unable to open source for input"];

    private static readonly Lazy<bool> Started = new(Start);

    /// <summary>Opens a file; its header alone is read until pixels are asked for.</summary>
    /// <param name="format">Its format, which chooses the loader.</param>
    /// <param name="path">The file.</param>
    /// <param name="page">Page of a TIFF file.</param>
    /// <param name="access">Sequential where rows are read once, from the top.</param>
    public static Image Open(
        ImageFormat format, string path, int page = 0, Enums.Access access = Enums.Access.Random)
    {
        EnsureStarted();
        VOption options = Strict();
        options.Add("access", access);
        if (format == ImageFormat.Tiff)
        {
            options.Add("page", page);
        }

        return (Image)Operation.Call(format.Loader, options, path);
    }

    /// <summary>Opens the bytes of a file, of which a copy is made.</summary>
    public static Image Open(ImageFormat format, ReadOnlySpan<byte> bytes)
    {
        EnsureStarted();
        using Source source = Source.NewFromMemory(bytes);
        return (Image)Operation.Call(format.Loader + "_source", Strict(), source);
    }

    /// <summary>
    /// Wraps pixels, of which a copy is made. What they mean must be said: without, samples of 16 bit would be saved
    /// with 8.
    /// </summary>
    public static Image FromPixels<T>(
        ReadOnlySpan<T> samples, int width, int height, int bands, Enums.Interpretation interpretation)
        where T : unmanaged
    {
        EnsureStarted();
        Enums.BandFormat format = typeof(T) == typeof(ushort) ? Enums.BandFormat.Ushort : Enums.BandFormat.Uchar;
        using Image plain = Image.NewFromMemoryCopy(samples, width, height, bands, format);
        return plain.Copy(interpretation: interpretation);
    }

    /// <summary>Loads and sets up the library.</summary>
    /// <exception cref="DataException">It does not run here.</exception>
    public static void EnsureStarted() => _ = Started.Value;

    /// <summary>What libvips says went wrong, in one line.</summary>
    public static string Reason(VipsException e)
    {
        // The first line names the operation. The next ones may begin with what was got over before, and end in what says
        // nothing; each names who speaks, but for continuations of the line above.
        string[] lines = e.Message.Split(
            ['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Skip(1).LastOrDefault(IsReason, lines[^1]);
    }

    private static bool IsReason(string line) => line.Contains(": ", StringComparison.Ordinal)
        && !Vague.Any(end => line.EndsWith(end, StringComparison.Ordinal));

    // A damaged file, or one that ends early, is refused, not filled up with grey.
    private static VOption Strict() => new() { { "fail_on", Enums.FailOn.Error } };

    private static bool Start()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            string reason = ModuleInitializer.Exception.Message.ReplaceLineEndings(" ").Trim();
            throw new DataException(
                "libvips, which reads and writes image files, does not start. The package NetVips.Native brings it for "
                    + $"Windows, macOS and Linux on x64 and ARM; elsewhere install libvips 8.18 or later. {reason}",
                ModuleInitializer.Exception);
        }

        // Files are read on threads of ours, each once.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;

        // It warns of damaged files on standard error, beside the error that becomes our one line.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, (_, _, _) => { });
        return true;
    }
}
