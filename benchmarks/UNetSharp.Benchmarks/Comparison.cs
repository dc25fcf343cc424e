namespace UNetSharp.Benchmarks;

/// <summary>What a side needed for a work.</summary>
/// <param name="Name">The side.</param>
/// <param name="Version">Its version.</param>
/// <param name="Ms">Median of its times.</param>
/// <param name="PeakBytes">Peak memory of its process.</param>
internal sealed record Cost(string Name, string? Version, double Ms, long PeakBytes);

/// <summary>What a peer needed for a work, or why it is absent.</summary>
/// <param name="Name">torch or onnxruntime.</param>
/// <param name="Cost">Its cost, in its better memory layout where it has several; null where it is absent.</param>
/// <param name="Absence">Why it is absent.</param>
/// <param name="Agreement">How far its results are from ours.</param>
internal sealed record Peer(string Name, Cost? Cost, string? Absence, Agreement? Agreement);

/// <summary>A work done by ours and by the peers that are there.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Flops">Multiplications and additions of direct convolution.</param>
/// <param name="Peaks">GFLOP/s of <see cref="FmaPeak"/>, measured in turns with the sides, one for each timed
/// run.</param>
/// <param name="Ours">Our cost.</param>
/// <param name="Peers">The peers.</param>
internal sealed record Comparison(
    Workload Work, double Flops, IReadOnlyList<double> Peaks, Cost Ours, IReadOnlyList<Peer> Peers)
{
    /// <summary>Timed runs of each side where they take long.</summary>
    public const int MinRounds = 7;

    /// <summary>Timed runs of each side where they do not.</summary>
    public const int MaxRounds = 25;

    private const int WarmUps = 4;

    // All timed runs of a work: neighbours are loud for seconds at a time, and are to be part of a median, not all of
    // it.
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(45);

    // Before every run: threads of a side may spin for a while after theirs, on processors that the next one needs.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);
    private const string Torch = "torch";
    private const string OnnxRuntime = "onnxruntime";

    // A layout that is slower by more than this in the warm-up is not looked at further.
    private const double ClearlySlower = 1.15;

    /// <summary>The machine's peak beside the times: the median, as theirs are.</summary>
    public double PeakGflops => Median(Peaks);

    /// <summary>Names of the peers that there are.</summary>
    public static IReadOnlyList<string> AllPeers { get; } = [OnnxRuntime, Torch];

    /// <summary>
    /// Compares the results, warms up, then times the sides in turns; as often as time allows if no count is given.
    /// </summary>
    public static Comparison Measure(Workload work, IReadOnlyList<string> peers, int threads, int? rounds)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unet-bench");
        List<Entrant> entrants = [];
        try
        {
            string file = Path.Combine(folder.FullName, "work.safetensors");
            string results = Path.Combine(folder.FullName, "results.safetensors");
            string onnx = Path.Combine(folder.FullName, "work.onnx");
            work.Write(file);
            entrants.AddRange(Start(work, peers, threads));
            IReadOnlyDictionary<string, float[]>? ours = null;
            foreach (Entrant entrant in entrants.Where(entrant => entrant.Absence is null))
            {
                if (entrant.Peer == OnnxRuntime)
                {
                    Export(work, file, onnx);
                }

                entrant.Side!.Load(work, file, onnx);
                IReadOnlyDictionary<string, float[]> own = entrant.Side.Check(results);
                ours ??= own;
                entrant.Agreement = Agreement.Compare(work, entrant.Side.Name, ours, own);
            }

            List<double> peaks = Time([.. entrants.Where(entrant => entrant.Absence is null)], threads, rounds);
            return new Comparison(work, work.Flops, peaks, entrants[0].Cost!, CreatePeers(entrants));
        }
        finally
        {
            entrants.ForEach(entrant => entrant.Side?.Dispose());
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Has PyTorch write the network as ONNX, in a process that does not race: exporting takes memory.
    /// </summary>
    private static void Export(Workload work, string file, string onnx)
    {
        using BenchmarkProcess exporter = BenchmarkProcess.Torch("nchw", threads: 1)!;
        exporter.Load(work, file, onnx);
        exporter.Export(onnx);
    }

    private static IEnumerable<Entrant> Start(Workload work, IReadOnlyList<string> peers, int threads)
    {
        yield return new Entrant("", BenchmarkProcess.Ours(threads), "");
        bool hasTorch = false;
        foreach (string layout in new[] { "nchw", "channels_last" })
        {
            Entrant torch = new(Torch, BenchmarkProcess.Torch(layout, threads), "there is no /usr/bin/python3");
            hasTorch |= torch.Absence is null;
            if (peers.Contains(Torch) && (hasTorch || layout == "nchw"))
            {
                yield return torch;
            }
            else
            {
                torch.Side?.Dispose();
            }
        }

        if (!work.IsTraining && peers.Contains(OnnxRuntime))
        {
            yield return hasTorch
                ? new Entrant(OnnxRuntime, BenchmarkProcess.OnnxRuntime(threads), "there is no node")
                : new Entrant(OnnxRuntime, null, "PyTorch, which exports the network for it, is absent");
        }
    }

    private static List<Peer> CreatePeers(List<Entrant> entrants)
    {
        List<Peer> peers = [];
        foreach (IGrouping<string, Entrant> own in entrants.Where(entrant => entrant.Peer != "").GroupBy(e => e.Peer))
        {
            Agreement? agreement = own.Select(entrant => entrant.Agreement).Aggregate((a, b) => a?.Max(b!));
            Cost? cost = own.Select(entrant => entrant.Cost).Where(cost => cost is not null).MinBy(cost => cost!.Ms);
            peers.Add(new Peer(own.Key, cost, own.First().Absence, agreement));
        }

        return [.. peers.OrderBy(peer => peer.Name, StringComparer.Ordinal)];
    }

    private static List<double> Time(Entrant[] entrants, int threads, int? rounds)
    {
        foreach (Entrant entrant in entrants)
        {
            entrant.Warm = Enumerable.Range(0, WarmUps).Min(_ => RunRested(entrant.Side!));
        }

        Entrant[] raced =
        [
            .. entrants.Where(entrant => entrant.Warm
                <= ClearlySlower * entrants.Where(other => other.Peer == entrant.Peer).Min(other => other.Warm)),
        ];
        double roundMs = raced.Sum(entrant => entrant.Warm + Rest.TotalMilliseconds);
        int count = rounds ?? (int)Math.Clamp(Measured.TotalMilliseconds / roundMs, MinRounds, MaxRounds);
        List<double> peaks = [];
        for (int round = 0; round < count; round++)
        {
            Thread.Sleep(Rest);
            peaks.Add(FmaPeak.Measure(threads));
            foreach (Entrant entrant in raced)
            {
                entrant.Ms.Add(RunRested(entrant.Side!));
            }
        }

        foreach (Entrant entrant in raced)
        {
            BenchmarkProcess side = entrant.Side!;
            entrant.Cost = new Cost(side.Name, side.Version, Median(entrant.Ms), side.PeakBytes());
        }

        return peaks;
    }

    private static double RunRested(BenchmarkProcess side)
    {
        Thread.Sleep(Rest);
        return side.Run();
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>A process in the race.</summary>
    private sealed class Entrant(string peer, BenchmarkProcess? side, string noProgram)
    {
        public string Peer { get; } = peer;

        public BenchmarkProcess? Side { get; } = side;

        public string? Absence { get; } = side is null ? noProgram : side.Absence;

        public double Warm { get; set; }

        public List<double> Ms { get; } = [];

        public Cost? Cost { get; set; }

        public Agreement? Agreement { get; set; }
    }
}
