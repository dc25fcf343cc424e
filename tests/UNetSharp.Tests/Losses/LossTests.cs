using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Losses;

/// <summary>What holds for every loss, and what some do at the edge.</summary>
public sealed class LossTests
{
    public static TheoryData<string, int> Losses => new()
    {
        { "bce", 1 },
        { "dice", 1 },
        { "focal", 1 },
        { "lovasz", 1 },
        { "tversky", 1 },
        { "ce", 3 },
        { "dice", 3 },
        { "focal", 3 },
        { "lovasz", 3 },
        { "tversky", 3 },
        { "0.5*ce+2*lovasz", 3 },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Any_number_of_threads_computes_the_same_bits(string text, int classes)
    {
        Shape shape = Shape.Nchw(3, classes, 37, 23);
        (float loss, float[] gradient) = Step(text, TestTensors.Random(shape, 1), Targets(shape), threads: 1);
        for (int threads = 2; threads <= 5; threads++)
        {
            (float other, float[] otherGradient) = Step(text, TestTensors.Random(shape, 1), Targets(shape), threads);
            Assert.Equal(loss, other);
            Assert.Equal(gradient, otherGradient);
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_step_allocates_nothing(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 16, 16);
        Value x = Value.Input(shape);
        Value t = Value.Input(shape.WithChannels(1));
        Value y = LossCatalog.Create(text, classes)(x, t);
        using CpuDevice device = new(1);
        using Plan plan = device.Compile(
            new ComputationGraph(y), TestStores.For(y), PlanSettings.ForTraining(y, x));
        plan.ComputeGradients();

        long before = GC.GetAllocatedBytesForCurrentThread();
        plan.ComputeGradients();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_sure_and_right_prediction_costs_next_to_nothing(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 5, 4);
        Tensor target = Targets(shape);
        (float loss, _) = Step(text, Sure(shape, target), target);

        Assert.InRange(loss, 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void An_empty_mask_that_is_predicted_empty_costs_next_to_nothing(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 5, 4);
        Tensor target = new(shape.WithChannels(1));
        (float loss, _) = Step(text, Sure(shape, target), target);

        Assert.InRange(loss, 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Where_all_is_ignored_the_loss_and_its_gradient_are_zero(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 5, 4);
        Tensor target = new(shape.WithChannels(1));
        target.Data.Fill(255);
        (float loss, float[] gradient) = Step(text, TestTensors.Random(shape, 1), target);

        Assert.Equal(0, loss);
        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Ignored_pixels_may_hold_anything(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 5, 4);
        Tensor target = Targets(shape);
        Tensor logits = TestTensors.Random(shape, 1);
        target.Data[3] = 255;
        (float loss, _) = Step(text, logits, target);
        logits.Data.Slice(3 * classes, classes).Fill(80);
        logits.Data[3 * classes] = -80;
        (float other, float[] gradient) = Step(text, logits, target);

        Assert.Equal(loss, other);
        Assert.All(gradient[(3 * classes)..(4 * classes)], value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Extreme_logits_have_finite_losses_and_gradients(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 5, 4);
        Tensor logits = TestTensors.Random(shape, 1);
        foreach (ref float value in logits.Data)
        {
            value *= 1000;
        }

        (float loss, float[] gradient) = Step(text, logits, Targets(shape));

        Assert.True(float.IsFinite(loss));
        Assert.All(gradient, value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Logits_that_are_no_numbers_show_in_the_loss(string text, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 5, 4);
        Tensor logits = TestTensors.Random(shape, 1);
        logits.Data[0] = float.NaN;

        Assert.Equal(float.NaN, Step(text, logits, Targets(shape)).Loss);
    }

    [Fact]
    public void Another_value_can_be_ignored_or_none()
    {
        Shape shape = Shape.Nchw(1, 3, 1, 2);
        Tensor target = new(shape.WithChannels(1), [0, 2]);
        Tensor logits = new(shape, [1, 0, 0, 3, 0, 0]);
        float both = Step("ce", logits, target, options: new LossOptions { IgnoredClass = null }).Loss;
        float second = Step("ce", logits, target, options: new LossOptions { IgnoredClass = 0 }).Loss;

        Assert.Equal(MathF.Log(MathF.Exp(1) + 2) - 1, (2 * both) - second, 1e-5f);
        Assert.Equal(MathF.Log(MathF.Exp(3) + 2), second, 1e-5f);
    }

    [Fact]
    public void Focal_without_focus_is_half_the_cross_entropy()
    {
        Shape shape = Shape.Nchw(2, 1, 5, 4);
        LossOptions plain = new() { FocalAlpha = 0.5f, FocalGamma = 0 };
        (float focal, _) = Step("focal", TestTensors.Random(shape, 1), Targets(shape), options: plain);
        (float bce, _) = Step("bce", TestTensors.Random(shape, 1), Targets(shape));

        Assert.Equal(bce / 2, focal, 1e-6f);
    }

    [Fact]
    public void Tversky_with_equal_halves_is_dice()
    {
        Shape shape = Shape.Nchw(2, 3, 5, 4);
        LossOptions halves = new() { TverskyAlpha = 0.5f, TverskyBeta = 0.5f, Smooth = 0.5f };
        (float tversky, _) = Step("tversky", TestTensors.Random(shape, 1), Targets(shape), options: halves);
        (float dice, _) = Step("dice", TestTensors.Random(shape, 1), Targets(shape));

        Assert.Equal(dice, tversky, 1e-6f);
    }

    [Fact]
    public void Lovasz_of_hard_errors_is_the_Jaccard_loss()
    {
        // Margins of exactly 0 or 2: errors are 1 ∓ 1, so the loss is twice 1 − IoU; here two of five are wrong.
        Tensor target = new(Shape.Nchw(1, 1, 1, 6), [1, 1, 1, 1, 0, 0]);
        Tensor logits = new(Shape.Nchw(1, 1, 1, 6), [1, 1, 1, -1, 1, -1]);

        Assert.Equal(2 * (1 - (3f / 5)), Step("lovasz", logits, target).Loss, 1e-6f);
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Value x1 = Value.Input(Shape.Nchw(1, 1, 2, 2));
        Value x3 = Value.Input(Shape.Nchw(1, 3, 2, 2));

        Assert.Throws<ShapeException>(() => BinaryCrossEntropy.Compute(x3, x1));
        Assert.Throws<ShapeException>(() => CrossEntropy.Compute(x3, x3));
        Assert.Throws<ShapeException>(() => CrossEntropy.Compute(x3, x1, [1, 2]));
        Assert.Throws<ShapeException>(() => CrossEntropy.Compute(x3, x1, null, pixelWeights: x3));
        Assert.Throws<ShapeException>(() => SoftDice.Compute(x3, x3));
        Assert.Throws<ShapeException>(() => LovaszHinge.Compute(x3, x1));
        Assert.Throws<ShapeException>(() => LovaszSoftmax.Compute(x1, x1));
        Assert.Throws<ShapeException>(() => LovaszSoftmax.Compute(x3, x3));
        Assert.Throws<ShapeException>(() => WeightedSum.Compute([1], [x1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinaryCrossEntropy.Compute(x1, x1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.Compute(x3, x1, [1, float.NaN, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FocalLoss.Compute(x1, x1, alpha: 1.5f));
        Assert.Throws<ArgumentOutOfRangeException>(() => FocalLoss.Compute(x1, x1, alpha: 0.5f, gamma: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftDice.Compute(x1, x1, smooth: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TverskyLoss.Compute(x1, x1, alpha: -1, beta: 0));
    }

    private static (float Loss, float[] Gradient) Step(
        string text, Tensor logits, Tensor target, int threads = 2, LossOptions? options = null)
    {
        Value x = Value.Input(logits.Shape);
        Value t = Value.Input(target.Shape);
        Value y = LossCatalog.Create(text, logits.Shape.C, options)(x, t);
        using CpuDevice device = new(threads);
        using Plan plan = device.Compile(
            new ComputationGraph(y), TestStores.For(y), PlanSettings.ForTraining(y, x));
        plan.SetInput(x, logits.Data);
        plan.SetInput(t, target.Data);
        float loss = plan.ComputeGradients();
        return (loss, plan.Gradient(x).ToArray());
    }

    private static Tensor Targets(Shape logits)
    {
        Tensor target = new(logits.WithChannels(1));
        Random random = new(5);
        foreach (ref float value in target.Data)
        {
            value = random.Next(Math.Max(2, logits.C));
        }

        return target;
    }

    /// <summary>Logits of ±20 that say what is true.</summary>
    private static Tensor Sure(Shape shape, Tensor target)
    {
        Tensor logits = new(shape);
        for (int i = 0; i < logits.Data.Length; i++)
        {
            float truth = target.Data[i / shape.C];
            bool isTrue = shape.C == 1 ? truth > 0 : (int)truth == i % shape.C;
            logits.Data[i] = isTrue ? 20 : -20;
        }

        return logits;
    }
}
