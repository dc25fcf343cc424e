using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>What is written for a picture, and where.</summary>
internal sealed class PredictionOutputs(PredictionSettings settings)
{
    private readonly string _extension = settings.Format == PictureFormat.Tiff ? ".tif" : ".png";

    /// <summary>The mask of a picture.</summary>
    public string GetMaskPath(InputPicture picture) => GetPath(picture, "");

    /// <summary>Opens them all. The mask comes last: once it is there, all are.</summary>
    public IEnumerable<ResultSink> OpenSinks(PredictionJob job, Segmenter segmenter, ObjectFiles objects)
    {
        for (int map = settings.HasProbabilities ? 0 : 1; map < segmenter.MapCount; map++)
        {
            string name = map == 0 ? ".probability" : $".side{map}";
            for (int k = GetFirstChannel(segmenter.Channels); k < segmenter.Channels; k++)
            {
                string suffix = segmenter.Channels == 1 ? name : $"{name}-{k}";
                yield return new ProbabilitySink(
                    GetPath(job.Input, suffix), job.Size, (map * segmenter.Channels) + k);
            }
        }

        if (settings.HasOverlay)
        {
            yield return new OverlaySink(
                GetPath(job.Input, ".overlay"), job.Size, job.Input, segmenter.ImageChannels);
        }

        if (settings.Objects.IsWanted)
        {
            yield return new ObjectSink(job, segmenter.Channels, objects);
        }

        yield return new MaskSink(GetMaskPath(job.Input), job.Size, segmenter.Masks);
    }

    /// <summary>The most bytes that the files of a picture can take; they are compressed, so it will be less.</summary>
    public long MaxBytes(PictureSize size, Segmenter segmenter)
    {
        int maps = segmenter.MapCount - 1 + (settings.HasProbabilities ? 1 : 0);
        int probabilities = sizeof(ushort) * maps * (segmenter.Channels - GetFirstChannel(segmenter.Channels));
        return (long)size.Height * size.Width * (1 + (settings.HasOverlay ? 3 : 0) + probabilities);
    }

    /// <summary>Checks that no file is written twice, and no picture over.</summary>
    /// <exception cref="SettingsException">It is so.</exception>
    public void RejectOverwriting(IReadOnlyList<InputPicture> pictures)
    {
        HashSet<string> inputs = [.. pictures.Select(picture => Path.GetFullPath(picture.Path))];
        if (pictures.Select(GetMaskPath).FirstOrDefault(mask => inputs.Contains(Path.GetFullPath(mask))) is { } own)
        {
            throw new SettingsException($"a mask would overwrite the picture {own}; name another folder.")
            {
                Settings = [nameof(settings.Output)],
            };
        }

        if (pictures.GroupBy(GetMaskPath).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            string names = string.Join(" and ", twins.Select(picture => picture.Text));
            throw new SettingsException($"{names} would get one mask, {twins.Key}; rename one of them.");
        }
    }

    private static int GetFirstChannel(int channels) => channels == 1 ? 0 : 1;

    private string GetPath(InputPicture picture, string suffix) =>
        Path.Combine(settings.Output, picture.Name + suffix + _extension);
}
