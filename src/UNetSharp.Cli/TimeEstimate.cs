using System.Diagnostics;

namespace UNetSharp.Cli;

/// <summary>How long work still takes, if it goes on as it has gone so far.</summary>
internal sealed class TimeEstimate
{
    private static readonly TimeSpan MinElapsed = TimeSpan.FromSeconds(1);
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    /// <summary>For people: ", 3 min left"; empty as long as nobody can know.</summary>
    /// <param name="share">Part of the work that is done, 0 to 1.</param>
    public string Format(double share) =>
        share <= 0 || _elapsed.Elapsed < MinElapsed ? "" : $", {Format(_elapsed.Elapsed * ((1 - share) / share))} left";

    /// <summary>A time in its largest units: 45 s, 3 min, 2 h 5 min, 3 d 4 h.</summary>
    internal static string Format(TimeSpan time) =>
        time.TotalSeconds < 90 ? $"{Math.Ceiling(time.TotalSeconds):0} s"
        : time.TotalMinutes < 90 ? $"{time.TotalMinutes:0} min"
        : time.TotalHours < 48 ? $"{(int)time.TotalHours} h {time.Minutes} min"
        : $"{time.Days} d {time.Hours} h";
}
