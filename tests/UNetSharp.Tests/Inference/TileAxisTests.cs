using UNetSharp.Inference.Tiling;

namespace UNetSharp.Tests.Inference;

public sealed class TileAxisTests
{
    [Fact]
    public void A_short_axis_is_one_tile_of_full_weight()
    {
        var axis = TileAxis.Create(size: 40, side: 64, overlap: 32, inputSide: side => side);

        Assert.Equal((1, 40, 40, 0), (axis.Count, axis.OutputLength, axis.InputLength, axis.GetStart(0)));
        Assert.All(axis.GetWeights(0).ToArray(), weight => Assert.Equal(1, weight));
        Assert.Equal(Enumerable.Range(0, 40), axis.GetSourcePixels(0));
    }

    [Fact]
    public void Tiles_start_at_multiples_of_32_and_the_last_one_sees_the_mirror_image()
    {
        var axis = TileAxis.Create(size: 100, side: 64, overlap: 32, inputSide: side => side);

        Assert.Equal([0, 32, 64], Enumerable.Range(0, axis.Count).Select(axis.GetStart));
        Assert.Equal([.. Enumerable.Range(64, 36), .. Enumerable.Range(71, 28).Reverse()], axis.GetSourcePixels(2));
    }

    [Fact]
    public void Tiles_of_an_unpadded_network_abut_and_see_its_margins()
    {
        // As the network of 2015 would with margins of 92 for 4 pixels more: 94 on both sides of 64.
        var axis = TileAxis.Create(size: 192, side: 64, overlap: 0, inputSide: side => side + 188);

        Assert.Equal([0, 64, 128], Enumerable.Range(0, axis.Count).Select(axis.GetStart));
        Assert.Equal(252, axis.InputLength);
        Assert.Equal([94, 93], axis.GetSourcePixels(0).Take(2));
        Assert.Equal(30, axis.GetSourcePixels(1)[0]);
        Assert.Equal(0, axis.GetSourcePixels(1)[30]);
        Assert.All(axis.GetWeights(1).ToArray(), weight => Assert.Equal(1, weight));
    }

    [Theory]
    [InlineData(65, 64, 0)]
    [InlineData(100, 64, 32)]
    [InlineData(1000, 128, 64)]
    [InlineData(1023, 256, 96)]
    [InlineData(777, 64, 0)]
    public void Weights_add_up_to_one_at_every_pixel(int size, int side, int overlap)
    {
        foreach (int margins in new[] { 0, 185, 188 })
        {
            var axis = TileAxis.Create(size, side, overlap, length => length + margins + (length == size ? 3 : 0));
            double[] sums = new double[size];
            for (int tile = 0; tile < axis.Count; tile++)
            {
                ReadOnlySpan<float> weights = axis.GetWeights(tile);
                for (int i = 0; i < weights.Length; i++)
                {
                    int at = axis.GetStart(tile) + i;
                    if (at >= 0 && at < size)
                    {
                        sums[at] += weights[i];
                    }
                    else
                    {
                        Assert.Equal(0, weights[i]);
                    }
                }
            }

            Assert.All(sums, sum => Assert.Equal(1, sum, 1e-6));
        }
    }
}
