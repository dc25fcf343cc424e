using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

public class AugmentationCatalogTests
{
    [Fact]
    public void A_list_sets_strength_and_probability_of_what_it_names_and_nothing_else()
    {
        AugmentationSettings settings = AugmentationCatalog.Parse("flips, rotate=15,elastic=8:0.25,noise=0.02,grid=5");

        Assert.Equal(
            AugmentationSettings.None with
            {
                Flips = new(0, 0.5f),
                Rotate = new(15, 1),
                Elastic = new(8, 0.25f),
                Noise = new(0.02f, 0.5f),
                ElasticGrid = 5,
            },
            settings);
    }

    [Fact]
    public void None_is_nothing() => Assert.Equal(AugmentationSettings.None, AugmentationCatalog.Parse("none"));

    [Fact]
    public void Flips_are_left_to_right_in_half_of_the_samples() => Assert.Equal(
        AugmentationSettings.None with { Flips = new(0, 0.5f) }, AugmentationCatalog.Parse("flips"));

    [Fact]
    public void The_paper_s_elastic_deformation_is_that_of_its_section_3_1()
    {
        AugmentationSettings paper = AugmentationCatalog.Parse("paper");

        Assert.Equal(new Augmentation(10, 1), paper.Elastic);
        Assert.Equal(3, paper.ElasticGrid);
        Assert.True(paper.Shift.Probability > 0 && paper.Rotate.Probability > 0 && paper.Gamma.Probability > 0);
        Assert.True(paper is { Flips.Probability: 0, Scale.Probability: 0, Noise.Probability: 0, Blur.Probability: 0 });
    }

    [Fact]
    public void Strong_is_everything()
    {
        AugmentationSettings strong = AugmentationCatalog.Parse("strong");

        Assert.All(
            AugmentationCatalog.Entries,
            entry => Assert.Equal(entry.Default.Probability, entry.Get(strong).Probability));
    }

    [Fact]
    public void A_set_may_be_changed_by_what_follows()
    {
        AugmentationSettings settings = AugmentationCatalog.Parse("strong,turns:0,rotate=5");

        Assert.Equal(0, settings.QuarterTurns.Probability);
        Assert.Equal(5, settings.Rotate.Strength);
        Assert.Equal(AugmentationCatalog.Parse("strong").Blur, settings.Blur);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("flips")]
    [InlineData("paper")]
    [InlineData("strong")]
    [InlineData("strong,grid=4,elastic=7.5:0.125")]
    public void Settings_as_text_are_read_back_the_same(string text)
    {
        AugmentationSettings settings = AugmentationCatalog.Parse(text);

        Assert.Equal(settings, AugmentationCatalog.Parse(settings.ToString()));
    }

    [Theory]
    [InlineData("", "''")]
    [InlineData("spin", "'spin'")]
    [InlineData("flips,,rotate", "''")]
    [InlineData("flips,", "''")]
    [InlineData("Flips", "'Flips'")]
    [InlineData("flips,paper", "'paper'")]
    [InlineData("rotate,none", "'none'")]
    [InlineData("rotate=", "0 to 180 (degrees)")]
    [InlineData("rotate=much", "0 to 180 (degrees)")]
    [InlineData("rotate=-5", "0 to 180 (degrees)")]
    [InlineData("rotate=181", "0 to 180 (degrees)")]
    [InlineData("rotate=NaN", "0 to 180 (degrees)")]
    [InlineData("noise=1e9", "0 to 1")]
    [InlineData("elastic=10:", "probability")]
    [InlineData("elastic=10:1.5", "probability")]
    [InlineData("elastic=10:0.5:0.5", "probability")]
    [InlineData("elastic=1=2", "strength")]
    [InlineData("flips=2", "no strength")]
    [InlineData("grid", "2 to 16")]
    [InlineData("grid=1", "2 to 16")]
    [InlineData("grid=3:0.5", "2 to 16")]
    public void Nonsense_is_one_line_that_names_it(string text, string part)
    {
        string message = Assert.Throws<ArgumentException>(() => AugmentationCatalog.Parse(text)).Message;

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
