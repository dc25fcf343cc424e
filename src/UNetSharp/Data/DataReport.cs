namespace UNetSharp.Data;

/// <summary>
/// What a data set holds, found by reading every file once before training: what goes wrong elsewhere after hours is
/// said here.
/// </summary>
public sealed class DataReport
{
    private const double FewForeground = 0.001;
    private readonly List<string> _notes = [];
    private readonly List<string> _errors;
    private readonly IReadOnlyList<string> _settings = [];

    private readonly int? _wantedClasses;
    private DataReport(DataFolder folder, IReadOnlyList<PairFacts> facts, IReadOnlyList<string> badPairs, int? classes)
    {
        Folder = folder;
        Facts = facts;
        _wantedClasses = classes;
        BadPairs = badPairs;
        _errors = [.. badPairs];
        if (facts.Count == 0)
        {
            return;
        }

        try
        {
            RefuseSwappedFolders();
            MaskValues[] masks = [.. facts.Select(fact => fact.Mask)];
            Classes = folder.ClassesPath is { } path
                ? ClassTable.Read(path).MeaningOf(masks, classes, _notes)
                : MaskMeaning.Of(masks, classes, _notes);
            CountClasses();
            Suspicious = [.. PairComparison.Suspicious(facts)];
            Duplicates = [.. PairComparison.Duplicates(facts)];
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
    public IReadOnlyList<PairFacts> Facts { get; }

    /// <summary>What mask values mean; null if that is not clear.</summary>
    public MaskClasses? Classes { get; }

    /// <summary>Channels of the images: 1 if all are grey, else 3.</summary>
    public int Channels => Facts.Any(fact => fact.Channels == 3) ? 3 : 1;

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
    public IReadOnlyList<string> LeftOut { get; private init; } = [];

    /// <summary>What is handled, or odd, and worth knowing.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>What stands in the way of training, a line each.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Reads every pair of a folder.</summary>
    /// <param name="folder">The pairs.</param>
    /// <param name="read">Decodes a file.</param>
    /// <param name="classes">Number of classes that the user named, 1 for background and foreground, or null.</param>
    /// <param name="threads">Threads to read on.</param>
    /// <param name="progress">Is told of every pair that is read: how many, of how many; never twice at once.</param>
    public static DataReport Of(
        DataFolder folder, PictureReader read, int? classes, int threads, Action<int, int>? progress = null)
    {
        var facts = new PairFacts?[folder.Pairs.Count];
        string?[] errors = new string?[folder.Pairs.Count];
        int done = 0;
        Lock gate = new();
        Parallel.For(0, folder.Pairs.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            try
            {
                facts[i] = PairFacts.Read(folder.Pairs[i], read);
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
            folder, [.. facts.OfType<PairFacts>()], [.. errors.OfType<string>(), .. unpaired], classes);
    }

    /// <summary>The report without the pairs that cannot be read or are none.</summary>
    /// <exception cref="DataException">No pair is left.</exception>
    public DataReport WithoutBadPairs() => Facts.Count == 0
        ? throw new DataException($"{Folder.ImagesPath}: no pair can be read; the first one: {BadPairs[0]}")
        : new DataReport(Folder.Only(Facts.Select(fact => fact.Pair)), Facts, [], _wantedClasses)
        {
            LeftOut = BadPairs,
        };

    /// <summary>Images that are alike, of which one is trained on and the other validated with.</summary>
    public IEnumerable<DuplicatePair> Across(Split split)
    {
        HashSet<ImagePair> validation = [.. split.Validation];
        return Duplicates.Where(pair => validation.Contains(pair.First) != validation.Contains(pair.Second));
    }

    /// <summary>Ends where images cannot go into one batch together.</summary>
    /// <param name="batchSize">Images of a batch.</param>
    /// <exception cref="DataException">Images have several sizes, and a batch more than one image.</exception>
    public void ThrowIfMixed(int batchSize)
    {
        PairFacts? other = Facts.FirstOrDefault(fact => fact.Size != Facts[0].Size);
        if (batchSize > 1 && other is not null)
        {
            throw DataException.MixedSizes($"{other.Pair.ImageText}: is {other.Size}, but {Facts[0].Pair.ImageText} is "
                + $"{Facts[0].Size}, so they cannot be in one batch.");
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
        yield return $"sizes          {Listed(Facts.Select(fact => fact.Size.ToString()))}";
        yield return $"channels       {Listed(Facts.Select(fact => fact.Channels == 3 ? "colour" : "grey"))}";
        yield return $"bit depth      {Listed(Facts.Select(fact => fact.BitDepth))}";
        yield return $"mask values    {MaskText()}";
        if (Classes is not null)
        {
            yield return $"classes        {(Classes.Classes > 1 ? $"{Classes.Classes}"
                : $"{Classes.NameOf(0)} and {Classes.NameOf(1)}")}";
            yield return "shares         "
                + string.Join(", ", ClassShares.Select((share, k) => $"{Classes.NameOf(k)} {share:P1}"));
            yield return $"empty masks    {EmptyMasks.Count}";
        }

        foreach (string mask in Folder.MasksWithoutImage)
        {
            yield return $"note: {mask}: has no image in {Folder.ImagesPath}; it is not used.";
        }

        if (LeftOut.Count > 0)
        {
            yield return $"left out       {LeftOut.Count} that cannot be used";
        }

        foreach (string line in LeftOut)
        {
            yield return $"left out: {line}";
        }

        IEnumerable<string> odd =
        [
            .. Listed(Suspicious, pair => $"{pair.Pair.MaskText}: its edges fit the image of {pair.Better.Name} better "
                + $"than its own (correlation {pair.Other:F2}, own {pair.Own:F2}). Is it the mask of another image?"),
            .. Listed(Duplicates, pair => $"{pair.Second.ImageText}: {(pair.IsExact ? "is" : "looks")} the same as "
                + $"{pair.First.Name}. Validation is too kind where one is trained on and the other validated with."),
        ];
        foreach (string line in odd)
        {
            yield return $"note: {line}";
        }

        foreach (string line in _notes.Select(note => $"note: {note}").Concat(_errors.Select(error => $"error: {error}")))
        {
            yield return line;
        }
    }

    private static string Listed(IEnumerable<string> facts) => string.Join(
        ", ",
        facts.GroupBy(fact => fact).OrderByDescending(group => group.Count()).Select(group => $"{group.Key} ({group.Count()})"));

    /// <summary>A line for each of the first few.</summary>
    private static IEnumerable<string> Listed<T>(IReadOnlyList<T> all, Func<T, string> line)
    {
        const int Most = 8;
        IEnumerable<string> lines = all.Take(Most).Select(line);
        return all.Count <= Most ? lines : lines.Append($"… and {all.Count - Most} more of the kind.");
    }

    private string MaskText()
    {
        const int Most = 12;
        int[] values = [.. Facts.SelectMany(fact => fact.Mask.Counts.Keys).Distinct().Order()];
        return values.Length <= Most
            ? string.Join(", ", values.Select(MaskValues.Text))
            : $"{values.Length} different, {MaskValues.Text(values[0])} to {MaskValues.Text(values[^1])}";
    }

    /// <summary>Images of a few values beside masks of many: the folders have changed places.</summary>
    private void RefuseSwappedFolders()
    {
        bool areImagesFlat = 2 * Facts.Count(fact => fact.ImageValueCount <= 4) > Facts.Count;
        bool areMasksRich = 2 * Facts.Count(fact => fact.Mask.Counts.Count > 16) > Facts.Count;
        if (areImagesFlat && areMasksRich)
        {
            throw new DataException($"{Folder.ImagesPath}: most images hold 4 different values or fewer and most masks in "
                + $"{Folder.MasksPath} many: the folders seem to have changed places. Exchange them.");
        }
    }

    private void CountClasses()
    {
        long[] pixels = new long[Classes!.ClassCount];
        long ignored = 0;
        List<string> empty = [];
        foreach (PairFacts fact in Facts)
        {
            foreach ((int value, long count) in fact.Mask.Counts)
            {
                int index = Classes.ClassOf(value);
                (index == MaskClasses.Ignored ? ref ignored : ref pixels[index]) += count;
            }

            if (fact.Mask.Counts.Keys.All(value => Classes.ClassOf(value) is 0 or MaskClasses.Ignored))
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

        if (Classes.Classes == 1 && ClassShares[1] is < FewForeground or > 1 - FewForeground)
        {
            _notes.Add($"Foreground is {ClassShares[1]:P2} of all pixels: plain cross entropy tends to predict one class "
                + "everywhere; use the loss bce+dice.");
        }
    }
}
