namespace UNetSharp.Benchmarks;

/// <summary>What a side needed for a work.</summary>
/// <param name="Name">The side.</param>
/// <param name="Version">Its version.</param>
/// <param name="Ms">Median of its times.</param>
/// <param name="PeakBytes">Peak memory of its process.</param>
internal sealed record Cost(string Name, string? Version, double Ms, long PeakBytes);

/// <summary>A work done by ours and, unless it is absent, the peer in its better memory layout.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Flops">Multiplications and additions of direct convolution.</param>
/// <param name="Rounds">Number of timed runs.</param>
/// <param name="Ours">Our cost.</param>
/// <param name="Peer">The peer's cost; null where it is absent.</param>
/// <param name="PeerAbsence">Why it is absent.</param>
/// <param name="Agreement">How far apart the results are; null where the peer is absent.</param>
internal sealed record Comparison(
    Work Work,
    double Flops,
    int Rounds,
    Cost Ours,
    Cost? Peer,
    string? PeerAbsence,
    Agreement? Agreement)
{
    private const int WarmUps = 2;

    // A layout that is slower by more than this in the warm-up is not looked at further.
    private const double ClearlySlower = 1.15;

    /// <summary>How many times faster ours is.</summary>
    public double? Ratio => Peer?.Ms / Ours.Ms;

    /// <summary>Compares the results, warms up, then times the sides in turns.</summary>
    public static Comparison Of(Work work, int threads, int rounds)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unet-bench");
        List<Side> sides = [];
        try
        {
            string file = Path.Combine(folder.FullName, "work.safetensors");
            string results = Path.Combine(folder.FullName, "results.safetensors");
            work.Write(file);
            string? absence = StartSides(sides, threads);
            Agreement? agreement = CompareResults(sides, work, file, results);
            List<Cost> costs = Time(sides, rounds);
            return new Comparison(
                work, work.Flops, rounds, costs[0], costs.Skip(1).MinBy(cost => cost.Ms), absence, agreement);
        }
        finally
        {
            sides.ForEach(side => side.Dispose());
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Starts ours first, then the peer in each layout.</summary>
    /// <returns>Why the peer is absent, or null.</returns>
    private static string? StartSides(List<Side> sides, int threads)
    {
        sides.Add(Side.Ours(threads));
        foreach (string layout in new[] { "nchw", "channels_last" })
        {
            Side? side = Side.Torch(layout, threads);
            if (side is null or { Absence: not null })
            {
                side?.Dispose();
                return side?.Absence ?? "there is no /usr/bin/python3";
            }

            sides.Add(side);
        }

        return null;
    }

    /// <summary>Makes all sides load the work and compares their first results with ours, the first side's.</summary>
    private static Agreement? CompareResults(List<Side> sides, Work work, string file, string scratchFile)
    {
        sides.ForEach(side => side.Load(work, file));
        IReadOnlyDictionary<string, float[]> ours = sides[0].Check(scratchFile);
        Agreement[] all =
        [
            .. sides.Skip(1).Select(side => Agreement.Of(work, side.Name, ours, side.Check(scratchFile))),
        ];
        return all.Length == 0 ? null : all.Aggregate((a, b) => a.And(b));
    }

    private static List<Cost> Time(List<Side> sides, int rounds)
    {
        double[] warm = [.. sides.Select(side => Enumerable.Range(0, WarmUps).Min(_ => side.Run()))];
        double bestPeer = warm.Skip(1).DefaultIfEmpty().Min();
        (Side Side, List<double> Ms)[] raced =
        [
            .. sides
                .Where((_, i) => i == 0 || warm[i] <= ClearlySlower * bestPeer)
                .Select(side => (side, new List<double>())),
        ];
        for (int round = 0; round < rounds; round++)
        {
            foreach ((Side side, List<double> ms) in raced)
            {
                ms.Add(side.Run());
            }
        }

        return [.. raced.Select(entry =>
            new Cost(entry.Side.Name, entry.Side.Version, Median(entry.Ms), entry.Side.PeakBytes()))];
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
