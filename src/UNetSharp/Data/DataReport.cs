using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UNetSharp.Data;

/// <summary>
/// What a data set holds, found by reading every file once before training: what goes wrong elsewhere after hours is
/// said here.
/// </summary>
public sealed class DataReport
{
    private const double MinForegroundShare = 0.001;
    private readonly List<string> _notes = [];
    private readonly List<string> _errors;
    private readonly IReadOnlyList<string> _settings = [];

    private readonly MaskSettings _masks;

    private DataReport(
        DataFolder folder, IReadOnlyList<PairInfo> facts, IReadOnlyList<string> badPairs, MaskSettings settings)
    {
        _notes.AddRange(folder.Notes);
        facts = TurnMasks(facts);
        Dictionary<ImagePair, ImagePair> turned = facts.Where(fact => fact.Pair.IsMaskStored)
            .ToDictionary(fact => fact.Pair with { IsMaskStored = false }, fact => fact.Pair);
        Folder = turned.Count == 0
            ? folder
            : folder.WithPairs([.. folder.Pairs.Select(pair => turned.GetValueOrDefault(pair, pair))]);
        PairInfos = facts;
        _masks = settings;
        BadPairs = badPairs;
        _errors = [.. badPairs];
        if (facts.Count == 0)
        {
            return;
        }

        Brightness = Brightness.FromPictures([.. facts.Select(fact => (fact.FullScale, fact.Range))]);
        AddNotesOnImages();
        try
        {
            RejectSwappedFolders();
            MaskValues[] masks = [.. facts.Select(fact => fact.Mask)];
            Classes = folder.ClassesPath is { } path
                ? ClassTable.Read(path).ToMaskClasses(masks, settings.Classes, _notes)
                : FindStatedClasses(folder, masks, settings) ?? MaskClassDetector.Detect(masks, settings, _notes);
            CountClasses();
            Suspicious = [.. PairComparison.FindSuspicious(facts)];
            Duplicates = [.. PairComparison.FindDuplicates(facts)];
        }
        catch (DataException e)
        {
            _errors.Add(e.Message);
            _settings = e.Settings;
        }
    }

    /// <summary>The files.</summary>
    public DataFolder Folder { get; }

    /// <summary>What every readable pair holds.</summary>
    public IReadOnlyList<PairInfo> PairInfos { get; }

    /// <summary>What mask values mean; null if that is not clear.</summary>
    public MaskClasses? Classes { get; }

    /// <summary>Channels of the images: 1 if all are grey, else 3, or as many as were asked for.</summary>
    public int Channels => PairInfos.Select(fact => fact.Channels).Append(1).Max();

    /// <summary>What is white in the images, and how bright they are.</summary>
    public Brightness Brightness { get; } = new();

    /// <summary>Share of all pixels in each class.</summary>
    public IReadOnlyList<double> ClassShares { get; private set; } = [];

    /// <summary>Masks that are background alone.</summary>
    public IReadOnlyList<string> EmptyMasks { get; private set; } = [];

    /// <summary>Masks that seem to belong to another image.</summary>
    public IReadOnlyList<SuspiciousPair> Suspicious { get; } = [];

    /// <summary>Images that are in the set more than once, or nearly so.</summary>
    public IReadOnlyList<DuplicatePair> Duplicates { get; } = [];

    /// <summary>What is wrong with pairs that cannot be read or are none, a line each.</summary>
    public IReadOnlyList<string> BadPairs { get; }

    /// <summary>What was wrong with the pairs that were left out, a line each.</summary>
    public IReadOnlyList<string> Skipped { get; private init; } = [];

    /// <summary>What is handled, or odd, and worth knowing.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>What stands in the way of training, a line each.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Reads every pair of a folder.</summary>
    /// <param name="folder">The pairs.</param>
    /// <param name="read">Decodes a file.</param>
    /// <param name="masks">What the user says of the masks.</param>
    /// <param name="threads">Threads to read on.</param>
    /// <param name="progress">Is called for every pair that is read: how many, of how many; never twice at
    /// once.</param>
    public static DataReport Create(
        DataFolder folder, PictureReader read, MaskSettings masks, int threads, Action<int, int>? progress = null)
    {
        var facts = new PairInfo?[folder.Pairs.Count];
        string?[] errors = new string?[folder.Pairs.Count];
        int done = 0;
        Lock gate = new();
        Parallel.For(0, folder.Pairs.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            try
            {
                facts[i] = PairInfo.Read(folder.Pairs[i], read);
            }
            catch (DataException e)
            {
                errors[i] = e.Message;
            }

            lock (gate)
            {
                done++;
                progress?.Invoke(done, folder.Pairs.Count);
            }
        });
        IEnumerable<string> unpaired = folder.ImagesWithoutMask.Select(path =>
            $"{path}: has no mask in {folder.MasksPath}. Add the mask, or remove the image.");
        return new DataReport(
            folder, [.. facts.OfType<PairInfo>()], [.. errors.OfType<string>(), .. unpaired], masks);
    }

    /// <summary>The report without the pairs that cannot be read or are none.</summary>
    /// <exception cref="DataException">No pair is left.</exception>
    public DataReport WithoutBadPairs() => PairInfos.Count == 0
        ? throw new DataException($"{Folder.ImagesPath}: no pair can be read; the first one: {BadPairs[0]}")
        : new DataReport(Folder.Subset(PairInfos.Select(fact => fact.Pair)), PairInfos, [], _masks)
        {
            Skipped = BadPairs,
        };

    /// <summary>A fingerprint of all values of all images and masks.</summary>
    internal string ComputeFingerprint() => Convert.ToHexString(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Concat(PairInfos.Select(pair => pair.Contents)))));

    /// <summary>Whether all images set aside for validation hold background alone, so that no score says
    /// much.</summary>
    public bool IsValidationEmpty(Split split) => split.Validation.Count > 0
        && split.Validation.Select(pair => pair.MaskText).All(EmptyMasks.ToHashSet().Contains);

    /// <summary>Images that are alike, of which one is trained on and the other validated with.</summary>
    public IEnumerable<DuplicatePair> FindLeaks(Split split)
    {
        HashSet<ImagePair> validation = [.. split.Validation];
        return Duplicates.Where(pair => validation.Contains(pair.First) != validation.Contains(pair.Second));
    }

    /// <summary>Ends where images cannot go into one batch together.</summary>
    /// <param name="batchSize">Images of a batch.</param>
    /// <exception cref="DataException">Images have several sizes, and a batch more than one image.</exception>
    public void ThrowIfMixed(int batchSize)
    {
        PairInfo? other = PairInfos.FirstOrDefault(fact => fact.Size != PairInfos[0].Size);
        if (batchSize > 1 && other is not null)
        {
            throw DataException.MixedSizes(
                $"{other.Pair.ImageText}: is {other.Size}, but {PairInfos[0].Pair.ImageText} is "
                + $"{PairInfos[0].Size}, so they cannot be in one batch.");
        }
    }

    /// <summary>Ends with the first error, if there is one.</summary>
    /// <exception cref="DataException">There are errors.</exception>
    public void ThrowIfUnusable()
    {
        if (_errors.Count > 0)
        {
            throw _errors.Count == 1
                ? new DataException(_errors[0]) { Settings = _settings }
                : new DataException($"{_errors[0]} (and {_errors.Count - 1} more)");
        }
    }

    /// <summary>The report as text.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"pairs          {Folder.Pairs.Count} ({Folder.ImagesPath} and {Folder.MasksPath})";
        yield return $"sizes          {FormatList(PairInfos.Select(fact => fact.Size.ToString()))}";
        yield return $"channels       {FormatList(PairInfos.Select(fact => FormatChannels(fact.Channels)))}";
        yield return $"bit depth      {FormatList(PairInfos.Select(fact => fact.BitDepth))}";
        yield return $"mask values    {MaskText()}";
        if (Classes is not null)
        {
            yield return $"classes        {(Classes.Classes > 1 ? $"{Classes.Classes}"
                : $"{Classes.GetName(0)} and {Classes.GetName(1)}")}";
            yield return "shares         "
                + string.Join(", ", ClassShares.Select((share, k) => $"{Classes.GetName(k)} {share:P1}"));
            yield return $"empty masks    {EmptyMasks.Count}";
        }

        foreach (string mask in Folder.MasksWithoutImage)
        {
            yield return $"note: {mask}: has no image in {Folder.ImagesPath}; it is not used.";
        }

        if (Skipped.Count > 0)
        {
            yield return $"left out       {Skipped.Count} that cannot be used";
        }

        foreach (string line in Skipped)
        {
            yield return $"left out: {line}";
        }

        IEnumerable<string> odd =
        [
            .. FormatList(
                Suspicious, pair => $"{pair.Pair.MaskText}: its edges fit the image of {pair.BetterMatch.Name} better "
                + $"than its own (correlation {pair.BetterCorrelation:F2}, own {pair.OwnCorrelation:F2}). Is it the "
                + "mask of another image?"),
            .. FormatList(Duplicates, pair => $"{pair.Second.ImageText}: {(pair.IsExact ? "is" : "looks")} the same as "
                + $"{pair.First.Name}. Validation is too kind where one is trained on and the other validated with."),
        ];
        foreach (string line in odd)
        {
            yield return $"note: {line}";
        }

        foreach (
            string line in _notes.Select(note => $"note: {note}").Concat(_errors.Select(error => $"error: {error}")))
        {
            yield return line;
        }
    }

    private static string FormatChannels(int channels) =>
        channels switch { 1 => "grey", 3 => "colour", _ => $"{channels} channels" };

    private static string FormatList(IEnumerable<string> facts) => string.Join(
        ", ",
        facts.GroupBy(fact => fact).OrderByDescending(group => group.Count()).Select(
            group => $"{group.Key} ({group.Count()})"));

    /// <summary>A line for each of the first few.</summary>
    private static IEnumerable<string> FormatList<T>(IReadOnlyList<T> all, Func<T, string> line)
    {
        const int MaxShown = 8;
        IEnumerable<string> lines = all.Take(MaxShown).Select(line);
        return all.Count <= MaxShown ? lines : lines.Append($"… and {all.Count - MaxShown} more of the kind.");
    }

    private string MaskText()
    {
        const int MaxShown = 12;
        int[] values = [.. PairInfos.SelectMany(fact => fact.Mask.Counts.Keys).Distinct().Order()];
        return values.Length <= MaxShown
            ? string.Join(", ", values.Select(MaskValues.Format))
            : $"{values.Length} different, {MaskValues.Format(values[0])} to {MaskValues.Format(values[^1])}";
    }

    /// <summary>
    /// Masks that were drawn on the stored pixels of photographs which EXIF turns are turned too: where both ways are
    /// possible, all that way in which more of the masks' edges fit.
    /// </summary>
    private IReadOnlyList<PairInfo> TurnMasks(IReadOnlyList<PairInfo> facts)
    {
        PairInfo[] both = [.. facts.Where(fact => fact.Turned is not null)];
        bool isBetter = both.Sum(fact => fact.Turned!.Fingerprint.CorrelateMask(fact.Turned.Fingerprint))
            > both.Sum(fact => fact.Fingerprint.CorrelateMask(fact.Fingerprint));
        facts = [.. facts.Select(fact => isBetter && fact.Turned is { } turned ? turned : fact)];
        if (facts.FirstOrDefault(fact => fact.Pair.IsMaskStored) is { } first)
        {
            int more = facts.Count(fact => fact.Pair.IsMaskStored) - 1;
            _notes.Add($"{first.Pair.MaskText}{(more > 0 ? $" and {more} more" : "")}: is drawn on the stored pixels "
                + "of a photograph that its EXIF orientation turns; the mask is turned too.");
        }

        return facts;
    }

    /// <summary>The classes that the layout states, where the masks hold them and the user asks for no
    /// others.</summary>
    private static MaskClasses? FindStatedClasses(DataFolder folder, MaskValues[] masks, MaskSettings settings)
    {
        if (folder.Classes is not { } stated || settings.Kind is MaskKind.Foreground or MaskKind.Instances
            || masks.Any(mask => mask.Counts.Keys.Any(value => !stated.ClassOfValue.ContainsKey(value)))
            || masks.All(mask => mask.Counts.Keys.All(value => value == 0)))
        {
            return null;
        }

        return settings.Classes is null || settings.Classes == stated.Classes ? stated
            : settings.Classes == 1 ? new MaskClasses(1, new Dictionary<int, int> { [0] = 0 }) { OtherValues = 1 }
            : null;
    }

    /// <summary>A line for each kind of note, with the first image that it is of.</summary>
    private void AddNotesOnImages()
    {
        foreach (IGrouping<string, (string Note, string Image)> notes in PairInfos
            .SelectMany(fact => fact.Notes.Concat(Brightness.FindNotes(fact.FullScale, fact.Range))
                .Select(note => (note, fact.Pair.ImageText)))
            .GroupBy(note => note.Item1))
        {
            string more = notes.Count() > 1 ? $" and {notes.Count() - 1} more" : "";
            _notes.Add($"{notes.First().Image}{more}: {notes.Key}.");
        }

        AddNoteOnWhite(ushort.MaxValue, Brightness.White16);
        AddNoteOnWhite(1, Brightness.WhiteFloat);

        void AddNoteOnWhite(float fullScale, float? white)
        {
            if (white is { } value && value != fullScale)
            {
                float max = PairInfos.Where(fact => fact.FullScale == fullScale).Max(fact => fact.Range.Max);
                _notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The values of the images go up to {max}, so the range 0 to {value} is assumed."));
            }
        }
    }

    /// <summary>Images of a few values beside masks of many: the folders have changed places.</summary>
    private void RejectSwappedFolders()
    {
        bool areImagesFlat = 2 * PairInfos.Count(fact => fact.ImageValueCount <= 4) > PairInfos.Count;
        bool areMasksRich = 2 * PairInfos.Count(fact => fact.Mask.Counts.Count > 16) > PairInfos.Count;
        if (areImagesFlat && areMasksRich)
        {
            throw new DataException(
                $"{Folder.ImagesPath}: most images hold 4 different values or fewer and most masks in "
                + $"{Folder.MasksPath} many: the folders seem to have changed places. Exchange them.");
        }
    }

    private void CountClasses()
    {
        long[] pixels = new long[Classes!.ClassCount];
        long ignored = 0;
        List<string> empty = [];
        foreach (PairInfo fact in PairInfos)
        {
            foreach ((int value, long count) in fact.Mask.Counts)
            {
                int index = Classes.GetClass(value);
                (index == MaskClasses.Ignored ? ref ignored : ref pixels[index]) += count;
            }

            if (fact.Mask.Counts.Keys.All(value => Classes.GetClass(value) is 0 or MaskClasses.Ignored))
            {
                empty.Add(fact.Pair.MaskText);
            }
        }

        ClassShares = [.. pixels.Select(count => (double)count / pixels.Sum())];
        EmptyMasks = empty;
        if (ignored > 0)
        {
            double share = (double)ignored / (ignored + pixels.Sum());
            _notes.Add($"{share:P1} of all pixels are marked as unknown and count nowhere.");
        }

        if (Classes.Classes == 1 && ClassShares[1] is < MinForegroundShare or > 1 - MinForegroundShare)
        {
            _notes.Add(
                $"Foreground is {ClassShares[1]:P2} of all pixels: plain cross entropy tends to predict one class "
                + "everywhere; use the loss bce+dice.");
        }
    }
}
