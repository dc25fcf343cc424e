using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Losses;

/// <summary>Sums of losses as text.</summary>
public sealed class LossCatalogTests
{
    [Theory]
    [InlineData("dice", "1 dice")]
    [InlineData("bce+dice", "1 bce, 1 dice")]
    [InlineData("0.5*ce+lovasz", "0.5 ce, 1 lovasz")]
    [InlineData(" 2 * focal + .25*tversky ", "2 focal, 0.25 tversky")]
    public void A_sum_has_terms_with_weights(string text, string terms) =>
        Assert.Equal(terms, string.Join(", ", LossCatalog.Parse(text).Select(term => $"{term.Weight} {term.Name}")));

    [Theory]
    [InlineData("", "There is no loss ''; there are bce, ce, dice, dice-batch, focal, lovasz, lovasz-batch, tversky")]
    [InlineData("hinge", "There is no loss 'hinge'")]
    [InlineData("Dice", "There is no loss 'Dice'")]
    [InlineData("dice+", "There is no loss '' as in 'dice+'")]
    [InlineData("bce++dice", "There is no loss '' as in 'bce++dice'")]
    [InlineData("dice*0.5", "There is no loss 'dice*0.5' as in 'dice*0.5'")]
    [InlineData("2*3*dice", "There is no loss '2*3*dice' as in '2*3*dice'")]
    [InlineData("*dice", "has the weight ''")]
    [InlineData("x*dice", "has the weight 'x'")]
    [InlineData("-1*dice", "has the weight '-1'")]
    [InlineData("0*dice", "has the weight '0'")]
    [InlineData("NaN*dice", "has the weight 'NaN'")]
    [InlineData("1,5*dice", "has the weight '1,5'")]
    [InlineData("bce+dice+bce", "has 'bce' twice")]
    public void Nonsense_is_refused_with_a_reason(string text, string reason)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => LossCatalog.Create(text, 1));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ce+dice", 1, "for one foreground class use bce+dice.")]
    [InlineData("0.5*bce+dice", 3, "for 3 classes use 0.5*ce+dice.")]
    public void A_loss_for_other_classes_is_refused_with_the_right_one(string text, int classes, string mend)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => LossCatalog.Create(text, classes));

        Assert.EndsWith(mend, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_weights_for_other_classes_are_refused()
    {
        LossOptions options = new() { ClassWeights = [1, 2] };

        ArgumentException e = Assert.Throws<ArgumentException>(() => LossCatalog.Create("ce", 3, options));

        Assert.Equal("There are 2 class weights, but 3 classes.", e.Message);
    }

    [Fact]
    public void Every_name_is_a_loss_for_one_class_or_for_several() => Assert.All(LossCatalog.Names, name =>
    {
        int classes = name.StartsWith("ce", StringComparison.Ordinal) ? 3 : 1;
        Value logits = Value.Input(Shape.Nchw(1, classes, 2, 2));
        Value target = Value.Input(Shape.Nchw(1, 1, 2, 2));

        Assert.Equal(Shape.Scalar, LossCatalog.Create(name, classes)(logits, target).Shape);
    });

    [Theory]
    [InlineData("dice", 3)]
    [InlineData("lovasz", 1)]
    [InlineData("lovasz", 3)]
    [InlineData("tversky", 1)]
    public void Sets_of_pixels_are_of_each_image_or_of_the_batch(string name, int classes)
    {
        Shape shape = Shape.Nchw(2, classes, 3, 4);
        Tensor logits = TestTensors.Random(shape, seed: 1), truth = new(shape.WithChannels(1));
        for (int i = 0; i < truth.Data.Length; i++)
        {
            truth.Data[i] = i % (i < 12 ? 2 : Math.Max(2, classes));
        }

        float batch = Loss($"{name}-batch", options: null);

        Assert.NotEqual(Loss(name, options: null), batch, 1e-4f);
        Assert.Equal(Loss(name, new LossOptions { OverBatch = true }), batch);

        float Loss(string text, LossOptions? options)
        {
            Value x = Value.Input(shape), t = Value.Input(truth.Shape);
            Value loss = LossCatalog.Create(text, classes, options)(x, t);
            using CpuDevice device = new(1);
            using Plan plan = device.Compile(
                new ComputationGraph(loss), TestStores.For(loss), PlanSettings.ForTraining(loss, x));
            plan.SetInput(x, logits.Data);
            plan.SetInput(t, truth.Data);
            return plan.ComputeGradients();
        }
    }

    [Fact]
    public void The_terms_of_a_sum_can_be_read_beside_it()
    {
        Shape shape = Shape.Nchw(1, 2, 3, 4);
        Value x = Value.Input(shape);
        Value t = Value.Input(shape.WithChannels(1));
        IReadOnlyList<LossTerm> terms = LossCatalog.Parse("0.5*ce+2*dice");
        Value[] values = [.. terms.Select(term => term.Loss(x, t))];
        Value sum = WeightedSum.Compute([.. terms.Select(term => term.Weight)], values);
        using CpuDevice device = new(1);
        using Plan plan = device.Compile(
            new ComputationGraph([sum, .. values]), TestStores.For([sum, .. values]), PlanSettings.ForTraining(sum, x));
        plan.SetInput(x, TestTensors.Random(shape, 1).Data);

        float loss = plan.ComputeGradients();

        Assert.Equal((0.5f * plan.Output(values[0])[0]) + (2 * plan.Output(values[1])[0]), loss);
    }
}
