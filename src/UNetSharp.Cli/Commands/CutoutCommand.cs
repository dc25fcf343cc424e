using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Commands;

/// <summary>Takes the background out of photographs.</summary>
internal static class CutoutCommand
{
    private const string CutoutSuffix = ".cutout.png";
    private const string MatteSuffix = ".matte.png";

    private static readonly Dictionary<string, (byte R, byte G, byte B)> NamedColors = new()
    {
        ["white"] = (255, 255, 255),
        ["black"] = (0, 0, 0),
        ["grey"] = (128, 128, 128),
        ["green"] = (0, 177, 64),
    };

    private static readonly Argument<string> Input = new("photo") { Description = "A photo, or a folder of photos" };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = $"PNG file, or folder for those of a folder [default: NAME{CutoutSuffix} beside the photo]",
    };

    // As for other commands, but what to give is said where it is missing.
    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "U²-Net as background removal uses it (u2net, u2netp, u2net_human_seg, silueta; .onnx or .pth), "
            + "or the run or file of any other network, whose foreground is kept",
    };

    private static readonly Option<bool> Matte = new("--matte")
    {
        Description = $"Write how opaque pixels are, as grey, instead of the photo: NAME{MatteSuffix}",
    };

    private static readonly Option<string?> Background = new("--background")
    {
        Description = $"Lay the photo over a colour: RRGGBB, {string.Join(", ", NamedColors.Keys)}",
    };

    private static readonly Option<int> Threads = CommonOptions.Threads();

    public static Command Build()
    {
        Command command =
            new("cutout", "Take the background out of photos: PNG that is transparent around the subject.")
        {
            Input, Out, Weights, Matte, Background, Threads,
        };
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        bool isMatte = parsed.GetValue(Matte);
        (byte R, byte G, byte B)? background = parsed.GetValue(Background) is { } text ? ParseColor(text) : null;
        if (isMatte && background is not null)
        {
            throw new UsageException($"{Matte.Name} and {Background.Name}: a matte has no background; leave one out.");
        }

        string weights = parsed.GetValue(Weights) ?? throw new UsageException(
            "cutout needs a network: give --weights FILE, for example u2netp.onnx (4 MB) or u2net.onnx (176 MB) from "
            + "https://github.com/danielgatis/rembg/releases/tag/v0.0.0, u2netp.pth or u2net.pth from "
            + "https://github.com/xuebinqin/U-2-Net, or the folder of a training run.");
        int threads = CommonOptions.ReadThreads(parsed, Threads);
        (string Photo, string Result)[] files =
            FindFiles(parsed.GetRequiredValue(Input), parsed.GetValue(Out), isMatte ? MatteSuffix : CutoutSuffix);
        using Segmenter segmenter = new(WeightsOptions.Load(parsed, weights), threads);
        int failed = ProgressBar.Run(bar => files.Select((file, index) =>
        {
            bar.Update(
                (double)index / files.Length, $"{index} of {files.Length} photos, {Path.GetFileName(file.Photo)}");
            return TryCutOut(segmenter, file.Photo, file.Result, isMatte, background);
        }).Count(isDone => !isDone));
        Console.WriteLine(files.Length == 1 && failed == 0
            ? files[0].Result
            : $"{files.Length - failed} of {files.Length} photos done" + (failed > 0 ? $", {failed} failed" : ""));
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static bool TryCutOut(
        Segmenter segmenter, string photo, string result, bool isMatte, (byte R, byte G, byte B)? background)
    {
        try
        {
            Picture picture = PictureNotes.Print(ImageFile.Read(photo), photo, segmenter.Brightness);
            float[] alpha = Foreground(segmenter.Segment(picture));
            if (Cutout.ReadOpacity(photo) is { } opacity)
            {
                // What was transparent stays so.
                alpha = [.. alpha.Zip(opacity, (ours, theirs) => ours * theirs)];
            }

            if (isMatte)
            {
                byte[] matte = Array.ConvertAll(alpha, value => (byte)MathF.Round(value * byte.MaxValue));
                ImageFile.WriteGrey(result, matte, picture.Width, picture.Height);
            }
            else if (background is { } color)
            {
                Cutout.WriteOver(result, picture, alpha, Cutout.ReadProfile(photo), color);
            }
            else
            {
                Cutout.WriteTransparent(result, picture, alpha, Cutout.ReadProfile(photo));
            }

            return true;
        }
        catch (DataException e)
        {
            Console.Error.WriteLine($"unet: {e.Message}");
            return false;
        }
    }

    /// <summary>Probability that a pixel is none of the background.</summary>
    private static float[] Foreground(Segmentation result) =>
        result.Channels == 1 ? result.Probabilities : Array.ConvertAll(result.GetProbability(0), value => 1 - value);

    /// <summary>The photos, and where their results go. What this command has written is no photo.</summary>
    private static (string Photo, string Result)[] FindFiles(string input, string? output, string suffix)
    {
        if (!Directory.Exists(input))
        {
            string result = output is null ? Beside(input) : Directory.Exists(output) ? In(output, input) : output;
            RejectBadPaths([(input, result)]);
            return File.Exists(input)
                ? [(input, result)]
                : throw new DataException($"{input}: there is no such file or folder.");
        }

        (string Photo, string Result)[] files =
        [
            .. DataFolder.ImageFiles(input)
                .Where(photo => !photo.EndsWith(CutoutSuffix, StringComparison.Ordinal))
                .Where(photo => !photo.EndsWith(MatteSuffix, StringComparison.Ordinal))
                .Select(photo => (photo, output is null ? Beside(photo) : In(output, photo))),
        ];
        RejectBadPaths(files);
        Directory.CreateDirectory(output ?? input);
        return files.Length > 0 ? files : throw new DataException($"{input}: holds no photos.");

        string In(string folder, string photo) => Path.Combine(folder, Path.GetFileName(Beside(photo)));
        string Beside(string photo) => Path.ChangeExtension(photo, null) + suffix;
    }

    private static void RejectBadPaths((string Photo, string Result)[] files)
    {
        foreach ((string photo, string result) in files)
        {
            if (Path.GetFullPath(photo) == Path.GetFullPath(result))
            {
                throw new UsageException($"--out {result}: would overwrite the photo; name another file.");
            }

            if (!result.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException($"--out {result}: the result is a PNG file; give a name that ends with .png.");
            }
        }

        if (files.GroupBy(file => file.Result).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            throw new UsageException(
                $"{string.Join(" and ", twins.Select(file => file.Photo))} would both become {twins.Key}; rename one.");
        }
    }

    private static (byte R, byte G, byte B) ParseColor(string text)
    {
        if (NamedColors.TryGetValue(text, out (byte R, byte G, byte B) color))
        {
            return color;
        }

        string digits = text.TrimStart('#');
        return digits.Length == 6
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb)
            ? ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb)
            : throw new UsageException(
                $"--background {text}: give RRGGBB, for example FFCC00, or {string.Join(", ", NamedColors.Keys)}.");
    }
}
