namespace UNetSharp.Tests.Optimizers;

/// <summary>
/// The optimizers as they are defined, a value at a time, with the order of PyTorch's operations. State of a value:
/// the first number, and for RMSprop and Adam a second one; both start as 0.
/// </summary>
internal static class OptimizerTwin
{
    /// <summary>New value of <paramref name="w"/> in step <paramref name="t"/> (from 1); changes its state.</summary>
    public delegate float Rule(float w, float g, ref float first, ref float second, int t);

    public static Rule RmsProp(double rate, double decay, double momentum, double alpha, double epsilon) =>
        (float w, float g, ref float average, ref float buffer, int _) =>
        {
            g += w * (float)decay;
            average = (average * (float)alpha) + (g * (float)(1 - alpha) * g);
            buffer = (buffer * (float)momentum) + (g / (MathF.Sqrt(average) + (float)epsilon));
            return w - (buffer * (float)rate);
        };

    public static Rule Adam(double rate, double decay, double beta1, double beta2, double epsilon) =>
        (float w, float g, ref float mean, ref float square, int t) =>
            AdamStep(w, g + (w * (float)decay), ref mean, ref square, t, rate, beta1, beta2, epsilon);

    public static Rule AdamW(double rate, double decay, double beta1, double beta2, double epsilon) =>
        (float w, float g, ref float mean, ref float square, int t) => AdamStep(
            w * (float)(1 - (rate * decay)), g, ref mean, ref square, t, rate, beta1, beta2, epsilon);

    public static Rule Sgd(double rate, double decay, double momentum) =>
        (float w, float g, ref float buffer, ref float _, int t) =>
        {
            g += w * (float)decay;
            buffer = t == 1 ? g : (buffer * (float)momentum) + g;
            return w - (buffer * (float)rate);
        };

    private static float AdamStep(
        float w,
        float g,
        ref float mean,
        ref float square,
        int t,
        double rate,
        double beta1,
        double beta2,
        double epsilon)
    {
        mean = (mean * (float)beta1) + (g * (float)(1 - beta1));
        square = (square * (float)beta2) + (g * (float)(1 - beta2) * g);
        float root = MathF.Sqrt(square) / (float)Math.Sqrt(1 - Math.Pow(beta2, t));
        return w - (mean * (float)(rate / (1 - Math.Pow(beta1, t))) / (root + (float)epsilon));
    }
}
