using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Tests.Imaging;

public sealed class ContoursTests
{
    [Fact]
    public void Lines_lie_to_both_sides_of_an_outline_in_the_colour_of_the_class()
    {
        // An object of 4 x 4 pixels in 8 x 8, with a hole too small to be seen between lines of 2 pixels.
        byte[] classes = new byte[64];
        foreach (int row in Enumerable.Range(2, 4))
        {
            classes.AsSpan((row * 8) + 2, 4).Fill(2);
        }

        byte[] rgb = Contours.Draw(Grey(8), ObjectFinder.Find(classes, new PictureSize(8, 8)));

        string[] drawn = [.. rgb.Chunk(24).Select(row => string.Concat(row.Chunk(3).Select(Shown)))];
        Assert.Equal(
            [
                "........",
                ".######.",
                ".######.",
                ".##..##.",
                ".##..##.",
                ".######.",
                ".######.",
                "........",
            ],
            drawn);
    }

    [Theory]
    [InlineData(300, 2)]
    [InlineData(2400, 8)]
    public void Lines_are_wider_on_larger_pictures(int side, int expected)
    {
        // The lower half of a white picture is the object; what is drawn is counted down a column in the middle.
        const int Width = 40;
        byte[] classes = new byte[side * Width];
        classes.AsSpan(classes.Length / 2).Fill(1);
        Picture picture = new(Width, side, 1, 255, [.. Enumerable.Repeat(255f, classes.Length)]);

        byte[] rgb = Contours.Draw(picture, ObjectFinder.Find(classes, new PictureSize(side, Width)));

        byte[][] column = [.. rgb.Chunk(3).Where((_, i) => i % Width == Width / 2)];
        Assert.Equal(expected, column[(side / 4)..(3 * side / 4)].Count(pixel => pixel[0] != 255));
    }

    private static char Shown(byte[] pixel) => (pixel[0], pixel[1], pixel[2]) switch
    {
        (86, 180, 233) => '#', // sky blue, the second colour
        (200, 200, 200) or (0, 0, 0) => '.',
        _ => '?',
    };

    private static Picture Grey(int side) =>
        new(side, side, 1, 255, [0, .. Enumerable.Repeat(200f, (side * side) - 1)]);
}
