using System.Globalization;
using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>
/// The losses by their names, and sums of them as people write them: terms joined by +, each a name or a positive
/// number, * and a name, as in <c>0.5*ce+lovasz</c>. Losses of sets of pixels (dice, lovasz, tversky) are means over
/// the images of a batch; with <c>-batch</c> the pixels of the whole batch are one set, as the authors of
/// Lovász-softmax have it.
/// </summary>
public static class LossCatalog
{
    private delegate Func<Value, Value, Value?, Value> Maker(LossOptions options);

    private static readonly Dictionary<string, Maker> ByName = new()
    {
        ["bce"] = o => (x, t, map) => BinaryCrossEntropy.Compute(x, t, o.PositiveWeight, o.IgnoredClass, map),
        ["ce"] = o => (x, t, map) => CrossEntropy.Compute(x, t, o.ClassWeights, o.IgnoredClass, map),
        ["dice"] = Dice,
        ["dice-batch"] = o => Dice(o with { OverBatch = true }),
        ["focal"] = o => (x, t, map) =>
            FocalLoss.Compute(x, t, o.FocalAlpha, o.FocalGamma, o.ClassWeights, o.IgnoredClass, map),
        ["lovasz"] = Lovasz,
        ["lovasz-batch"] = o => Lovasz(o with { OverBatch = true }),
        ["tversky"] = Tversky,
        ["tversky-batch"] = o => Tversky(o with { OverBatch = true }),
    };

    /// <summary>Every single loss, and the sums that are used most.</summary>
    public static IEnumerable<string> Names => ByName.Keys.Concat(["bce+dice", "ce+dice"]);

    /// <summary>The terms of a sum of losses.</summary>
    /// <param name="text">Names of losses with or without weights, as in <c>0.5*ce+lovasz</c>.</param>
    /// <param name="options">Settings of the losses; null for the defaults.</param>
    /// <exception cref="ArgumentException">The text is no such sum.</exception>
    public static IReadOnlyList<LossTerm> Parse(string text, LossOptions? options = null)
    {
        LossTerm[] terms = [.. text.Split('+').Select(term => ParseTerm(text, term, options ?? LossOptions.Default))];
        string? twice = terms.GroupBy(term => term.Name).FirstOrDefault(same => same.Count() > 1)?.Key;
        return twice is null ? terms : throw new ArgumentException($"The loss '{text}' has '{twice}' twice.");
    }

    /// <summary>The loss of a name or of a sum of names.</summary>
    /// <param name="text">Names of losses with or without weights, as in <c>0.5*ce+lovasz</c>.</param>
    /// <param name="classes">Number of channels of the logits: 1 for one foreground class, else the classes.</param>
    /// <param name="options">Settings of the losses; null for the defaults.</param>
    /// <exception cref="ArgumentException">The text is no such sum, or it is not for so many classes.</exception>
    public static Loss Create(string text, int classes, LossOptions? options = null)
    {
        IReadOnlyList<LossTerm> terms = Parse(text, options);
        RequireClasses(text, terms, classes, options);
        return (logits, target) => Sum(terms, logits, target);
    }

    /// <summary>The sum of the terms times their weights.</summary>
    /// <param name="terms">The terms of a sum.</param>
    /// <param name="logits">Logits, (N, K, H, W).</param>
    /// <param name="target">The truth, (N, 1, H, W).</param>
    /// <param name="pixelWeights">Weight of each pixel, (N, 1, H, W), or null; see
    /// <see cref="LossTerm.Compute"/>.</param>
    /// <returns>A single number, (1, 1, 1, 1).</returns>
    public static Value Sum(IReadOnlyList<LossTerm> terms, Value logits, Value target, Value? pixelWeights = null) =>
        terms is [{ Weight: 1 } only]
            ? only.Compute(logits, target, pixelWeights)
            : WeightedSum.Compute(
                [.. terms.Select(term => term.Weight)],
                [.. terms.Select(term => term.Compute(logits, target, pixelWeights))]);

    private static Func<Value, Value, Value?, Value> Dice(LossOptions o) =>
        (x, t, _) => SoftDice.Compute(x, t, o.Smooth, o.OverBatch, o.IgnoredClass);

    private static Func<Value, Value, Value?, Value> Lovasz(LossOptions o) => (x, t, _) => x.Shape.C == 1
        ? LovaszHinge.Compute(x, t, o.OverBatch, o.IgnoredClass)
        : LovaszSoftmax.Compute(x, t, o.OverBatch, o.IgnoredClass);

    private static Func<Value, Value, Value?, Value> Tversky(LossOptions o) => (x, t, _) =>
        TverskyLoss.Compute(x, t, o.TverskyAlpha, o.TverskyBeta, o.Smooth, o.OverBatch, o.IgnoredClass);

    private static LossTerm ParseTerm(string text, string term, LossOptions options)
    {
        string[] parts = term.Split('*');
        string name = parts[^1].Trim();
        if (parts.Length > 2 || !ByName.TryGetValue(name, out Maker? make))
        {
            string place = text == name ? "" : $" as in '{text}'";
            string names = string.Join(", ", ByName.Keys);
            throw new ArgumentException($"There is no loss '{term.Trim()}'{place}; there are {names}, and "
                + "sums like bce+dice or 0.5*ce+lovasz.");
        }

        return new LossTerm(parts.Length == 1 ? 1 : ParseWeight(text, parts[0].Trim()), name, make(options));
    }

    private static float ParseWeight(string text, string weight)
    {
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint;
        bool isNumber = float.TryParse(weight, Plain, CultureInfo.InvariantCulture, out float value);
        return isNumber && value > 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentException(
                $"The loss '{text}' has the weight '{weight}'; give a number above 0, as in 0.5*ce.");
    }

    private static void RequireClasses(string text, IReadOnlyList<LossTerm> terms, int classes, LossOptions? options)
    {
        (string wrong, string right) = classes == 1 ? ("ce", "bce") : ("bce", "ce");
        if (terms.Any(term => term.Name == wrong))
        {
            string mend = string.Join('+', terms.Select(term =>
                (term.Weight == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{term.Weight}*"))
                + (term.Name == wrong ? right : term.Name)));
            throw new ArgumentException(classes == 1
                ? $"The loss '{text}' is for two or more classes; for one foreground class use {mend}."
                : $"The loss '{text}' is for one foreground class; for {classes} classes use {mend}.");
        }

        if (options?.ClassWeights is { } weights && classes > 1 && weights.Count != classes)
        {
            throw new ArgumentException($"There are {weights.Count} class weights, but {classes} classes.");
        }
    }
}
