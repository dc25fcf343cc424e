using System.Buffers.Binary;
using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

/// <summary>Bitmaps of two rows and three columns, written byte by byte.</summary>
public class BitmapTests
{
    private static readonly float[] Upper = [255, 0, 0, 0, 255, 0, 0, 0, 255];
    private static readonly float[] Lower = [0, 0, 0, 255, 255, 255, 255, 255, 0];

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public void Rows_go_up_or_with_a_negative_height_down(int height)
    {
        byte[] upper = [0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0];
        byte[] lower = [0, 0, 0, 255, 255, 255, 0, 255, 255, 0, 0, 0];
        byte[] pixels = height > 0 ? [.. lower, .. upper] : [.. upper, .. lower];

        AssertColors(Info(3, height, bits: 24, compression: 0, palette: [], pixels));
    }

    [Fact]
    public void Sixteen_bit_hold_five_of_every_color_or_what_masks_say()
    {
        byte[] pixels555 =
            [0, 0, .. Word(0x7FFF), .. Word(0x7FE0), 0, 0, .. Word(0x7C00), .. Word(0x03E0), .. Word(0x001F), 0, 0];
        byte[] pixels565 =
            [0, 0, .. Word(0xFFFF), .. Word(0xFFE0), 0, 0, .. Word(0xF800), .. Word(0x07E0), .. Word(0x001F), 0, 0];
        byte[] masks565 = [.. Long(0xF800), .. Long(0x07E0), .. Long(0x001F)];

        AssertColors(Info(3, 2, bits: 16, compression: 0, palette: [], pixels555));
        AssertColors(Info(3, 2, bits: 16, compression: 3, palette: masks565, pixels565));
    }

    [Fact]
    public void Thirty_two_bit_have_their_colors_where_masks_say()
    {
        byte[] masks = [.. Long(0xFF), .. Long(0xFF00), .. Long(0xFF0000)];
        byte[] pixels =
        [
            0, 0, 0, 0, 255, 255, 255, 0, 255, 255, 0, 0,
            255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0,
        ];

        AssertColors(Info(3, 2, bits: 32, compression: 3, palette: masks, pixels));
    }

    [Fact]
    public void Four_bit_are_a_palette_also_in_the_oldest_form()
    {
        byte[] colors = [0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 0, 255, 255];
        byte[] pixels = [0x34, 0x50, 0, 0, 0x01, 0x20, 0, 0];
        byte[] entries = [.. colors.Chunk(3).SelectMany(color => color.Append((byte)0)), .. new byte[10 * 4]];
        byte[] core =
        [
            .. Long(12), .. Word(3), .. Word(2), .. Word(1), .. Word(4), .. colors, .. new byte[10 * 3],
        ];

        AssertColors(Info(3, 2, bits: 4, compression: 0, entries, pixels));
        AssertColors([.. "BM"u8, .. new byte[8], .. Long((uint)(14 + core.Length)), .. core, .. pixels]);
    }

    [Theory]
    [InlineData(8, 1, "without compression only")]
    [InlineData(24, 3, "without compression only")]
    [InlineData(5, 0, "3x2 pixels of 5 bit")]
    public void What_is_not_read_is_said(int bits, uint compression, string reason) =>
        AssertRefused(Info(3, 2, bits, compression, new byte[1024], new byte[64]), reason);

    [Fact]
    public void Sizes_beyond_the_file_are_refused()
    {
        foreach ((int width, int height) in new[]
        {
            (3, 3), (int.MaxValue, int.MaxValue), (int.MaxValue, -int.MaxValue), (1 << 16, 1 << 16), (1 << 30, 1 << 30),
        })
        {
            AssertRefused(Info(width, height, 24, compression: 0, [], new byte[24]), "ends before its last pixel");
        }

        AssertRefused(Info(3, int.MinValue, 24, compression: 0, [], new byte[24]), "3x0 pixels");
        AssertRefused(Info(-3, 2, 24, compression: 0, [], new byte[24]), "-3x2 pixels");
        AssertRefused([.. "BM"u8, .. new byte[12], .. Long(5000), .. new byte[60]], "claims 5000 bytes");
    }

    [Fact]
    public void A_color_that_the_palette_lacks_is_refused()
    {
        byte[] file = Info(3, 2, 8, compression: 0, new byte[8], [0, 1, 2, 0, 0, 0, 0, 0]);
        file[14 + 32] = 2;

        AssertRefused(file, "color 2 of a palette of 2");
    }

    private static void AssertColors(byte[] file)
    {
        Picture picture = ImageFile.Decode(file, "bitmap");

        Assert.Equal((3, 2, 3), (picture.Width, picture.Height, picture.Channels));
        Assert.Equal([.. Upper, .. Lower], picture.Samples);
    }

    private static void AssertRefused(byte[] file, string reason)
    {
        DataException e = Assert.Throws<DataException>(() => ImageFile.Decode(file, "bitmap"));

        Assert.StartsWith("bitmap: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    /// <summary>A file with the header of 40 bytes; the palette, or the masks, follow it.</summary>
    private static byte[] Info(int width, int height, int bits, uint compression, byte[] palette, byte[] pixels)
    {
        byte[] header =
        [
            .. Long(40), .. Long((uint)width), .. Long((uint)height), .. Word(1), .. Word((ushort)bits),
            .. Long(compression),
            .. new byte[20], .. palette,
        ];
        return [.. "BM"u8, .. new byte[8], .. Long((uint)(14 + header.Length)), .. header, .. pixels];
    }

    private static byte[] Word(ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Long(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
