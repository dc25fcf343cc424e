using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public class VocPaletteTests
{
    /// <summary>Colours as the challenge's own list of them has it.</summary>
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "#800000")]
    [InlineData(2, "#008000")]
    [InlineData(3, "#808000")]
    [InlineData(7, "128")] // (128, 128, 128), a grey
    [InlineData(8, "#400000")]
    [InlineData(15, "#C08080")]
    [InlineData(20, "#004080")]
    [InlineData(255, "#E0E0C0")]
    public void An_index_has_its_colour(int index, string colour)
    {
        Assert.Equal(colour, MaskValues.Text(VocPalette.ValueOf(index)));
        Assert.Equal(index, VocPalette.IndexOf(VocPalette.ValueOf(index)));
    }

    [Fact]
    public void All_colours_are_different() =>
        Assert.Equal(256, Enumerable.Range(0, 256).Select(VocPalette.ValueOf).Distinct().Count());

    [Fact]
    public void Greys_alone_are_no_palette()
    {
        Assert.False(VocPalette.Holds([0, 128]));
        Assert.True(VocPalette.Holds([0, 128, VocPalette.ValueOf(1)]));
        Assert.False(VocPalette.Holds([0, MaskValues.OfColor(255, 0, 0)]));
    }
}
