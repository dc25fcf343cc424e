namespace UNetSharp.Interop;

/// <summary>
/// Weights averaged over the steps of a training: exponential moving averages (EMA), stochastic weight averaging (SWA).
/// Scripts save them beside the plain ones, under a name that says so.
/// </summary>
internal static class AveragedWeights
{
    private static readonly HashSet<string> Words =
        new(["ema", "swa", "avg", "average", "averaged"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name says so, as <c>model_ema</c>, <c>ema_state_dict</c>, <c>swa.model</c>.</summary>
    public static bool IsName(string name) => name.Split('.', '_', '-').Any(Words.Contains);
}
