using UNetSharp.Data;
using UNetSharp.Data.Rows;
using UNetSharp.Imaging;
using UNetSharp.Imaging.Rows;

namespace UNetSharp.Tests.Imaging;

/// <summary>What is a page of a TIFF file, and what a channel; see fixtures/make.py.</summary>
public sealed class TiffChannelTests
{
    private static readonly float[] Grey = [0, 10, 20, 30, 20, 30, 40, 50, 40, 50, 60, 70];

    [Fact]
    public void Smaller_copies_of_a_page_are_no_pages()
    {
        Assert.Equal(1, ImageFile.CountPages(Fixtures.GetPath("overview.tif")));
        Assert.Equal(Grey, ImageFile.Read(Fixtures.GetPath("overview.tif")).Samples);
    }

    [Theory]
    [InlineData("imagej.tif")]
    [InlineData("stack.ome.tif")]
    public void Channels_of_a_stack_are_no_pages_and_the_first_is_used_aloud(string name)
    {
        string path = Fixtures.GetPath(name);

        Assert.Equal(3, ImageFile.CountPages(path));
        for (int z = 0; z < 3; z++)
        {
            Picture page = ImageFile.Read(path, z);
            Assert.Equal(Grey.Select(value => value + (5 * z)), page.Samples);
            Assert.Equal(["has 2 channels, of which the first is used"], page.Notes);
        }
    }

    [Theory]
    [InlineData("imagej.tif")]
    [InlineData("stack.ome.tif")]
    public void A_network_of_two_channels_reads_those_of_a_stack_side_by_side(string name)
    {
        string path = Fixtures.GetPath(name);

        Picture picture = ImageFile.ReaderFor(2)(path, 1);

        Assert.Equal(2, picture.Channels);
        Assert.Empty(picture.Notes);
        Assert.Equal(Grey.SelectMany(value => new[] { value + 5, value + 55 }), picture.Samples);
        Assert.Equal(picture.Samples, ReadRows(path, page: 1, channels: 2));
    }

    [Fact]
    public void A_network_of_four_channels_reads_all_of_them()
    {
        string path = Fixtures.GetPath("bands4.tif");

        Picture picture = ImageFile.ReaderFor(4)(path, 0);

        float[] expected = [.. Grey.SelectMany(value => new[] { value, value + 40, value + 80, value + 120 })];
        Assert.Equal((4, 255f), (picture.Channels, picture.FullScale));
        Assert.Equal(expected, picture.Samples);
        Assert.Equal(expected, ReadRows(path, page: 0, channels: 4));
        Assert.Equal(expected.Select(value => value / 255), picture.ToUnitRange(4));
    }

    [Fact]
    public void Channels_that_are_left_out_are_named()
    {
        Picture picture = ImageFile.ReaderFor(4)(Fixtures.GetPath("bands6.tif"), 0);

        Assert.Equal(4, picture.Channels);
        Assert.Equal(["has 6 channels, of which the first 4 are used"], picture.Notes);
        DataException e = Assert.Throws<DataException>(() => ImageFile.Read(Fixtures.GetPath("bands6.tif")));
        Assert.Contains("has 6 channels", e.Message, StringComparison.Ordinal);
    }

    private static float[] ReadRows(string path, int page, int channels)
    {
        using RowSource rows = ImageRows.Open(path, page, channels);
        Assert.Equal(channels, rows.Channels);
        float[] samples = new float[rows.Size.Height * rows.RowLength];
        for (int row = 0; row < rows.Size.Height; row++)
        {
            rows.ReadRow(samples.AsSpan(row * rows.RowLength, rows.RowLength));
        }

        return samples;
    }
}
