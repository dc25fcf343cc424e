using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public class WeightMapTests
{
    private static readonly float[] Even = [1, 1, 1];

    [Theory]
    [InlineData(1, 30, 40, 6, 5f)]
    [InlineData(2, 41, 23, 3, 2.5f)]
    [InlineData(3, 64, 64, 40, 5f)]
    [InlineData(4, 1, 90, 9, 5f)]
    [InlineData(5, 90, 1, 9, 5f)]
    [InlineData(6, 48, 48, 2, 5f)]
    public void It_is_the_paper_s_equation(int seed, int height, int width, int count, float sigma)
    {
        PictureSize size = new(height, width);
        byte[] classes = Rectangles(seed, size, count);
        int[] cells = Cells.Label(classes, size);
        WeightMapSettings settings = new(10, sigma);
        float[] classWeights = [0.5f, 1.5f, 2];

        float[] weights = WeightMap.Compute(classes, cells, size, classWeights, settings);

        float[] expected = Twin(classes, cells, size, classWeights, settings);
        Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Cells_with_numbers_may_touch_and_have_several_parts()
    {
        PictureSize size = new(12, 30);
        Random random = new(3);
        int[] cells = [.. Enumerable.Range(0, 360).Select(i => (i / 30 / 4 * 7) + (i % 30 / 6) + random.Next(2))];
        byte[] classes = [.. cells.Select(cell => (byte)(cell == 0 ? 0 : 1))];
        WeightMapSettings settings = new();

        float[] weights = WeightMap.Compute(classes, cells, size, Even, settings);

        float[] expected = Twin(classes, cells, size, Even, settings);
        Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void The_gap_between_two_cells_weighs_most()
    {
        // Cells end in columns 9 and 12 with columns 10 and 11 between them.
        PictureSize size = new(9, 22);
        byte[] classes = [.. Enumerable.Range(0, 9 * 22).Select(i => (byte)(i % 22 is 10 or 11 ? 0 : 1))];

        float[] weights = WeightMap.Compute(classes, size, Even);

        Assert.Equal(1 + (10 * Math.Exp(-9 / 50.0)), weights[(4 * 22) + 10], 1e-5);
        Assert.Equal(1 + (10 * Math.Exp(-9 / 50.0)), weights[(4 * 22) + 9], 1e-5);
        Assert.True(weights[4 * 22] < weights[(4 * 22) + 5]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_a_second_cell_there_is_the_balance_alone(byte inside)
    {
        byte[] classes = new byte[20 * 20];
        classes.AsSpan(150, 10).Fill(inside);

        float[] weights = WeightMap.Compute(classes, new PictureSize(20, 20), [0.25f, 4]);

        Assert.All(classes.Zip(weights), pair => Assert.Equal(pair.First == 0 ? 0.25f : 4, pair.Second));
    }

    [Fact]
    public void A_cell_without_any_border_is_at_no_distance()
    {
        byte[] classes = [1, 1, 1, 1];

        Assert.Equal([1, 1, 1, 1], WeightMap.Compute(classes, new PictureSize(2, 2), Even));
    }

    [Fact]
    public void Balanced_weights_have_a_mean_of_one()
    {
        float[] weights = WeightMap.ComputeClassWeights([0.8, 0, 0.2]);

        Assert.Equal([0.625f, 0, 2.5f], weights);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        PictureSize size = new(2, 2);
        Assert.Throws<ArgumentException>(() => WeightMap.Compute(new byte[3], size, Even));
        Assert.Throws<ArgumentException>(() => WeightMap.Compute([0, 1, 2, 3], size, Even));
        Assert.Throws<ArgumentException>(() => WeightMap.Compute(new byte[4], size, []));
        Assert.Throws<ArgumentException>(
            () => WeightMap.Compute(new byte[4], new int[4], size, Even, new WeightMapSettings(10, 0)));
        Assert.Throws<ArgumentException>(
            () => WeightMap.Compute(new byte[4], new int[4], size, Even, new WeightMapSettings(-1, 5)));
    }

    [Fact]
    public void Cells_are_connected_across_sides_and_within_one_class()
    {
        byte[] classes =
        [
            1, 1, 0, 1,
            0, 1, 0, 1,
            1, 0, 1, 1,
            2, 2, 0, 0,
        ];

        int[] cells = Cells.Label(classes, new PictureSize(4, 4));

        Assert.Equal([1, 1, 0, 2, 0, 1, 0, 2, 3, 0, 2, 2, 4, 4, 0, 0], cells);
    }

    [Fact]
    public void A_row_s_end_and_the_next_row_s_start_do_not_touch() =>
        Assert.Equal([0, 1, 2, 0], Cells.Label([0, 1, 1, 0], new PictureSize(2, 2)));

    private static byte[] Rectangles(int seed, PictureSize size, int count)
    {
        Random random = new(seed);
        byte[] classes = new byte[size.Height * size.Width];
        for (int n = 0; n < count; n++)
        {
            (int top, int left) = (random.Next(size.Height), random.Next(size.Width));
            (int bottom, int right) =
                (Math.Min(size.Height, top + random.Next(1, 9)), Math.Min(size.Width, left + random.Next(1, 9)));
            byte value = (byte)random.Next(1, 3);
            for (int row = top; row < bottom; row++)
            {
                classes.AsSpan((row * size.Width) + left, right - left).Fill(value);
            }
        }

        return classes;
    }

    /// <summary>The definition: every pixel against every border pixel of every cell.</summary>
    private static float[] Twin(
        byte[] classes, int[] cells, PictureSize size, float[] classWeights, WeightMapSettings settings)
    {
        (int Row, int Column, int Cell)[] border =
        [
            .. Enumerable.Range(0, cells.Length)
                .Where(i => cells[i] != 0 && Neighbours(i, size).Any(k => cells[k] != cells[i]))
                .Select(i => (i / size.Width, i % size.Width, cells[i])),
        ];
        return
        [
            .. Enumerable.Range(0, cells.Length).Select(i =>
            {
                double[] distances =
                [
                    .. border.GroupBy(at => at.Cell).Select(cell => cell.Min(at => Math.Sqrt(
                        Math.Pow(at.Row - (i / size.Width), 2) + Math.Pow(at.Column - (i % size.Width), 2)))).Order(),
                ];
                double sum = distances.Length < 2 ? double.PositiveInfinity : distances[0] + distances[1];
                double between = settings.BorderWeight * Math.Exp(-sum * sum / (2 * settings.Sigma * settings.Sigma));
                return (float)(classWeights[classes[i]] + between);
            }),
        ];
    }

    private static IEnumerable<int> Neighbours(int i, PictureSize size)
    {
        (int row, int column) = (i / size.Width, i % size.Width);
        (int Row, int Column)[] places = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)];
        return places.Where(at => at.Row >= 0 && at.Row < size.Height && at.Column >= 0 && at.Column < size.Width)
            .Select(at => (at.Row * size.Width) + at.Column);
    }
}
