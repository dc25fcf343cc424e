using UNetSharp.Data;
using UNetSharp.Inference.Explanation;
using UNetSharp.Tests.Golden;

namespace UNetSharp.Tests.Inference.Explanation;

public sealed class EffectiveReceptiveFieldTests
{
    private const int Side = 9;

    private static readonly float[] Ones = [1, 1, 1, 1, 1, 1, 1, 1, 1];

    private static readonly Picture Dark = ConvolutionChain.Image(Side, Side, new float[Side * Side]);

    [Fact]
    public void One_convolution_sees_three_by_three_pixels_by_its_weights()
    {
        EffectiveReceptiveField found = Compute(new ConvolutionChain([1, -2, 3, -4, 5, -6, 7, -8, 10]), x: 5, y: 3);

        float[] expected = new float[Side * Side];
        for (int i = 0; i < 9; i++)
        {
            expected[((2 + (i / 3)) * Side) + 4 + (i % 3)] = i == 8 ? 1 : (i + 1) / 10f;
        }

        CloseAssert.AreClose(expected, found.Map.Values, 1e-6, "map");
        Assert.Equal(10, found.Map.Peak, 1e-5);
        Assert.Equal(3, found.TheoreticalSize);
        Assert.Equal(3, found.CoreSize);
    }

    [Fact]
    public void Two_convolutions_see_five_by_five_pixels()
    {
        EffectiveReceptiveField found = Compute(new ConvolutionChain(Ones, Ones), x: 4, y: 4);

        // Sums of two uniform draws: 1, 2, 3, 2, 1 along each axis.
        int[] along = [0, 0, 1, 2, 3, 2, 1, 0, 0];
        CloseAssert.AreClose(
            [.. from row in along from column in along select row * column / 9f], found.Map.Values, 1e-6, "map");
        Assert.Equal(5, found.TheoreticalSize);
        Assert.Equal(5, found.CoreSize);
    }

    [Fact]
    public void At_the_border_there_is_less_to_see()
    {
        EffectiveReceptiveField found = Compute(new ConvolutionChain(Ones), x: 0, y: 0);

        Assert.Equal(4, found.Map.Values.Count(value => value > 0));
    }

    [Fact]
    public void A_pixel_outside_of_the_picture_is_refused() =>
        Assert.Throws<DataException>(() => Compute(new ConvolutionChain(Ones), x: Side, y: 0));

    private static EffectiveReceptiveField Compute(ConvolutionChain network, int x, int y) =>
        EffectiveReceptiveField.Compute(network.Trained, Dark, x, y, k: 1, threads: 1);
}
