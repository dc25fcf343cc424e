namespace UNetSharp.Training;

/// <summary>
/// The processes that train one network together, each on its share of every batch. A process on its own is its only
/// peer, which is what this class is; one for several machines derives from it and exchanges.
/// </summary>
/// <remarks>
/// All peers call the same members in the same order. Only the peer of rank 0 writes files.
/// </remarks>
public class Peers
{
    /// <summary>Makes a process its only peer.</summary>
    protected Peers()
    {
    }

    /// <summary>A process on its own.</summary>
    public static Peers None { get; } = new();

    /// <summary>Number of this process, from 0 to <see cref="Count"/> − 1.</summary>
    public virtual int Rank => 0;

    /// <summary>Number of processes.</summary>
    public virtual int Count => 1;

    /// <summary>
    /// Replaces the values by their means over all peers, which are the same to the bit on each of them.
    /// </summary>
    /// <param name="vector">As many values on each peer.</param>
    public virtual void Average(Span<float> vector)
    {
    }

    /// <summary>Whether a flag is set on any of the peers.</summary>
    public virtual bool Any(bool flag) => flag;
}
