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
        Assert.Equal(colour, MaskValues.Format(VocPalette.GetValue(index)));
        Assert.Equal(index, VocPalette.GetIndex(VocPalette.GetValue(index)));
    }

    [Fact]
    public void All_colours_are_different() =>
        Assert.Equal(256, Enumerable.Range(0, 256).Select(VocPalette.GetValue).Distinct().Count());

    [Fact]
    public void Greys_alone_are_no_palette()
    {
        Assert.False(VocPalette.ContainsAll([0, 128]));
        Assert.True(VocPalette.ContainsAll([0, 128, VocPalette.GetValue(1)]));
        Assert.False(VocPalette.ContainsAll([0, MaskValues.EncodeColor(255, 0, 0)]));
    }
}
