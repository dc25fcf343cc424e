using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

/// <summary>What is white in pictures whose format does not say it, and which pictures are odd.</summary>
public sealed class BrightnessTests
{
    [Theory]
    [InlineData(255, 7, 255)]
    [InlineData(65535, 65535, 65535)]
    [InlineData(65535, 20000, 65535)]
    [InlineData(65535, 16383, 16383)]
    [InlineData(65535, 4095, 4095)]
    [InlineData(65535, 3694, 4095)]
    [InlineData(65535, 1000, 1023)]
    [InlineData(65535, 200, 255)]
    [InlineData(65535, 0, 65535)]
    [InlineData(1, 0.8f, 1)]
    [InlineData(1, 1.02f, 1)]
    [InlineData(1, 250, 255)]
    [InlineData(1, 3000, 65535)]
    [InlineData(1, 0, 1)]
    public void White_is_the_least_usual_range_that_holds_the_values(float fullScale, float max, float white) =>
        Assert.Equal(white, new Brightness().GetWhite(fullScale, max));

    [Fact]
    public void White_of_a_training_is_that_of_all_its_pictures()
    {
        var brightness = Brightness.FromPictures([(65535, Range(3000, 400)), (65535, Range(900, 200))]);

        Assert.Equal(4095, brightness.GetWhite(65535, max: 100));
        Assert.Equal(200 / 4095.0, brightness.Darkest);
        Assert.Equal(400 / 4095.0, brightness.Brightest);
        Assert.False(brightness.DependsOnSamples(65535));
        Assert.True(brightness.DependsOnSamples(1));
    }

    [Fact]
    public void A_picture_far_darker_than_those_of_the_training_is_named()
    {
        var brightness = Brightness.FromPictures([(255, Range(250, 100)), (255, Range(240, 80))]);

        Assert.Empty(brightness.FindNotes(255, Range(250, 60)));
        Assert.Contains("far darker", Assert.Single(brightness.FindNotes(255, Range(20, 5))), StringComparison.Ordinal);
        Assert.Contains(
            "far brighter", Assert.Single(brightness.FindNotes(255, Range(255, 245))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_assumed_of_a_picture_is_said()
    {
        Assert.Equal(
            ["its values go up to 3694 of 65535, 12 of its 16 bits, so the range 0 to 4095 is assumed"],
            new Brightness().FindNotes(65535, Range(3694, 700)));
        Assert.Equal(
            ["its values go up to 251, so the range 0 to 255 is assumed"],
            new Brightness().FindNotes(1, Range(251, 9)));
        Assert.Contains(
            "below 0, which is black",
            Assert.Single(new Brightness().FindNotes(1, new PictureRange(-0.5f, 1, 0.2, 0))),
            StringComparison.Ordinal);
        Assert.Contains(
            "3 of its values are no finite numbers",
            Assert.Single(new Brightness().FindNotes(1, new PictureRange(0, 1, 0.2, 3))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_counts_what_is_no_number_as_0()
    {
        var range = PictureRange.Measure([2, float.NaN, float.PositiveInfinity, 4]);

        Assert.Equal(new PictureRange(0, 4, 1.5, 2), range);
    }

    private static PictureRange Range(float max, double mean) => new(0, max, mean, 0);
}
