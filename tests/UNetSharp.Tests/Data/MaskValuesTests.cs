using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public class MaskValuesTests
{
    [Fact]
    public void Pixels_are_counted_by_value()
    {
        MaskValues values = MaskValues.FromPicture("a.png", Pictures.Grey(3, 2, 255, 0, 255, 255, 0, 7));

        Assert.Equal([0, 7, 255], values.Counts.Keys);
        Assert.Equal([2L, 1, 3], values.Counts.Values);
        Assert.Equal(6, values.Pixels);
    }

    [Fact]
    public void Grey_saved_as_colour_reads_as_grey()
    {
        MaskValues values = MaskValues.FromPicture("a.png", new Picture(2, 1, 3, 255, [1, 1, 1, 255, 255, 255]));

        Assert.Equal([1, 255], values.Counts.Keys);
    }

    [Fact]
    public void Colours_read_as_one_number()
    {
        MaskValues values = MaskValues.FromPicture("a.png", new Picture(2, 1, 3, 255, [0x12, 0x34, 0x56, 0, 0, 0]));

        Assert.Equal(["0", "#123456"], values.Counts.Keys.Select(MaskValues.Format));
    }

    [Fact]
    public void Sixteen_bit_colours_read_as_eight_bit_ones()
    {
        MaskValues values =
            MaskValues.FromPicture("a.png", new Picture(2, 1, 3, 65535, [65535, 0, 0, 65535, 65535, 65535]));

        Assert.Equal(["65535", "#FF0000"], values.Counts.Keys.Select(MaskValues.Format));
    }

    [Fact]
    public void Floating_point_from_0_to_1_reads_as_0_to_255()
    {
        MaskValues values = MaskValues.FromPicture("a.tif", new Picture(3, 1, 1, 1, [0, 0.5f, 1]));

        Assert.Equal([0, 128, 255], values.Counts.Keys);
    }

    [Fact]
    public void A_photograph_is_not_counted_to_its_last_value()
    {
        float[] samples = [.. Enumerable.Range(0, 6000).Select(i => (float)i)];

        Assert.Equal(4096, MaskValues.FromPicture("a.png", new Picture(6000, 1, 1, 65535, samples)).Counts.Count);
    }

    [Fact]
    public void A_value_without_a_class_is_an_error_that_names_the_file()
    {
        MaskClasses classes = new(1, new Dictionary<int, int> { [0] = 0, [255] = 1 });

        Assert.Equal([0, 1], classes.Read("a.png", Pictures.Grey(2, 1, 0, 255)));
        string message = Assert.Throws<DataException>(() => classes.Read("a.png", Pictures.Grey(2, 1, 0, 7))).Message;
        Assert.Contains("a.png", message, StringComparison.Ordinal);
        Assert.Contains("7", message, StringComparison.Ordinal);
    }
}
