using UNetSharp.Data;
using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

public class ElasticFieldTests
{
    private const int Side = 65; // the grid's points lie on pixels 0, 32 and 64

    [Fact]
    public void Displacements_at_the_grid_s_points_are_Gaussian_with_the_deviation_asked_for()
    {
        ElasticField field = new();
        List<double> values = [];
        for (ulong seed = 0; seed < 400; seed++)
        {
            (float[] down, float[] right) = Drawn(field, Side, Side, 3, seed, 10);
            foreach (int i in new[] { 0, 32, 64 })
            {
                foreach (int j in new[] { 0, 32, 64 })
                {
                    values.AddRange([down[(i * Side) + j], right[(i * Side) + j]]);
                }
            }
        }

        double deviation = Math.Sqrt(values.Average(value => value * value));
        Assert.Equal(0, values.Average(), 0.5);
        Assert.Equal(10, deviation, 0.4);
        Assert.Equal(0.683, values.Count(value => Math.Abs(value) < 10) / (double)values.Count, 0.03);
        Assert.Equal(0.954, values.Count(value => Math.Abs(value) < 20) / (double)values.Count, 0.015);
    }

    [Fact]
    public void The_two_directions_have_nothing_to_do_with_each_other()
    {
        ElasticField field = new();
        double sum = 0;
        for (ulong seed = 0; seed < 400; seed++)
        {
            (float[] down, float[] right) = Drawn(field, 3, 3, grid: 3, seed, deviation: 1);
            sum += down.Zip(right).Sum(pair => pair.First * pair.Second);
        }

        Assert.Equal(0, sum / (400 * 9), 0.08); // four and a half standard deviations
    }

    [Fact]
    public void Between_the_points_it_is_bicubic()
    {
        // Halfway between two inner points of a row Keys's weights are -1/16, 9/16, 9/16, -1/16.
        (float[] down, _) = Drawn(new ElasticField(), Side, Side, grid: 5, seed: 3, deviation: 10);

        float expected = ((9 * (down[16] + down[32])) - down[0] - down[48]) / 16;
        Assert.Equal(expected, down[24], 1e-4f);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(9)]
    public void It_is_smooth(int grid)
    {
        // Between points a few deviations apart the cubic rises by less than 8 deviations a cell of the grid.
        (float[] down, float[] right) = Drawn(new ElasticField(), Side, Side, grid, seed: 4, deviation: 1);
        float most = 8f * (grid - 1) / (Side - 1);
        for (int i = 1; i < Side; i++)
        {
            for (int j = 1; j < Side; j++)
            {
                int at = (i * Side) + j;
                Assert.InRange(down[at] - down[at - 1], -most, most);
                Assert.InRange(right[at] - right[at - Side], -most, most);
            }
        }
    }

    [Fact]
    public void The_slope_does_not_jump_at_the_points()
    {
        (float[] down, _) = Drawn(new ElasticField(), Side, Side, grid: 3, seed: 4, deviation: 10);
        for (int j = 1; j < Side - 1; j++)
        {
            float step = down[j + 1] - (2 * down[j]) + down[j - 1];
            Assert.InRange(step, -0.2f, 0.2f); // straight lines between points would have steps of up to 1
        }
    }

    [Fact]
    public void A_crop_sees_its_part_of_the_whole_image_s_field()
    {
        (float[] whole, _) = Drawn(new ElasticField(), 40, 50, grid: 3, seed: 2, deviation: 5);
        ElasticField field = new();
        field.Draw(5, 3, 2, new PictureSize(40, 50), top: 11, left: 7, columns: 9);
        float[] down = new float[9];
        float[] right = new float[9];

        field.ComputeRow(4, down, right);

        Assert.Equal(whole.AsSpan((15 * 50) + 7, 9).ToArray(), down);
    }

    [Fact]
    public void A_single_row_or_pixel_has_a_field_too()
    {
        (float[] down, _) = Drawn(new ElasticField(), 1, 1, grid: 3, seed: 2, deviation: 5);

        Assert.True(float.IsFinite(Assert.Single(down)));
    }

    private static (float[] Down, float[] Right) Drawn(
        ElasticField field, int height, int width, int grid, ulong seed, float deviation)
    {
        float[] down = new float[height * width];
        float[] right = new float[height * width];
        field.Draw(deviation, grid, seed, new PictureSize(height, width), top: 0, left: 0, columns: width);
        for (int i = 0; i < height; i++)
        {
            field.ComputeRow(i, down.AsSpan(i * width, width), right.AsSpan(i * width, width));
        }

        return (down, right);
    }
}
