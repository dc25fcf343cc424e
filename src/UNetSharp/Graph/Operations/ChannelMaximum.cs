namespace UNetSharp.Graph.Operations;

/// <summary>
/// The greatest channel of each pixel, y = max x[k], or its index; (N, K, H, W) → (N, 1, H, W). Backward: the first of
/// the greatest gets the gradient; an index gives none.
/// </summary>
public sealed class ChannelMaximum : Operation
{
    internal ChannelMaximum(Value x, bool givesIndex, bool takesLast = false)
        : base(x.Shape.WithChannels(1), [x]) => (GivesIndex, TakesLast) = (givesIndex, takesLast);

    /// <summary>Whether the result is the index of the greatest channel.</summary>
    public bool GivesIndex { get; }

    /// <summary>Whether the last of several that are equal counts.</summary>
    public bool TakesLast { get; }
}
