using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

public class AugmentationDrawTests
{
    private const int Draws = 4000;

    [Fact]
    public void Each_happens_as_often_as_it_should()
    {
        AugmentationDraw[] draws = Drawn("strong,rotate=30:0.25,elastic=7:0.1,foreground:0.9");

        AssertShare(0.5, draws, draw => draw.IsFlippedHorizontally);
        AssertShare(0.5, draws, draw => draw.IsFlippedVertically);
        Assert.All(Enumerable.Range(0, 4), turns => AssertShare(0.25, draws, draw => draw.QuarterTurns == turns));
        AssertShare(0.25, draws, draw => draw.Angle != 0);
        AssertShare(0.1, draws, draw => draw.Elastic == 7);
        AssertShare(0.9, draws, draw => draw.ForegroundPick is not null);
        AssertShare(0.5, draws, draw => draw.Blur > 0);
    }

    [Fact]
    public void Strengths_spread_over_their_range_and_no_further()
    {
        AugmentationDraw[] draws = Drawn("shift=0.1:1,rotate=30:1,scale=0.5:1,brightness=0.2:1,gamma=1:1,noise=0.04:1");

        AssertSpread(draws, draw => draw.Shift.Down, -0.1, 0.1);
        AssertSpread(draws, draw => draw.Shift.Right, -0.1, 0.1);
        AssertSpread(draws, draw => draw.Angle, -Math.PI / 6, Math.PI / 6);
        AssertSpread(draws, draw => Math.Log(draw.Zoom), -Math.Log(1.5), Math.Log(1.5));
        AssertSpread(draws, draw => draw.Brightness, -0.2, 0.2);
        AssertSpread(draws, draw => Math.Log2(draw.Gamma), -1, 1);
        AssertSpread(draws, draw => draw.Noise, 0, 0.04);
    }

    [Fact]
    public void Switching_one_off_leaves_the_others_as_they_were()
    {
        AugmentationDraw[] all = Drawn("strong");

        foreach (AugmentationEntry entry in AugmentationCatalog.Entries)
        {
            AugmentationDraw[] without = Drawn($"strong,{entry.Name}:0");
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(all[i].Window, without[i].Window);
                Assert.Equal(all[i].NoiseSeed, without[i].NoiseSeed);
                Assert.True(entry.Name == "rotate" || all[i].Angle == without[i].Angle);
                Assert.True(entry.Name == "blur" || all[i].Blur == without[i].Blur);
            }
        }
    }

    private static AugmentationDraw[] Drawn(string text)
    {
        Augmenter augmenter = new(AugmentationCatalog.Parse(text));
        return [.. Enumerable.Range(0, Draws).Select(i => augmenter.Draw($"pair-{i % 40}", seed: 5, epoch: i / 40))];
    }

    /// <summary>Within four standard deviations.</summary>
    private static void AssertShare(double expected, AugmentationDraw[] draws, Func<AugmentationDraw, bool> happens)
    {
        double tolerance = 4 * Math.Sqrt(expected * (1 - expected) / Draws);
        Assert.Equal(expected, (double)draws.Count(happens) / Draws, tolerance);
    }

    /// <summary>Uniform: nothing beyond the ends, something near them, the middle in the middle.</summary>
    private static void AssertSpread(
        AugmentationDraw[] draws, Func<AugmentationDraw, double> value, double low, double high)
    {
        double[] values = [.. draws.Select(value)];
        double width = high - low;
        Assert.InRange(values.Min(), low - 1e-6, low + (0.01 * width));
        Assert.InRange(values.Max(), high - (0.01 * width), high + 1e-6);
        Assert.InRange(values.Average(), low + (0.48 * width), low + (0.52 * width));
    }
}
