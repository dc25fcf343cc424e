using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

public sealed class LettersTests
{
    [Fact]
    public void Letters_stand_side_by_side_and_are_as_wide_as_they_look()
    {
        (byte[] cover, int width) = Letters.Draw("il W");

        Assert.Equal(width, new[] { "i", "l", " ", "W" }.Sum(letter => Letters.Draw(letter).Width));
        Assert.Equal(Letters.Height * width, cover.Length);
        Assert.True(Letters.Draw("W").Width > 2 * Letters.Draw("l").Width);
        Assert.True(HasInk(cover, width, from: 0, to: Letters.Draw("i").Width));
        Assert.True(HasInk(cover, width, from: width - Letters.Draw("W").Width, to: width));
    }

    [Fact]
    public void What_is_no_letter_here_becomes_one_box()
    {
        Assert.Equal(Letters.Draw("\u007F").Cover, Letters.Draw("漢").Cover);
        Assert.Equal(Letters.Draw("\u007F").Cover, Letters.Draw("😀").Cover);
        Assert.NotEqual(Letters.Draw("\u007F").Cover, Letters.Draw("я").Cover);
    }

    private static bool HasInk(byte[] cover, int width, int from, int to) =>
        Enumerable.Range(0, Letters.Height).Any(row => cover.AsSpan((row * width) + from, to - from).ContainsAnyExcept((byte)0));
}
