using System.Diagnostics;
using UNetSharp.Execution;

namespace UNetSharp.Benchmarks;

/// <summary>Medians of a work, ours and the peer's.</summary>
/// <param name="Work">What was measured.</param>
/// <param name="OursMs">Milliseconds of ours.</param>
/// <param name="Gflops">Effective speed of ours: the operations of direct convolution in that time.</param>
/// <param name="PlanBytes">Memory of our plan.</param>
/// <param name="PeerMs">Milliseconds of the peer in the better layout; null where it is absent.</param>
/// <param name="PeerLayout">That layout.</param>
/// <param name="Error">Largest difference of the results, as a share of the largest value.</param>
internal sealed record Comparison(
    Work Work, double OursMs, double Gflops, long PlanBytes, double? PeerMs, string? PeerLayout, double? Error)
{
    private const double MostError = 1e-3;

    /// <summary>Compares the results, then times both in turns.</summary>
    public static Comparison Of(Work work, Workers workers, string script, int rounds)
    {
        using OurSide ours = new(work, workers);
        string file = Path.GetTempFileName();
        ours.Save(file);
        try
        {
            float[] result = ours.Check();
            using TorchPeer? nchw = TorchPeer.Start(script, workers.Count);
            using TorchPeer? channelsLast = TorchPeer.Start(script, workers.Count);
            nchw?.Load(file, work.IsTraining, isChannelsLast: false);
            channelsLast?.Load(file, work.IsTraining, isChannelsLast: true);
            double? error = nchw is null ? null : ErrorOf(work, result, nchw.Check());
            channelsLast?.Check();
            ours.Run();

            List<double> oursMs = [], nchwMs = [], channelsLastMs = [];
            for (int round = 0; round < rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                ours.Run();
                oursMs.Add(clock.Elapsed.TotalMilliseconds);
                AddRun(nchw, nchwMs);
                AddRun(channelsLast, channelsLastMs);
            }

            bool isNchwBetter = nchwMs.Count == 0 || Median(nchwMs) <= Median(channelsLastMs);
            double median = Median(oursMs);
            return new Comparison(
                work,
                median,
                2 * ours.Macs / median / 1e6,
                ours.MemoryBytes,
                nchw is null ? null : Median(isNchwBetter ? nchwMs : channelsLastMs),
                nchw is null ? null : isNchwBetter ? "NCHW" : "channels_last",
                error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void AddRun(TorchPeer? peer, List<double> milliseconds)
    {
        if (peer is not null)
        {
            milliseconds.Add(1e3 * peer.Run());
        }
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double ErrorOf(Work work, float[] ours, float[] peer)
    {
        double error = ours.Zip(peer).Max(pair => Math.Abs(pair.First - pair.Second)) / peer.Max(Math.Abs);
        return ours.Length == peer.Length && error <= MostError
            ? error
            : throw new InvalidOperationException(
                $"{work.Name}: our results are not the peer's; they differ by {error:g3} of the largest value");
    }
}
