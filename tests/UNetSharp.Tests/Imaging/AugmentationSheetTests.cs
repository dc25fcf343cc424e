using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

public class AugmentationSheetTests
{
    private static readonly byte[] Outline = [213, 94, 0];

    [Fact]
    public void A_row_has_a_cell_for_every_sample_with_the_outline_of_its_mask()
    {
        byte[] mask = new byte[256 * 256];
        mask.AsSpan(100 * 256, 56 * 256).Fill(1); // rows 100 to 155

        (byte[] pixels, PictureSize size) = AugmentationSheet.Draw([[Grey(0.2f, mask), Grey(0.4f, mask)]]);

        Assert.Equal(new PictureSize(272, 536), size);
        Assert.Equal(Outline, Pixel(pixels, size, 8 + 100, 8));
        Assert.Equal(Outline, Pixel(pixels, size, 8 + 155, 272 + 255));
        Assert.Equal([51, 51, 51], Pixel(pixels, size, 8 + 99, 100));
        Assert.Equal([102, 102, 102], Pixel(pixels, size, 8 + 120, 300));
    }

    [Fact]
    public void The_first_sample_decides_how_a_dark_row_is_stretched()
    {
        Sample original = Grey(0, new byte[256 * 256]);
        original.Image.AsSpan(0, 1000).Fill(0.1f);

        (byte[] pixels, PictureSize size) = AugmentationSheet.Draw([[original, Grey(0.05f, original.Mask)]]);

        Assert.Equal([255, 255, 255], Pixel(pixels, size, 8, 8));
        Assert.Equal([128, 128, 128], Pixel(pixels, size, 8, 272)); // half of the first one's range
    }

    private static Sample Grey(float value, byte[] mask) =>
        new("grey", new PictureSize(256, 256), 1, [.. Enumerable.Repeat(value, 256 * 256)], mask);

    private static byte[] Pixel(byte[] rgb, PictureSize size, int row, int column) =>
        rgb[(3 * ((row * size.Width) + column))..][..3];
}
