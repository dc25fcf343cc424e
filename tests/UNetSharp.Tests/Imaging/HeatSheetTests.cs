using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference.Explanation;

namespace UNetSharp.Tests.Imaging;

public sealed class HeatSheetTests
{
    private static readonly PictureSize Size = new(4, 4);
    private static readonly HeatCaptions Captions = new("Title & <all>", Marked: null, "low", "high");
    private static readonly (byte, byte, byte) SkyBlue = (86, 180, 233);

    [Fact]
    public void The_heat_map_lies_over_a_grey_picture_beside_the_picture()
    {
        (byte[] pixels, PictureSize size) = Draw(Region.All(Size), frame: null);

        // Cells are 480 wide, gaps 16: the second picture begins at 512. The left column is hot, the right one cold.
        Assert.Equal(1008, size.Width);
        Assert.Equal((200, 100, 50), At(pixels, size, 300, 20));
        Assert.Equal(Mixed(HeatColors.FromValue(1)), At(pixels, size, 300, 514));
        Assert.Equal(Mixed(HeatColors.FromValue(0)), At(pixels, size, 300, 989));
        Assert.DoesNotContain(SkyBlue, All(pixels));
    }

    [Fact]
    public void The_bar_runs_from_the_lowest_to_the_highest_colour_and_words_say_what_they_mean()
    {
        (byte[] pixels, PictureSize size) = Draw(Region.All(Size), frame: null);
        int bar = size.Height - 60;

        Assert.Equal(HeatColors.FromValue(0), At(pixels, size, bar, 512));
        Assert.Equal(HeatColors.FromValue(1), At(pixels, size, bar, 991));
        Assert.True(HasInk(pixels, size, fromRow: 0, toRow: 36, fromColumn: 16, toColumn: 200), "title");
        Assert.True(HasInk(pixels, size, size.Height - 50, size.Height, 512, 560), "low");
        Assert.True(HasInk(pixels, size, size.Height - 50, size.Height, 950, 992), "high");
    }

    [Fact]
    public void What_is_explained_is_outlined_in_both_pictures()
    {
        (byte[] pixels, PictureSize size) = Draw(Region.FromPixel(Size, x: 1, y: 1), frame: 2);

        // The pixel covers rows and columns 120 to 239 of its cell, whose first row is 36; the frame 60 to 300.
        Assert.Equal(SkyBlue, At(pixels, size, 36 + 120, 16 + 180));
        Assert.Equal(SkyBlue, At(pixels, size, 36 + 239, 512 + 180));
        Assert.Equal(SkyBlue, At(pixels, size, 36 + 60, 16 + 180));
        Assert.Equal(SkyBlue, At(pixels, size, 36 + 180, 512 + 300));
        Assert.NotEqual(SkyBlue, At(pixels, size, 36 + 180, 16 + 180));
    }

    private static (byte[] Pixels, PictureSize Size) Draw(Region region, double? frame)
    {
        Picture picture = new(4, 4, 3, 255, [.. Enumerable.Repeat(new[] { 200f, 100, 50 }, 16).SelectMany(rgb => rgb)]);
        HeatMap map = new(Size, [.. Enumerable.Range(0, 16).Select(i => i % 4 == 0 ? 1f : 0)], Peak: 1);
        return HeatSheet.Draw(picture, map, region, frame, Captions);
    }

    /// <summary>0.65 of a colour over 0.6 of the grey of (200, 100, 50), 124.2.</summary>
    private static (byte, byte, byte) Mixed((byte R, byte G, byte B) color)
    {
        return (Over(color.R), Over(color.G), Over(color.B));

        static byte Over(byte value) => (byte)MathF.Round(75 + ((value - 75) * 0.65f));
    }

    private static bool HasInk(byte[] pixels, PictureSize size, int fromRow, int toRow, int fromColumn, int toColumn) =>
        Enumerable.Range(fromRow, toRow - fromRow).Any(row => Enumerable.Range(fromColumn, toColumn - fromColumn)
            .Any(column => At(pixels, size, row, column).Item1 < 100));

    private static IEnumerable<(byte, byte, byte)> All(byte[] pixels) =>
        pixels.Chunk(3).Select(pixel => (pixel[0], pixel[1], pixel[2]));

    private static (byte, byte, byte) At(byte[] pixels, PictureSize size, int row, int column)
    {
        int i = ((row * size.Width) + column) * 3;
        return (pixels[i], pixels[i + 1], pixels[i + 2]);
    }
}
