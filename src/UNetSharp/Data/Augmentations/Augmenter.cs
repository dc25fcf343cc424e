namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Makes random changes to samples. What happens to a sample follows from the seed, the epoch and its name alone.
/// Buffers are kept from call to call, so every thread needs an augmenter of its own.
/// </summary>
/// <param name="settings">What may happen.</param>
public sealed class Augmenter(AugmentationSettings settings)
{
    private readonly ElasticField _field = new();
    private readonly PixelCopy _copy = new();
    private readonly Warp _warp = new();
    private readonly GaussianBlur _blur = new();
    private float[] _down = [];
    private float[] _right = [];

    /// <summary>A changed sample, as training reads it in an epoch.</summary>
    /// <param name="sample">The sample; it stays as it is.</param>
    /// <param name="part">Size to cut out at random, or its own; what is larger is mirrored at the border.</param>
    /// <param name="seed">The seed of training.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    public Sample Augment(Sample sample, PictureSize part, int seed, int epoch)
    {
        float[] image = new float[part.Height * part.Width * sample.Channels];
        float[] mask = new float[part.Height * part.Width];
        Augment(sample, part, part, Draw(sample.Name, seed, epoch), image, mask);
        return sample with { Size = part, Image = image, Mask = Array.ConvertAll(mask, value => (byte)value) };
    }

    /// <summary>What chance decides about a sample.</summary>
    internal AugmentationDraw Draw(string name, int seed, int epoch) =>
        AugmentationDraw.Create(settings, RandomStream.ForPair(seed, epoch, name));

    /// <summary>Writes a changed part of a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="part">Size of the part.</param>
    /// <param name="middle">Size of its middle, which is placed within the sample; the same, or less.</param>
    /// <param name="draw">What chance decided.</param>
    /// <param name="image">The result's image, (height, width, channels).</param>
    /// <param name="mask">The result's classes, (height, width).</param>
    internal void Augment(
        Sample sample,
        PictureSize part,
        PictureSize middle,
        in AugmentationDraw draw,
        Span<float> image,
        Span<float> mask)
    {
        CropWindow window = CropWindow.Create(draw, sample, middle).ExpandTo(part, middle);
        bool isDeformed = draw.Elastic > 0;
        if (isDeformed)
        {
            _field.Draw(
                draw.Elastic, draw.ElasticGrid, draw.ElasticSeed, sample.Size, window.Top, window.Left, part.Width);
        }

        DisplacementAt? displacement = isDeformed ? (row, column) => GetDisplacement(row, column, part.Width) : null;
        var map = AffineMap.FromDraw(draw, window, part, sample.Size, displacement);
        if (!isDeformed && draw is { Angle: 0, Zoom: 1 })
        {
            _copy.Apply(sample, map, part, image, mask);
        }
        else
        {
            _warp.Apply(sample, map, isDeformed ? _field : null, part, image, mask);
        }

        ApplyGreyValues(draw, sample, part, image);
    }

    /// <summary>In a camera's order: optics blur, the sensor bends the values, noise comes on top.</summary>
    private void ApplyGreyValues(in AugmentationDraw draw, Sample sample, PictureSize part, Span<float> image)
    {
        if (draw.Blur > 0)
        {
            _blur.Apply(image, part, sample.Channels, draw.Blur);
        }

        bool isBent = draw is not { Brightness: 0, Contrast: 1, Gamma: 1 };
        GreyRange range = isBent || draw.Noise > 0 ? GreyRange.FromImage(sample.Image) : default;
        if (isBent)
        {
            GreyValues.Apply(image, range.Mean, draw.Brightness * range.Range, draw.Contrast, draw.Gamma);
        }

        if (draw.Noise > 0)
        {
            GaussianNoise.Add(image, draw.Noise * range.Range, draw.NoiseSeed);
        }
    }

    private (float Down, float Right) GetDisplacement(int row, int column, int width)
    {
        Scratch.Grow(ref _down, width);
        Scratch.Grow(ref _right, width);
        _field.ComputeRow(row, _down.AsSpan(0, width), _right.AsSpan(0, width));
        return (_down[column], _right[column]);
    }
}
