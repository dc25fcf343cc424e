using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>The best threshold is found on either side, and cuts where it was fitted.</summary>
public sealed class ThresholdBaselineTests
{
    [Fact]
    public void Bright_foreground_is_cut_out_above_the_threshold()
    {
        Sample sample = CreateSample([0f, 0.2f, 0.3f, 0.7f, 1f], [0, 0, 0, 1, 1]);

        ThresholdBaseline baseline = ThresholdBaseline.Fit([sample]);

        Assert.True(baseline.IsForegroundBright);
        Assert.InRange(baseline.Threshold, 0.3f, 0.7f);
        Assert.Equal(sample.Mask, baseline.Predict(sample));
    }

    [Fact]
    public void Dark_foreground_is_cut_out_below_the_threshold()
    {
        Sample sample = CreateSample([0f, 0.2f, 0.3f, 0.7f, 1f], [1, 1, 1, 0, 0]);

        ThresholdBaseline baseline = ThresholdBaseline.Fit([sample]);

        Assert.False(baseline.IsForegroundBright);
        Assert.Equal(sample.Mask, baseline.Predict(sample));
    }

    [Fact]
    public void Neighbouring_greys_are_told_apart()
    {
        Sample sample = CreateSample([99 / 256f, 100 / 256f], [0, 1]);

        Assert.Equal([0, 1], ThresholdBaseline.Fit([sample]).Predict(sample));
    }

    [Fact]
    public void One_threshold_serves_all_images()
    {
        // Below 0.3: all three found and 0.4 wrongly with them, Dice 6/7. Above 0.4: two found, none wrongly, 4/5.
        Sample[] samples =
        [
            CreateSample([0.1f, 0.6f], [0, 1]), CreateSample([0.4f, 0.7f], [0, 1]), CreateSample([0.2f, 0.3f], [0, 1]),
        ];

        ThresholdBaseline baseline = ThresholdBaseline.Fit(samples);

        ConfusionMatrix pooled = new(2);
        Array.ForEach(samples, sample => pooled.Add(sample.Mask, baseline.Predict(sample)));
        Assert.Equal(6.0 / 7, pooled.Dice(1), 12);
    }

    private static Sample CreateSample(float[] image, byte[] mask) => new(
        Name: "grey", Size: new PictureSize(1, image.Length), Channels: 1, Image: image, Mask: mask);
}
