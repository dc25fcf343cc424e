using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

public sealed class ErrorOverlayTests
{
    [Fact]
    public void Each_kind_of_pixel_has_the_colour_of_its_legend()
    {
        Picture black = new(5, 1, 1, 255, new float[5]);

        byte[] rgb = ErrorOverlay.Draw(black, truth: [0, 1, 0, 2, 2], prediction: [0, 1, 1, 0, 1]);

        // On black a tint is the colour times its share: 0.35 where the prediction is right, else 0.75.
        Assert.Equal([0, 0, 0], rgb[..3]);
        Assert.Equal(Tint(0, 0.35f), rgb[3..6]);
        Assert.Equal(Tint(1, 0.75f), rgb[6..9]);
        Assert.Equal(Tint(2, 0.75f), rgb[9..12]);
        Assert.Equal(Tint(3, 0.75f), rgb[12..15]);
        Assert.Equal(4, ErrorOverlay.Legend.Select(entry => entry.Color).Distinct().Count());
    }

    [Fact]
    public void A_png_in_memory_is_the_file_that_would_be_written()
    {
        using TemporaryFolder folder = new();
        byte[] rgb = [.. Enumerable.Range(0, 3 * 6).Select(i => (byte)(i * 14))];
        File.WriteAllBytes(folder.File("memory.png"), ImageFile.EncodeColorPng(rgb, 3, 2));

        Picture read = ImageFile.Read(folder.File("memory.png"));

        Assert.Equal((3, 2, 3), (read.Width, read.Height, read.Channels));
        Assert.Equal(rgb, read.Samples.Select(value => (byte)value));
    }

    private static byte[] Tint(int entry, float share) =>
    [
        .. Convert.FromHexString(ErrorOverlay.Legend[entry].Color[1..])
            .Select(value => (byte)MathF.Round(value * share)),
    ];
}
