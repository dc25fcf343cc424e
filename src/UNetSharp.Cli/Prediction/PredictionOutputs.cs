using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Prediction;

/// <summary>What is written for a picture, and where.</summary>
/// <param name="Folder">Folder of the masks.</param>
/// <param name="Extension">Kind of the files.</param>
/// <param name="HasOverlay">Whether the mask is drawn over the picture.</param>
/// <param name="HasProbabilities">Whether probabilities are written.</param>
/// <param name="Objects">What is told of the mask's objects.</param>
internal sealed record PredictionOutputs(
    string Folder, string Extension, bool HasOverlay, bool HasProbabilities, ObjectSettings Objects)
{
    /// <summary>The mask of a picture.</summary>
    public string Mask(InputPicture picture) => PathOf(picture, "");

    /// <summary>Opens them all. The mask comes last: once it is there, all are.</summary>
    public IEnumerable<ResultSink> Sinks(PredictionJob job, Segmenter segmenter, ObjectFiles objects)
    {
        for (int k = FirstShown(segmenter.Channels); HasProbabilities && k < segmenter.Channels; k++)
        {
            string suffix = segmenter.Channels == 1 ? ".probability" : $".probability-{k}";
            yield return new ProbabilitySink(PathOf(job.Input, suffix), job.Size, k, segmenter.Channels);
        }

        if (HasOverlay)
        {
            yield return new OverlaySink(PathOf(job.Input, ".overlay"), job.Size, job.Input);
        }

        if (Objects.IsWanted)
        {
            yield return new ObjectSink(job, segmenter.Channels, objects);
        }

        yield return new MaskSink(Mask(job.Input), job.Size, segmenter.Masks);
    }

    /// <summary>The most bytes that the files of a picture can take; they are compressed, so it will be less.</summary>
    public long MostBytes(PictureSize size, int channels)
    {
        int probabilities = HasProbabilities ? sizeof(ushort) * (channels - FirstShown(channels)) : 0;
        return (long)size.Height * size.Width * (1 + (HasOverlay ? 3 : 0) + probabilities);
    }

    /// <summary>Checks that no file is written twice, and no picture over.</summary>
    /// <exception cref="UsageException">It is so.</exception>
    public void RefuseOverwriting(IReadOnlyList<InputPicture> pictures)
    {
        HashSet<string> inputs = [.. pictures.Select(picture => Path.GetFullPath(picture.Path))];
        if (pictures.Select(Mask).FirstOrDefault(mask => inputs.Contains(Path.GetFullPath(mask))) is { } own)
        {
            throw new UsageException(
                $"--out {Folder}: a mask would overwrite the picture {own}; name another folder.");
        }

        if (pictures.GroupBy(Mask).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            throw new UsageException(
                $"{string.Join(" and ", twins.Select(picture => picture.Text))} would get one mask, {twins.Key}; rename one of them.");
        }
    }

    private static int FirstShown(int channels) => channels == 1 ? 0 : 1;

    private string PathOf(InputPicture picture, string suffix) => Path.Combine(Folder, picture.Name + suffix + Extension);
}
