using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

public class OverlayTests
{
    private static readonly byte[] Orange = [230, 159, 0];
    private static readonly byte[] SkyBlue = [86, 180, 233];

    [Fact]
    public void A_region_has_an_outline_in_full_colour_and_a_tint_inside()
    {
        // 5 x 5, white to the left and black to the right so that it is not stretched; classes 1 in the middle 3 x 3.
        Picture picture = Grey(5, 5, (row, column) => column < 2 ? 255 : 0);
        byte[] classes = Classes(5, 5, (row, column) => row is >= 1 and <= 3 && column is >= 1 and <= 3 ? 1 : 0);

        byte[] rgb = Overlay.Draw(picture, classes);

        Assert.Equal([255, 255, 255], Pixel(rgb, 5, 0, 0));
        Assert.Equal(Orange, Pixel(rgb, 5, 1, 1));
        Assert.Equal(Orange, Pixel(rgb, 5, 3, 2));
        Assert.Equal([80, 56, 0], Pixel(rgb, 5, 2, 2)); // 0.35 of (230, 159, 0) over black: 80.5 to even, 55.65, 0
        Assert.Equal([0, 0, 0], Pixel(rgb, 5, 4, 4));
    }

    [Fact]
    public void Two_classes_that_touch_are_both_outlined_in_their_own_colour()
    {
        Picture picture = Grey(1, 4, (row, column) => 255 * (column % 2));
        byte[] rgb = Overlay.Draw(picture, [1, 1, 2, 2]);

        Assert.Equal(Orange, Pixel(rgb, 4, 0, 1));
        Assert.Equal(SkyBlue, Pixel(rgb, 4, 0, 2));
    }

    [Fact]
    public void The_picture_s_border_is_no_outline()
    {
        byte[] rgb = Overlay.Draw(Grey(2, 2, (row, column) => 255 * column), [1, 1, 1, 1]);

        Assert.NotEqual(Orange, Pixel(rgb, 2, 0, 0));
    }

    [Fact]
    public void A_dark_picture_is_stretched_for_the_eye_and_a_bright_one_is_not()
    {
        byte[] dark = Overlay.ToRgb(Grey(1, 3, (row, column) => 10 * column));
        byte[] bright = Overlay.ToRgb(Grey(1, 3, (row, column) => 100 * column));

        Assert.Equal([0, 128, 255], new[] { dark[0], dark[3], dark[6] }); // 10 of 20: half, rounded to even
        Assert.Equal([0, 100, 200], new[] { bright[0], bright[3], bright[6] });
    }

    [Fact]
    public void Sixteen_bit_pictures_are_shown_with_eight()
    {
        Picture picture = new(3, 1, 1, 65535, [0, 257 * 100, 65535]);

        byte[] rgb = Overlay.ToRgb(picture);

        Assert.Equal([0, 0, 0, 100, 100, 100, 255, 255, 255], rgb);
    }

    [Fact]
    public void A_flat_picture_can_be_shown() =>
        Assert.All(Overlay.ToRgb(Grey(2, 2, (row, column) => 0)), value => Assert.Equal(0, value));

    [Fact]
    public void A_sheet_has_three_cells_a_row_with_gutters_between()
    {
        // A cell is 256 pixels and a gutter 8: 8 + 3 · 264 = 800 wide, 8 + 2 · 264 = 536 high.
        Picture wide = Grey(128, 256, (row, column) => 255);
        Picture square = Grey(256, 256, (row, column) => 255);
        byte[] none = new byte[256 * 256];
        byte[] all = Classes(256, 256, (row, column) => 1);

        (byte[] pixels, PictureSize size) = ComparisonSheet.Draw(
            [(square, none, all), (wide, none[..(128 * 256)], all[..(128 * 256)])]);

        Assert.Equal((536, 800), (size.Height, size.Width));
        byte[] ground = Pixel(pixels, 800, 0, 0);
        byte[] tinted = Overlay.Draw(Grey(1, 1, (row, column) => 255), [1]);
        Assert.NotEqual([255, 255, 255], ground);
        Assert.Equal([255, 255, 255], Pixel(pixels, 800, 8, 8)); // picture
        Assert.Equal([255, 255, 255], Pixel(pixels, 800, 8, 272)); // truth: nothing
        Assert.Equal(tinted, Pixel(pixels, 800, 8, 536)); // prediction: all of it
        Assert.Equal(ground, Pixel(pixels, 800, 100, 264)); // the gutter after the first cell's last column, 263
        Assert.Equal(ground, Pixel(pixels, 800, 272, 8)); // 128 high in a cell of 256: 64 pixels of ground above
        Assert.Equal([255, 255, 255], Pixel(pixels, 800, 336, 8));
    }

    private static Picture Grey(int height, int width, Func<int, int, int> value) => new(
        width, height, channels: 1, fullScale: 255,
        [.. Enumerable.Range(0, height * width).Select(i => (float)value(i / width, i % width))]);

    private static byte[] Classes(int height, int width, Func<int, int, int> index) =>
        [.. Enumerable.Range(0, height * width).Select(i => (byte)index(i / width, i % width))];

    private static byte[] Pixel(byte[] rgb, int width, int row, int column) =>
        rgb[(3 * ((row * width) + column))..][..3];
}
