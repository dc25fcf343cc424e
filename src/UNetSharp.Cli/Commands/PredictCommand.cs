using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Commands;

/// <summary>Writes a mask for every picture.</summary>
internal static class PredictCommand
{
    private static readonly Option<string> Weights = CommonOptions.Weights();

    private static readonly Option<string?> Model = CommonOptions.ModelOfWeights();

    private static readonly Option<string> Input =
        new("--input") { Description = "A picture, or a folder of pictures", Required = true };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for the masks", Required = true };

    private static readonly Option<float> Threshold = new("--threshold")
    {
        Description = "Probability above which a pixel is foreground",
        DefaultValueFactory = _ => 0.5f,
    };

    private static readonly Option<bool> WithOverlay =
        new("--overlay") { Description = "Also write NAME.overlay.png, the mask drawn over the picture" };

    private static readonly Option<bool> WithProbabilities =
        new("--probabilities") { Description = "Also write NAME.probability.png, 16 bit, for each class but the background" };

    private static readonly Option<int> Threads = CommonOptions.Threads();

    private static readonly Option<bool> Exact = CommonOptions.Exact();

    public static Command Build()
    {
        Command command = new("predict", "Write a mask for every picture: 0 and 255, or class indices.")
        {
            Weights, Model, Input, Out, Threshold, WithOverlay, WithProbabilities, Threads, Exact,
        };
        ObjectOutputs.AddTo(command);
        command.SetAction(parsed => Guard.Run(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        float threshold = parsed.GetValue(Threshold);
        if (threshold is not (>= 0 and <= 1))
        {
            throw new UsageException($"--threshold {threshold}: give a probability from 0 to 1.");
        }

        int threads = CommonOptions.AtLeast(1, parsed.GetValue(Threads), "--threads");
        IReadOnlyList<string> files = FilesOf(parsed.GetRequiredValue(Input));
        string folder = parsed.GetRequiredValue(Out);
        RefuseOverwriting(files, folder);
        using Segmenter segmenter = CommonOptions.Load(parsed.GetRequiredValue(Weights), parsed.GetValue(Model), threads, parsed.GetValue(Exact));
        Directory.CreateDirectory(folder);
        using ObjectOutputs objects = ObjectOutputs.Of(parsed, folder, segmenter.Masks);
        int failed = ProgressBar.Run(bar => files.Select((file, index) =>
        {
            bar.Update((double)index / files.Count, $"{index} of {files.Count} pictures, {Path.GetFileName(file)}");
            return TryPredict(segmenter, objects, file, folder, parsed);
        }).Count(isDone => !isDone));
        objects.Complete();
        Console.WriteLine($"{files.Count - failed} masks in {folder}" + (failed > 0 ? $", {failed} pictures failed" : ""));
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static IReadOnlyList<string> FilesOf(string input)
    {
        if (File.Exists(input))
        {
            return [input];
        }

        if (!Directory.Exists(input))
        {
            throw new DataException($"{input}: there is no such file or folder.");
        }

        IReadOnlyList<string> files = DataFolder.ImageFiles(input);
        return files.Count > 0 ? files : throw new DataException($"{input}: holds no pictures.");
    }

    private static void RefuseOverwriting(IReadOnlyList<string> files, string folder)
    {
        if (files.FirstOrDefault(file => Path.GetFullPath(MaskPath(file, folder)) == Path.GetFullPath(file)) is { } own)
        {
            throw new UsageException($"--out {folder}: the mask would overwrite the picture {own}; name another folder.");
        }

        if (files.GroupBy(file => MaskPath(file, folder)).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            throw new UsageException($"{string.Join(" and ", twins)} would get one mask, {twins.Key}; rename one of them.");
        }
    }

    private static string MaskPath(string file, string folder, string suffix = "") =>
        Path.Combine(folder, Path.GetFileNameWithoutExtension(file) + suffix + ".png");

    private static bool TryPredict(
        Segmenter segmenter, ObjectOutputs objects, string file, string folder, ParseResult parsed)
    {
        try
        {
            Picture picture = ImageFile.Read(file);
            Segmentation result = segmenter.Segment(picture);
            byte[] classes = result.Classes(parsed.GetValue(Threshold));
            ReadOnlySpan<byte> mask =
                result.Channels == 1 ? Array.ConvertAll(classes, index => (byte)(index * 255)) : classes;
            ImageFile.WriteGrey(MaskPath(file, folder), mask, picture.Width, picture.Height);
            if (parsed.GetValue(WithOverlay))
            {
                byte[] overlay = Overlay.Draw(picture, classes);
                ImageFile.WriteColor(MaskPath(file, folder, ".overlay"), overlay, picture.Width, picture.Height);
            }

            if (parsed.GetValue(WithProbabilities))
            {
                WriteProbabilities(result, file, folder);
            }

            objects.Write(file, result, classes);
            return true;
        }
        catch (DataException e)
        {
            Console.Error.WriteLine($"unet: {e.Message}");
            return false;
        }
    }

    private static void WriteProbabilities(Segmentation result, string file, string folder)
    {
        for (int k = result.Channels == 1 ? 0 : 1; k < result.Channels; k++)
        {
            ushort[] values = new ushort[result.Size.Height * result.Size.Width];
            for (int i = 0; i < values.Length; i++)
            {
                float probability = result.Probabilities[(i * result.Channels) + k];
                values[i] = (ushort)MathF.Round(Math.Clamp(probability, 0, 1) * ushort.MaxValue);
            }

            string suffix = result.Channels == 1 ? ".probability" : $".probability-{k}";
            ImageFile.WriteGrey16(MaskPath(file, folder, suffix), values, result.Size.Width, result.Size.Height);
        }
    }
}
