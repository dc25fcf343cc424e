using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>
/// A measure of how far logits are from the truth. Logits are (N, 1, H, W) for one foreground class, or (N, K, H, W) for
/// K classes; the target is (N, 1, H, W) and holds 0 or 1, or the index of the class.
/// </summary>
/// <param name="logits">Result of the network, before sigmoid or softmax.</param>
/// <param name="target">The truth.</param>
/// <returns>A single number, (1, 1, 1, 1).</returns>
public delegate Value Loss(Value logits, Value target);

/// <summary>The losses by their names on the command line.</summary>
public static class LossCatalog
{
    private static readonly Dictionary<string, Loss> ByName = new()
    {
        ["bce"] = BinaryCrossEntropy.Of,
        ["ce"] = CrossEntropy.Of,
        ["dice"] = SoftDice.Of,
        ["bce+dice"] = (logits, target) => BinaryCrossEntropy.Of(logits, target) + SoftDice.Of(logits, target),
        ["ce+dice"] = (logits, target) => CrossEntropy.Of(logits, target) + SoftDice.Of(logits, target),
    };

    /// <summary>Every name.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The loss of a name.</summary>
    /// <exception cref="ArgumentException">There is no such loss, or it is not for so many classes.</exception>
    public static Loss Create(string name, int classes)
    {
        if (!ByName.TryGetValue(name, out Loss? loss))
        {
            throw new ArgumentException($"There is no loss '{name}'; there are {string.Join(", ", Names)}.");
        }

        string wrongTerm = classes == 1 ? "ce" : "bce";
        return name.Split('+').Contains(wrongTerm)
            ? throw new ArgumentException(classes == 1
                ? $"The loss '{name}' is for two or more classes; for one foreground class use {name.Replace("ce", "bce")}."
                : $"The loss '{name}' is for one foreground class; for {classes} classes use {name.Replace("bce", "ce")}.")
            : loss;
    }
}
