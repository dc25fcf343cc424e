using UNetSharp.Losses;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Losses;

/// <summary>Every loss's backward against finite differences.</summary>
public sealed class LossGradientTests
{
    private static readonly LossOptions Options = new()
    {
        PositiveWeight = 2.5f,
        ClassWeights = [0.5f, 2, 1.5f],
        Smooth = 0.3f,
        FocalAlpha = 0.7f,
        FocalGamma = 1.5f,
    };

    [Theory]
    [InlineData("bce", 1)]
    [InlineData("ce", 3)]
    [InlineData("dice", 1)]
    [InlineData("dice", 3)]
    [InlineData("focal", 1)]
    [InlineData("focal", 3)]
    [InlineData("tversky", 1)]
    [InlineData("tversky", 3)]
    [InlineData("0.5*focal+2*dice", 3)]
    public void Loss(string text, int classes)
    {
        Verify(text, classes, LossOptions.Default);
        Verify(text, classes, Options);
        Verify(text, classes, Options with { OverBatch = true });
    }

    [Theory]
    [InlineData("bce", 1)]
    [InlineData("ce", 3)]
    [InlineData("focal", 3)]
    public void Loss_with_a_map_of_weights(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 4, 5);
        Tensor map = TestTensors.Random(shape.WithChannels(1), seed: 3);
        GradientCheck.Verify(
            x => LossCatalog.Sum(LossCatalog.Parse(text, Options), x[0], x[1], x[2]),
            inputs: [TestTensors.Random(shape, seed: 1)],
            constants: [Targets(shape), map]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lovasz_hinge(bool overBatch)
    {
        // Steps must cross no kink: x and −x lie at least 0.04 apart from each other and from 1.
        Tensor logits = TestTensors.Distinct(Shape.Nchw(2, 1, 4, 5), seed: 1);
        foreach (ref float value in logits.Data)
        {
            value -= 0.02f;
        }

        GradientCheck.Verify(
            x => LovaszHinge.Compute(x[0], x[1], overBatch), inputs: [logits], constants: [Targets(logits.Shape)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lovasz_softmax(bool overBatch)
    {
        Tensor logits = WithDistinctProbabilities(Shape.Nchw(2, 3, 2, 3));
        GradientCheck.Verify(
            x => LovaszSoftmax.Compute(x[0], x[1], overBatch), inputs: [logits], constants: [Targets(logits.Shape)]);
    }

    [Fact]
    public void Two_losses_of_the_same_logits_add_their_gradients() => GradientCheck.Verify(
        x => WeightedSum.Compute(
            [2, 0.5f, 1],
            [CrossEntropy.Compute(x[0], x[1]), FocalLoss.Compute(x[0], x[1]), SoftDice.Compute(x[0], x[1])]),
        inputs: [TestTensors.Random(Shape.Nchw(2, 3, 4, 5), seed: 1)],
        constants: [Targets(Shape.Nchw(2, 3, 4, 5))]);

    private static void Verify(string text, int classes, LossOptions options)
    {
        Shape shape = Shape.Nchw(2, classes, 4, 5);
        GradientCheck.Verify(
            x => LossCatalog.Create(text, classes, options)(x[0], x[1]),
            inputs: [TestTensors.Random(shape, seed: 1)],
            constants: [Targets(shape)]);
    }

    /// <summary>All classes, and two pixels that are ignored.</summary>
    private static Tensor Targets(Shape logits)
    {
        Tensor target = new(logits.WithChannels(1));
        for (int i = 0; i < target.Data.Length; i++)
        {
            target.Data[i] = i is 2 or 7 ? 255 : i % 3 % Math.Max(2, logits.C);
        }

        return target;
    }

    /// <summary>
    /// Logits for which no two pixels have probabilities p, or p and 1 − p, of a class closer than what a step of
    /// finite differences moves them by.
    /// </summary>
    private static Tensor WithDistinctProbabilities(Shape shape)
    {
        const double Apart = 0.003;
        for (int seed = 1; ; seed++)
        {
            Tensor logits = TestTensors.Random(shape, seed);
            if (Enumerable.Range(0, shape.C).All(k => SmallestGap(logits, k) > Apart))
            {
                return logits;
            }
        }
    }

    private static double SmallestGap(Tensor logits, int k)
    {
        float[][] pixels = [.. logits.Data.ToArray().Chunk(logits.Shape.C)];
        double[] sorted = [.. pixels.Select(ProbabilityOf).SelectMany(Both).Order()];
        return sorted.Zip(sorted.Skip(1), (a, b) => b - a).Min();

        double ProbabilityOf(float[] pixel) => Math.Exp(pixel[k]) / pixel.Sum(x => Math.Exp(x));

        static double[] Both(double p) => [p, 1 - p];
    }
}
