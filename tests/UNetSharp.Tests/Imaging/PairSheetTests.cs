using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

public class PairSheetTests
{
    [Fact]
    public void Pairs_stand_in_rows_of_six_with_outlines_of_what_is_known()
    {
        byte[] mask = new byte[256 * 256];
        mask.AsSpan(100 * 256, 56 * 256).Fill(1); // rows 100 to 155
        mask.AsSpan(200 * 256, 10 * 256).Fill(MaskClasses.Ignored);

        (byte[] pixels, PictureSize size) = PairSheet.Draw([.. Enumerable.Range(0, 7).Select(_ => Grey(0.2f, mask))]);

        Assert.Equal(new PictureSize(8 + (2 * 264), 8 + (6 * 264)), size);
        Assert.Equal([213, 94, 0], Pixel(pixels, size, 8 + 100, 8));
        Assert.Equal([213, 94, 0], Pixel(pixels, size, 272 + 155, 8 + 255));
        Assert.Equal([51, 51, 51], Pixel(pixels, size, 8 + 120, 8 + 20));
        Assert.Equal([51, 51, 51], Pixel(pixels, size, 8 + 200, 8 + 20)); // unknown
        Assert.Equal([245, 245, 245], Pixel(pixels, size, 272 + 100, 272 + 20)); // no eighth pair
    }

    private static Sample Grey(float value, byte[] mask) =>
        new("grey", new PictureSize(256, 256), 1, [.. Enumerable.Repeat(value, 256 * 256)], mask);

    private static byte[] Pixel(byte[] rgb, PictureSize size, int row, int column) =>
        rgb[(3 * ((row * size.Width) + column))..][..3];
}
