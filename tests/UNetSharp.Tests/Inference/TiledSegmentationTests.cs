using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Data.Rows;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Inference;

/// <summary>Pictures in tiles, row by row, against the same pictures as a whole.</summary>
public sealed class TiledSegmentationTests
{
    private static readonly SegmentationSettings Whole = new(Tile: 4096);

    [Theory]
    [InlineData(150, 130)]
    [InlineData(200, 97)]
    [InlineData(65, 64)]
    public void Tiles_of_the_network_of_2015_tell_what_the_whole_tells(int height, int width)
    {
        using Segmenter segmenter = new(Trained("unet-classic"), threads: 2, isExact: true);
        Picture picture = Random(height, width);

        float[] whole = segmenter.Segment(picture, Whole).Probabilities;
        float[] tiled = segmenter.Segment(picture, new SegmentationSettings(Tile: 64)).Probabilities;

        Assert.True(segmenter.Plan(new PictureSize(height, width), new SegmentationSettings(Tile: 64)).Count > 1);
        Assert.All(whole.Zip(tiled), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Tiles_of_a_padded_network_tell_the_same_where_they_see_enough()
    {
        // A pixel sees 92 pixels to each side by convolutions, 15 by pooling, and 30 by enlarging: less than 140.
        const int Seen = 140;
        using Segmenter segmenter = new(Trained("unet"), threads: 2, isExact: true);
        Picture picture = Random(256, 512);
        float[] whole = segmenter.Segment(picture, Whole).Probabilities;

        float[] abutting = segmenter.Segment(picture, new SegmentationSettings(Tile: 256, Overlap: 0)).Probabilities;
        float[] blended = segmenter.Segment(picture, new SegmentationSettings(Tile: 256, Overlap: 128)).Probabilities;

        for (int i = 0; i < whole.Length; i++)
        {
            if (i % 512 is < 256 - Seen or >= 256 + Seen)
            {
                Assert.Equal(whole[i], abutting[i], 1e-5);
            }
        }

        double worstAbutting = whole.Zip(abutting).Max(pair => Math.Abs(pair.First - pair.Second));
        double worstBlended = whole.Zip(blended).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(worstAbutting > 1e-4, "A false border in the middle must be seen, or this tests nothing.");
        Assert.True(worstBlended < worstAbutting / 2, $"{worstBlended} blended, {worstAbutting} abutting");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 40)]
    [InlineData(33, 17)]
    public void A_picture_of_one_tile_is_segmented_to_the_same_bits_as_a_whole(int height, int width)
    {
        foreach (string model in new[] { "unet", "unet-classic" })
        {
            TrainedNetwork trained = Trained(model);
            Picture picture = Random(height, width);

            using Segmenter segmenter = new(trained, threads: 1);

            Assert.Equal(
                Predicted(trained, picture.ToUnitRange(3), new PictureSize(height, width)),
                segmenter.Segment(picture).Probabilities);
        }
    }

    [Fact]
    public void Pictures_are_brought_to_the_network_s_size_and_maps_back()
    {
        TrainedNetwork trained = Trained("unet");
        PictureSize own = new(50, 70);
        PictureSize size = new(32, 48);
        Picture picture = Random(own.Height, own.Width);
        float[] seen = Resampling.ResizeAntialiased(picture.ToUnitRange(3), own, size, 3);
        float[] expected = Resampling.ResizeAntialiased(Predicted(trained, seen, size), size, own, 1);

        NetworkDescription ofSize = trained.Description with { Size = size };
        using Segmenter sized = new(trained with { Description = ofSize }, threads: 1);
        Assert.Equal(expected, sized.Segment(picture).Probabilities);

        PictureSize half = new(25, 35);
        seen = Resampling.ResizeAntialiased(picture.ToUnitRange(3), own, half, 3);
        expected = Resampling.ResizeAntialiased(Predicted(trained, seen, half), half, own, 1);
        using Segmenter scaled = new(trained, threads: 1);
        Assert.Equal(expected, scaled.Segment(picture, new SegmentationSettings(Scale: 0.5)).Probabilities);
    }

    [Fact]
    public void Flips_are_the_mean_of_four_pictures()
    {
        using Segmenter segmenter = new(Trained("unet"), threads: 1);
        Picture picture = Random(20, 30);
        double[] mean = new double[20 * 30];
        foreach ((bool rows, bool columns) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            float[] samples = Flipped(picture.Samples, 3, rows, columns);
            float[] found = segmenter.Segment(new Picture(30, 20, 3, 255, samples)).Probabilities;
            float[] back = Flipped(found, 1, rows, columns);
            mean = [.. mean.Zip(back, (sum, value) => sum + (value / 4.0))];
        }

        SegmentationSettings flips = new(Augmentation: TestTimeAugmentation.Flips);
        float[] actual = segmenter.Segment(picture, flips).Probabilities;

        Assert.All(mean.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));

        float[] Flipped(float[] values, int channels, bool rows, bool columns) =>
        [
            .. from y in Enumerable.Range(0, 20)
               from x in Enumerable.Range(0, 30)
               from c in Enumerable.Range(0, channels)
               select values[((((rows ? 19 - y : y) * 30) + (columns ? 29 - x : x)) * channels) + c],
        ];
    }

    [Fact]
    public void The_result_of_a_symmetric_picture_is_symmetric_when_all_turns_are_averaged()
    {
        const int Side = 33;
        Random random = new(2);
        float[,] corner = new float[Side, Side];
        float[] samples = new float[Side * Side * 3];
        for (int i = 0; i < Side * Side; i++)
        {
            int y = Math.Min(i / Side, Side - 1 - (i / Side));
            int x = Math.Min(i % Side, Side - 1 - (i % Side));
            (int least, int most) = (Math.Min(y, x), Math.Max(y, x));
            corner[least, most] = corner[least, most] == 0 ? random.Next(1, 256) : corner[least, most];
            samples.AsSpan(3 * i, 3).Fill(corner[least, most]);
        }

        using Segmenter segmenter = new(Trained("unet-classic"), threads: 1);
        SegmentationSettings turns = new(Augmentation: TestTimeAugmentation.D4);
        float[] found = segmenter.Segment(new Picture(Side, Side, 3, 255, samples), turns).Probabilities;

        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                Assert.Equal(found[(y * Side) + x], found[(x * Side) + y], 1e-5);
                Assert.Equal(found[(y * Side) + x], found[((Side - 1 - y) * Side) + x], 1e-5);
            }
        }
    }

    [Fact]
    public void Only_the_rows_at_work_are_read_ahead()
    {
        foreach (string model in new[] { "unet", "unet-classic" })
        {
            using Segmenter segmenter = new(Trained(model), threads: 2);
            SegmentationSettings settings = new(Tile: 64);
            CountedRows picture = new(Random(500, 70));
            int most = segmenter.Plan(picture.Size, settings).Rows.InputLength;

            using RowSource found = segmenter.SegmentRows(picture, segmenter.Plan(picture.Size, settings));
            float[] row = new float[found.RowLength];
            for (int i = 0; i < found.Size.Height; i++)
            {
                found.ReadRow(row);
                Assert.InRange(picture.Count - i, 0, most);
            }

            Assert.Equal(500, picture.Count);
        }
    }

    [Fact]
    public void What_a_plan_takes_does_not_grow_with_the_height_and_stays_about_a_gigabyte()
    {
        TrainedNetwork trained = Trained("unet", width: 16);
        using Segmenter segmenter = new(trained, threads: 2);

        TilePlan plan = segmenter.Plan(new PictureSize(20_000, 20_000), new SegmentationSettings());
        TilePlan higher = segmenter.Plan(new PictureSize(200_000, 20_000), new SegmentationSettings());
        TilePlan small = segmenter.Plan(new PictureSize(500, 600), new SegmentationSettings());

        Assert.InRange(plan.MemoryBytes, 1L << 28, 1L << 30);
        Assert.Equal(plan.MemoryBytes, higher.MemoryBytes);
        Assert.True(plan.Count > 100);
        Assert.Equal((1, 0, new PictureSize(500, 600)), (small.Count, small.Overlap, small.Tile));
    }

    private static float[] Predicted(TrainedNetwork trained, float[] image, PictureSize size)
    {
        using CpuDevice device = new(1);
        using Predictor predictor = new(trained.Network, device);
        return predictor.Predict(new Tensor(Shape.Nchw(1, 3, size.Height, size.Width), image));
    }

    private static TrainedNetwork Trained(string model, int width = 2)
    {
        ModelSettings settings =
            ModelCatalog.Entry(model).Default with { Channels = 3, Classes = 1, BaseChannels = width };
        NetworkDescription description = new(
            settings, new MaskClasses(1, new Dictionary<int, int> { [0] = 0, [255] = 1 }), Size: null);
        return new TrainedNetwork(ModelCatalog.Create(settings, seed: 1), description);
    }

    private static Picture Random(int height, int width)
    {
        Random random = new(1);
        return new Picture(
            width, height, 3, 255, [.. Enumerable.Range(0, height * width * 3).Select(_ => (float)random.Next(256))]);
    }

    private sealed class CountedRows(Picture picture)
        : RowSource(new PictureSize(picture.Height, picture.Width), picture.Channels, picture.FullScale)
    {
        private readonly PictureRows _rows = new(picture);

        public int Count { get; private set; }

        protected override void ReadNextRow(Span<float> row)
        {
            _rows.ReadRow(row);
            Count++;
        }
    }
}
