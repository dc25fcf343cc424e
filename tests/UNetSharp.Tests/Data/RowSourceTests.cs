using UNetSharp.Data;
using UNetSharp.Data.Rows;

namespace UNetSharp.Tests.Data;

/// <summary>Streams of rows against the same work on whole pictures.</summary>
public sealed class RowSourceTests
{
    [Theory]
    [InlineData(7, 9, 3, 4)]
    [InlineData(3, 4, 7, 9)]
    [InlineData(20, 5, 3, 11)]
    [InlineData(1, 1, 4, 6)]
    [InlineData(5, 6, 5, 6)]
    public void Rows_are_resized_to_the_same_bits_as_whole_pictures(int height, int width, int toHeight, int toWidth)
    {
        Picture picture = Random(height, width, channels: 3);
        PictureSize from = new(height, width);
        PictureSize to = new(toHeight, toWidth);

        using RowSource smooth = ResizedRows.ResizeAntialiased(new PictureRows(picture), to);
        using RowSource plain = ResizedRows.ResizeBilinear(new PictureRows(picture), to);

        Assert.Equal(Resampling.ResizeAntialiased(picture.Samples, from, to, 3), smooth.ReadAll());
        Assert.Equal(Resampling.ResizeBilinear(picture.Samples, from, to, 3), plain.ReadAll());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(3, 3)]
    public void Rows_come_to_the_same_values_and_channels_as_whole_pictures(int own, int channels)
    {
        Picture picture = Random(4, 5, own);

        using UnitRows rows = new(new PictureRows(picture), channels);

        Assert.Equal(picture.ToUnitRange(channels), rows.ReadAll());
    }

    [Fact]
    public void A_window_keeps_the_last_rows_and_no_others()
    {
        using RowWindow window = new(new PictureRows(Pictures.Grey(1, 5, 0, 10, 20, 30, 40)), capacity: 2);

        window.ReadTo(3);

        Assert.Equal([20f], window.Row(2).ToArray());
        Assert.Equal([30f], window.Row(3).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Row(1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Row(4).Length);
    }

    private static Picture Random(int height, int width, int channels)
    {
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, height * width * channels).Select(_ => random.NextSingle())];
        return new Picture(width, height, channels, 255, samples);
    }
}
