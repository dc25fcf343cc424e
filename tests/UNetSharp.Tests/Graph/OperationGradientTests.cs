using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Losses;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Graph;

/// <summary>Every operation's backward against finite differences.</summary>
public sealed class OperationGradientTests
{
    [Theory]
    [InlineData(1, 1, 0, 1)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(3, 1, 2, 2)]
    [InlineData(2, 2, 0, 1)]
    [InlineData(5, 3, 2, 1)]
    public void Convolution(int kernel, int stride, int padding, int dilation)
    {
        Conv2d layer = new Conv2d(3, 5, kernel, stride, padding, dilation);
        GradientCheck.Verify(x => layer.Forward(x[0]), TestTensors.Random(Shape.Nchw(2, 3, 6, 7), seed: 1));
    }

    [Theory]
    [InlineData(2, 2, 0, 0)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(3, 1, 1, 0)]
    [InlineData(4, 2, 1, 0)]
    [InlineData(2, 3, 0, 0)]
    public void Transposed_convolution(int kernel, int stride, int padding, int outputPadding)
    {
        ConvTranspose2d layer = new ConvTranspose2d(3, 5, kernel, stride, padding, outputPadding);
        GradientCheck.Verify(x => layer.Forward(x[0]), TestTensors.Random(Shape.Nchw(2, 3, 4, 3), seed: 1));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    public void Batch_norm(int channels)
    {
        BatchNorm2d layer = new BatchNorm2d(channels);
        GradientCheck.Verify(x => layer.Forward(x[0]), TestTensors.Random(Shape.Nchw(2, channels, 3, 4), seed: 1));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    public void Batch_norm_and_rectifier_in_one_step(float slope)
    {
        BatchNorm2d layer = new BatchNorm2d(9);
        GradientCheck.Verify(
            x => layer.Forward(x[0]).Relu(slope), TestTensors.Distinct(Shape.Nchw(2, 9, 3, 2), seed: 1));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    public void Rectifier(float slope) =>
        GradientCheck.Verify(x => x[0].Relu(slope), TestTensors.Distinct(Shape.Nchw(2, 5, 3, 3), seed: 1));

    [Theory]
    [InlineData(2, 2, 0, false, 4, 6, 3)]
    [InlineData(2, 2, 0, false, 5, 7, 9)]
    [InlineData(2, 2, 0, true, 5, 7, 9)]
    [InlineData(3, 2, 1, false, 6, 5, 8)]
    public void Max_pool(int kernel, int stride, int padding, bool ceilMode, int height, int width, int channels) =>
        GradientCheck.Verify(
            x => x[0].MaxPool(kernel, stride, padding, ceilMode),
            TestTensors.Distinct(Shape.Nchw(2, channels, height, width), seed: 1));

    [Theory]
    [InlineData(2, 2, 0, false, 4, 6, 3)]
    [InlineData(3, 2, 1, false, 6, 5, 9)]
    [InlineData(3, 1, 1, true, 4, 5, 17)]
    [InlineData(4, 4, 0, false, 4, 4, 2)]
    public void Average_pool(
        int kernel, int stride, int padding, bool countIncludePad, int height, int width, int channels)
    {
        Axis axis = new(kernel, stride, padding);
        GradientCheck.Verify(
            x => new AvgPool(x[0], axis, axis, countIncludePad).Output
                + new AvgPool(x[0], axis, axis, countIncludePad: true).Output,
            TestTensors.Random(Shape.Nchw(2, channels, height, width), seed: 1));
    }

    [Theory]
    [InlineData(3, 1, 1, 1, 9, true)]
    [InlineData(3, 2, 0, 1, 3, false)]
    [InlineData(2, 1, 2, 2, 8, true)]
    public void Depthwise_convolution(int kernel, int stride, int padding, int dilation, int channels, bool hasBias)
    {
        Random random = new(1);
        Parameter weight = Drawn("weight", [channels, 1, kernel, kernel]);
        Parameter? bias = hasBias ? Drawn("bias", [channels]) : null;
        Axis axis = new(kernel, stride, padding, dilation);
        GradientCheck.Verify(
            x => new DepthwiseConvolution(x[0], weight, bias, axis, axis).Output,
            TestTensors.Random(Shape.Nchw(2, channels, 6, 5), seed: 1));

        Parameter Drawn(string name, int[] dims) => new(null, name, dims, ParameterKind.Trained, (_, values) =>
        {
            foreach (ref float value in values)
            {
                value = random.NextSingle() - 0.5f;
            }
        });
    }

    [Fact]
    public void Channels_of_a_value_that_others_read_too() => GradientCheck.Verify(
        x => x[0].SliceChannels(1, 3) + x[0].SliceChannels(4, 3), TestTensors.Random(Shape.Nchw(2, 7, 3, 4), seed: 1));

    [Fact]
    public void Product_of_two_values_and_of_a_value_with_itself() => GradientCheck.Verify(
        x => (x[0] * x[1]) + (x[0] * x[0]),
        TestTensors.Random(Shape.Nchw(2, 9, 3, 4), seed: 1),
        TestTensors.Random(Shape.Nchw(2, 9, 3, 4), seed: 2));

    [Fact]
    public void Clip() =>
        GradientCheck.Verify(x => x[0].Clamp(0.8f), TestTensors.Distinct(Shape.Nchw(2, 5, 3, 3), seed: 1));

    [Theory]
    [InlineData(3, 4, 6, 8, true)]
    [InlineData(3, 4, 6, 8, false)]
    [InlineData(5, 6, 3, 2, true)]
    [InlineData(5, 6, 3, 2, false)]
    [InlineData(1, 1, 4, 3, true)]
    public void Resize(int height, int width, int newHeight, int newWidth, bool alignCorners) =>
        GradientCheck.Verify(
            x => x[0].Resize(newHeight, newWidth, alignCorners),
            TestTensors.Random(Shape.Nchw(2, 9, height, width), seed: 1));

    [Theory]
    [InlineData(1, 2, 0, 1)]
    [InlineData(-1, 1, -1, 0)]
    public void Pad(int left, int right, int top, int bottom) =>
        GradientCheck.Verify(
            x => x[0].Pad(left, right, top, bottom), TestTensors.Random(Shape.Nchw(2, 5, 3, 4), seed: 1));

    [Theory]
    [InlineData(3, 4, 6, 8)]
    [InlineData(3, 4, 7, 5)]
    [InlineData(5, 6, 2, 3)]
    public void Resize_to_the_nearest_pixel(int height, int width, int newHeight, int newWidth) =>
        GradientCheck.Verify(
            x => x[0].ResizeNearest(newHeight, newWidth), TestTensors.Random(Shape.Nchw(2, 9, height, width), seed: 1));

    [Theory]
    [InlineData(3, 4, 6, 9)]
    [InlineData(3, 2, 13, 9)]
    [InlineData(1, 3, 4, 3)]
    public void Mirror(int height, int width, int newHeight, int newWidth) =>
        GradientCheck.Verify(
            x => x[0].ReflectPad(newHeight, newWidth), TestTensors.Random(Shape.Nchw(2, 3, height, width), seed: 1));

    [Fact]
    public void Gate() => GradientCheck.Verify(
        x => x[0].Gate(x[1]) + x[0],
        TestTensors.Random(Shape.Nchw(2, 9, 3, 4), seed: 1),
        TestTensors.Random(Shape.Nchw(2, 1, 3, 4), seed: 2));

    [Fact]
    public void Concat_of_values_that_others_read_too() => GradientCheck.Verify(
        x =>
            Value.Concat(
                x[0].Sigmoid(), Value.Concat(x[1], x[0].Relu(0.5f)), x[0]) + Value.Concat(x[1], x[0], x[0], x[0]),
        TestTensors.Distinct(Shape.Nchw(2, 3, 3, 4), seed: 1),
        TestTensors.Distinct(Shape.Nchw(2, 7, 3, 4), seed: 2));

    [Fact]
    public void Skip_that_is_pooled_before_it_is_concatenated()
    {
        Conv2d last = new Conv2d(4, 3, 3, padding: 1);
        GradientCheck.Verify(
            x =>
            {
                Value skip = x[0].Relu(0.5f);
                Value deep = skip.MaxPool(2).Resize(4, 6, alignCorners: true);
                return last.Forward(Value.Concat(skip, deep));
            },
            TestTensors.Distinct(Shape.Nchw(1, 2, 4, 6), seed: 1));
    }

    [Fact]
    public void Sigmoid() =>
        GradientCheck.Verify(x => x[0].Sigmoid(), TestTensors.Random(Shape.Nchw(2, 5, 3, 3), seed: 1));

    [Fact]
    public void Background_of_labels_that_may_overlap() =>
        GradientCheck.Verify(x => x[0].WithBackground(), TestTensors.Distinct(Shape.Nchw(2, 5, 3, 3), seed: 1));

    [Fact]
    public void Softmax() =>
        GradientCheck.Verify(x => x[0].Softmax(), TestTensors.Random(Shape.Nchw(2, 5, 3, 3), seed: 1));

    [Fact]
    public void Sum_of_a_value_with_itself() =>
        GradientCheck.Verify(x => x[0] + x[0], TestTensors.Random(Shape.Nchw(1, 3, 2, 2), seed: 1));

    [Theory]
    [InlineData("bce", 1)]
    [InlineData("dice", 1)]
    [InlineData("bce+dice", 1)]
    [InlineData("ce", 3)]
    [InlineData("dice", 3)]
    [InlineData("ce+dice", 3)]
    public void Loss(string name, int classes)
    {
        Tensor target = new(Shape.Nchw(2, 1, 4, 5));
        for (int i = 0; i < target.Data.Length; i++)
        {
            target.Data[i] = i % 3 % Math.Max(2, classes);
        }

        GradientCheck.Verify(
            x => LossCatalog.Create(name, classes)(x[0], x[1]),
            inputs: [TestTensors.Random(Shape.Nchw(2, classes, 4, 5), seed: 1)],
            constants: [target]);
    }
}
