using UNetSharp.Data;
using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

public class GreyValueTests
{
    private static readonly float[] Weights = [1, 2, 4, 8, 16, 32, 64];

    [Fact]
    public void The_range_is_four_standard_deviations_about_the_mean()
    {
        var range = GreyRange.FromImage([0, 1, 0, 1]);

        Assert.Equal(new GreyRange(0.5f, 2), range);
    }

    [Theory]
    [InlineData(0.1f, 1, 1)]
    [InlineData(0, 1.5f, 1)]
    [InlineData(0, 1, 2.2f)]
    [InlineData(-0.05f, 0.6f, 0.45f)]
    public void Brightness_contrast_and_gamma_are_their_formula(float brightness, float contrast, float gamma)
    {
        float[] image = MarkedSamples.CreateNoisy(7, 5, 1).Image; // 35 values: vectors and a rest
        (image[0], image[34]) = (0, 0);
        float[] changed = [.. image];

        GreyValues.Apply(changed, 0.4f, brightness, contrast, gamma);

        Assert.All(image.Zip(changed), pair =>
        {
            double plain = ((pair.First - 0.4) * contrast) + 0.4 + brightness;
            Assert.Equal(Math.Pow(Math.Clamp(plain, 0, 1), gamma), pair.Second, 1e-5);
        });
    }

    [Fact]
    public void Brightness_goes_by_the_image_s_own_range()
    {
        // Values 0.1 ± 0.005, as those of 12 bit in a file of 16: a tenth of their range, 0.02, is 0.002.
        Sample dim = MarkedSamples.Create(1, 4, 1, [1, 0, 1, 0], [0.105f, 0.095f, 0.105f, 0.095f]);

        (float[] image, float[] mask) =
            MarkedSamples.Augment(dim, dim.Size, new AugmentationDraw { Brightness = 0.1f });

        Assert.All(dim.Image.Zip(image), pair => Assert.Equal(pair.First + 0.002f, pair.Second, 1e-6f));
        Assert.Equal([1, 0, 1, 0], mask);
    }

    [Fact]
    public void Noise_has_the_deviation_asked_for_and_no_correlation()
    {
        float[] image = new float[200_001];
        Array.Fill(image, 0.5f);

        GaussianNoise.Add(image, 0.1f, seed: 5);

        float[] noise = [.. image.Select(value => value - 0.5f)];
        Assert.Equal(0, noise.Average(), 1e-3f);
        Assert.Equal(0.1, Math.Sqrt(noise.Average(value => (double)value * value)), 1e-3);
        Assert.Equal(0.683, noise.Count(value => Math.Abs(value) < 0.1f) / 200_001.0, 5e-3);
        Assert.Equal(0, noise.Zip(noise.Skip(1)).Average(pair => (double)pair.First * pair.Second), 1e-4);
    }

    [Fact]
    public void A_blurred_point_is_the_Gaussian()
    {
        const int Side = 21;
        float[] image = new float[Side * Side * 3];
        image[(((10 * Side) + 10) * 3) + 1] = 1; // green only

        new GaussianBlur().Apply(image, new PictureSize(Side, Side), 3, 1.5f);

        for (int i = 0; i < image.Length; i++)
        {
            (int down, int right) = ((i / 3 / Side) - 10, (i / 3 % Side) - 10);
            double expected = Math.Exp(-((down * down) + (right * right)) / 4.5) / (2 * Math.PI * 2.25);
            bool isWithin = Math.Max(Math.Abs(down), Math.Abs(right)) <= 5 && i % 3 == 1;
            Assert.Equal(isWithin ? expected : 0, image[i], 1e-3);
        }

        Assert.Equal(1, image.Sum(), 1e-4f);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(7, 1)]
    public void Blur_mirrors_at_the_border_however_small_the_image(int height, int width)
    {
        float[] image = Weights[..(height * width)];
        float[] along = [.. image];

        new GaussianBlur().Apply(image, new PictureSize(height, width), 1, 2);

        double[] weights = [.. Enumerable.Range(-6, 13).Select(k => Math.Exp(-k * k / 8.0))];
        for (int i = 0; i < image.Length; i++)
        {
            double expected = Enumerable.Range(-6, 13)
                .Sum(k => weights[k + 6] * along[MirroredBorder.Reflect(i + k, along.Length)]) / weights.Sum();
            Assert.Equal(expected, image[i], 1e-4 * expected);
        }
    }

    [Fact]
    public void A_blur_of_almost_nothing_changes_nothing()
    {
        float[] image = [.. Weights];

        new GaussianBlur().Apply(image, new PictureSize(1, 7), 1, 1e-30f);

        Assert.Equal(Weights, image);
    }

    [Fact]
    public void A_mirrored_border_does_not_repeat_the_edge()
    {
        Assert.Equal(
            [2, 1, 0, 1, 2, 1, 0], Enumerable.Range(-2, 7).Select(position => MirroredBorder.Reflect(position, 3)));
        Assert.All(Enumerable.Range(-5, 11), position => Assert.Equal(0, MirroredBorder.Reflect(position, 1)));
        Assert.All(Enumerable.Range(-9, 19), position =>
        {
            Assert.Equal(MirroredBorder.Reflect(position, 4), MirroredBorder.Reflect((double)position, 3), 1e-12);
            Assert.Equal(0, MirroredBorder.Reflect((double)position, 0));
        });
    }
}
