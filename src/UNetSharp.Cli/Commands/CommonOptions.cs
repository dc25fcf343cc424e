using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;

namespace UNetSharp.Cli.Commands;

/// <summary>Options that several commands have, and how their texts are read.</summary>
internal static class CommonOptions
{
    public static Option<int> Threads() => new("--threads")
    {
        Description = "Threads to compute on",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public static Option<bool> Exact() => new("--exact")
    {
        Description = "Sum up convolutions as they are defined: slower, and without the rounding of fast ones",
    };

    public static Option<bool> SkipBad() => new("--skip-bad")
    {
        Description = "Leave out pairs that cannot be read or whose sizes differ, and images without a mask",
    };

    public static Option<string> Weights() => new("--weights")
    {
        Description = "Folder of a training run, or a file: .safetensors, PyTorch's .pth, or .onnx",
        Required = true,
    };

    /// <summary>Threads to compute on: more than the machine has would be in each other's way.</summary>
    public static int ReadThreads(ParseResult parsed, Option<int> option)
    {
        int threads = AtLeast(1, parsed.GetValue(option), option.Name);
        if (threads > Environment.ProcessorCount)
        {
            Console.Error.WriteLine($"note: {option.Name} {threads}: this machine has {Environment.ProcessorCount} "
                + $"processors, so {Environment.ProcessorCount} threads compute");
        }

        return Math.Min(threads, Environment.ProcessorCount);
    }

    /// <summary>A whole number of at least <paramref name="min"/>.</summary>
    public static int AtLeast(int min, int value, string option) =>
        value >= min ? value : throw new UsageException($"{option} {value}: give a number of at least {min}.");

    /// <summary>"auto" is null, else a whole number.</summary>
    public static int? AutoOrNumber(string text, string option)
    {
        if (text == "auto")
        {
            return null;
        }

        return int.TryParse(text, CultureInfo.InvariantCulture, out int number)
            ? AtLeast(1, number, option)
            : throw new UsageException($"{option} {text}: give a number, or auto.");
    }

    /// <summary>"HxW", for example 256x320.</summary>
    public static PictureSize Size(string text, string option = "--size")
    {
        string[] parts = text.Split('x', 'X');
        return parts.Length == 2
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int height)
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int width)
            && height > 0 && width > 0
            ? new PictureSize(height, width)
            : throw new UsageException($"{option} {text}: give height and width, for example {option} 256x320.");
    }

    /// <summary>One of some words.</summary>
    public static string RequireOneOf(IEnumerable<string> words, string text, string option) =>
        words.Contains(text)
            ? text
            : throw new UsageException($"{option} {text}: give one of {string.Join(", ", words)}.");
}
