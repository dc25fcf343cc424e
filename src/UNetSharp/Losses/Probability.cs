using UNetSharp.Cpu.Pointwise;

namespace UNetSharp.Losses;

/// <summary>Logits of a pixel as probabilities.</summary>
internal static class Probability
{
    /// <summary>1 / (1 + exp(−x)).</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>The class that a target names.</summary>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public static int ToClass(float target, int classes)
    {
        int k = (int)target;
        return (uint)k < (uint)classes ? k : throw NoSuchClass(target, classes);
    }

    private static ArgumentException NoSuchClass(float target, int classes) => new(
        $"A pixel of the target has the class {target}, but there are the classes 0 to {classes - 1}; "
        + "map the values of the mask to these, or ignore them.");

    /// <summary>−log softmax(x)[k], in the form that cannot overflow.</summary>
    public static float MinusLogSoftmax(ReadOnlySpan<float> logits, int k)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = MathF.Max(max, logit);
        }

        float total = 0;
        foreach (float logit in logits)
        {
            total += MathF.Exp(logit - max);
        }

        return MathF.Log(total) + max - logits[k];
    }

    /// <summary>1 − p[k], as the sum of the others, so that little is not lost beside 1.</summary>
    public static float SumOthers(ReadOnlySpan<float> probabilities, int k)
    {
        float sum = 0;
        for (int other = 0; other < probabilities.Length; other++)
        {
            sum += other == k ? 0 : probabilities[other];
        }

        return sum;
    }

    /// <summary>Sigmoid of a single logit, softmax of several.</summary>
    public static void FromLogits(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        if (logits.Length == 1)
        {
            probabilities[0] = Sigmoid(logits[0]);
        }
        else
        {
            SoftmaxForward.ComputePixel(logits, probabilities);
        }
    }

    /// <summary>
    /// Turns the derivatives by a pixel's probabilities into those by its logits: dp · p · (1 − p) for a single logit,
    /// p[k] · (dp[k] − Σ p · dp) for several.
    /// </summary>
    public static void Backward(ReadOnlySpan<float> probabilities, Span<float> gradient)
    {
        if (probabilities.Length == 1)
        {
            gradient[0] *= probabilities[0] * (1 - probabilities[0]);
            return;
        }

        float product = 0;
        for (int k = 0; k < gradient.Length; k++)
        {
            product += probabilities[k] * gradient[k];
        }

        for (int k = 0; k < gradient.Length; k++)
        {
            gradient[k] = probabilities[k] * (gradient[k] - product);
        }
    }

    /// <summary>Whether a pixel belongs to class k; a single class is the foreground, with index 1.</summary>
    public static float GetTarget(float target, int k, int classes) => classes == 1 ? target : (int)target == k ? 1 : 0;
}
