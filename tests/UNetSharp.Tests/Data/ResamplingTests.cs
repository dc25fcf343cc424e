using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

/// <summary>
/// Expected values are those of Pillow 9.4, Image.fromarray(values as float32, "F").resize((width, height), BILINEAR)
/// and Image.resize((width, height), NEAREST), rounded to four digits.
/// </summary>
public class ResamplingTests
{
    private const float Tolerance = 1e-3f;

    private static readonly float[] Uneven =
        [0, 10, 20, 30, 40, 5, 80, 7, 60, 9, 100, 3, 50, 1, 90, 2, 70, 4, 20, 255];

    [Fact]
    public void Shrinking_takes_the_mean_of_all_pixels_under_a_triangle_as_pillow_does() => AssertClose(
        [26.102f, 27.6667f, 35.9388f, 43.6939f, 26.8095f, 92.7551f],
        Resampling.ResizeAntialiased(Uneven, new PictureSize(4, 5), new PictureSize(2, 3), channels: 1));

    [Fact]
    public void Enlarging_interpolates_as_pillow_does() => AssertClose(
        [
            0, 36, 90, 54, 30, 15, 37.2f, 70.5f, 71.7f, 72.5f, 45, 39.6f, 31.5f, 107.1f, 157.5f,
            60, 40.8f, 12, 124.8f, 200,
        ],
        Resampling.ResizeAntialiased(
            [0, 90, 30, 60, 12, 200], new PictureSize(2, 3), new PictureSize(4, 5), channels: 1));

    [Fact]
    public void Half_the_width_weighs_four_pixels_by_hand()
    {
        // Centre 1, reach 2: pixels at 0.5, 1.5, 2.5 weigh 0.75, 0.75, 0.25 of 1.75: (7.5 + 5) / 1.75.
        AssertClose(
            [12.5f / 1.75f, 40 / 1.75f],
            Resampling.ResizeAntialiased([0, 10, 20, 30], new PictureSize(1, 4), new PictureSize(1, 2), channels: 1));
    }

    [Fact]
    public void Channels_do_not_mix() => AssertClose(
        [0, 7, 25, 7, 75, 7, 100, 7],
        Resampling.ResizeAntialiased([0, 7, 100, 7], new PictureSize(1, 2), new PictureSize(1, 4), channels: 2));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 17)]
    [InlineData(40, 2)]
    public void One_tone_stays_one_tone(int height, int width)
    {
        float[] flat = [.. Enumerable.Repeat(0.3f, 7 * 5)];

        float[] resized =
            Resampling.ResizeAntialiased(flat, new PictureSize(7, 5), new PictureSize(height, width), channels: 1);

        Assert.Equal(height * width, resized.Length);
        Assert.All(resized, value => Assert.Equal(0.3f, value, 1e-6f));
    }

    [Fact]
    public void The_same_size_is_the_same_values() => Assert.Equal(
        Uneven, Resampling.ResizeAntialiased(Uneven, new PictureSize(4, 5), new PictureSize(4, 5), channels: 1));

    [Theory]
    [InlineData(5, new byte[] { 0, 2, 4 })]
    [InlineData(3, new byte[] { 0, 0, 1, 1, 1, 2, 2 })]
    [InlineData(4, new byte[] { 1, 3 })]
    [InlineData(7, new byte[] { 0, 2, 3, 4, 6 })]
    public void Nearest_takes_the_pixel_under_the_centre_as_pillow_does(int width, byte[] expected)
    {
        byte[] values = [.. Enumerable.Range(0, width).Select(i => (byte)i)];

        int to = expected.Length;
        Assert.Equal(expected, Resampling.ResizeNearest(values, new PictureSize(1, width), new PictureSize(1, to)));
        Assert.Equal(expected, Resampling.ResizeNearest(values, new PictureSize(width, 1), new PictureSize(to, 1)));
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }
}
