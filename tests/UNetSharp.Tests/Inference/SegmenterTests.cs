using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Inference;

public sealed class SegmenterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 40)]
    [InlineData(33, 17)]
    public void Pictures_of_any_size_are_segmented_at_their_size(int height, int width)
    {
        foreach (string model in new[] { "unet", "unet-classic" })
        {
            using Segmenter segmenter = new(Trained(model, channels: 3), threads: 1);

            Segmentation result = segmenter.Segment(Random(height, width, 3));

            Assert.Equal(new PictureSize(height, width), result.Size);
            Assert.Equal(height * width, result.Probabilities.Length);
            Assert.All(result.Probabilities, value => Assert.InRange(value, 0, 1));
        }
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(40000, 1)]
    [InlineData(null, 0)]
    [InlineData(null, double.NaN)]
    [InlineData(null, 1e9)]
    public void Settings_that_make_no_sense_are_refused_at_once(int? tile, double scale)
    {
        using Segmenter segmenter = new(Trained("unet", channels: 1), threads: 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => segmenter.Segment(
            Random(32, 32, 1), new SegmentationSettings { Tile = tile, Scale = scale }));
        Assert.Throws<ArgumentNullException>(() => segmenter.Segment(null!));
    }

    [Fact]
    public void One_value_that_is_no_number_does_not_blacken_the_mask()
    {
        using Segmenter segmenter = new(Trained("unet", channels: 1), threads: 1);
        Picture whole = Random(32, 32, 1);
        float[] samples = [.. whole.Samples];
        (samples[3], samples[500]) = (float.NaN, float.PositiveInfinity);
        float[] zeroed = [.. whole.Samples];
        (zeroed[3], zeroed[500]) = (0, 0);

        float[] seen = segmenter.Segment(new Picture(32, 32, 1, 255, samples)).Probabilities;

        Assert.Equal(segmenter.Segment(new Picture(32, 32, 1, 255, zeroed)).Probabilities, seen);
    }

    [Fact]
    public void Threads_of_segmenters_that_nobody_disposes_of_end()
    {
        int before = CountThreads();
        for (int i = 0; i < 20; i++)
        {
            Forget();
        }

        int left = int.MaxValue;
        for (int wait = 0; wait < 100 && left > before + 10; wait++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(20);
            left = CountThreads();
        }

        Assert.InRange(left, 0, before + 10);

        static int CountThreads() => System.Diagnostics.Process.GetCurrentProcess().Threads.Count;

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget() => new Segmenter(Trained("unet", channels: 1), threads: 3).Segment(Random(16, 16, 1));
    }

    [Fact]
    public void Pretrained_saliency_networks_see_pictures_as_they_have_learnt_to()
    {
        NetworkDescription description = NetworkDescription.CreateDefault(U2Net.LightEntry.Default);

        Assert.Equal(Normalization.Saliency, description.Normalization);
        Assert.Equal(new PictureSize(320, 320), description.Size);
        Assert.Equal(Normalization.Unit, NetworkDescription.CreateDefault(UNet.Entry.Default).Normalization);
    }

    [Fact]
    public void Saliency_maps_do_not_depend_on_the_picture_s_brightness_and_reach_from_zero_to_one()
    {
        TrainedNetwork trained = Trained("u2netp", channels: 3);
        trained = trained with
        {
            Description =
                trained.Description with { Size = new PictureSize(32, 32), Normalization = Normalization.Saliency },
        };
        using Segmenter segmenter = new(trained, threads: 1);
        Picture bright = Random(40, 30, 3);
        Picture dark = new(30, 40, 3, 255, [.. bright.Samples.Select(value => value / 4)]);

        float[] map = segmenter.Segment(bright).Probabilities;
        float[] same = segmenter.Segment(dark).Probabilities;

        Assert.InRange(map.Min(), 0, 0.05f);
        Assert.InRange(map.Max(), 0.95f, 1);
        Assert.All(map.Zip(same), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(3, 64)]
    public void Side_outputs_are_what_each_layer_s_logits_give(int classes, int? tile)
    {
        ModelSettings settings = UNetPlusPlus.Entry.Default with
        {
            Channels = 1,
            Classes = classes,
            BaseChannels = 2,
            DeepSupervision = true,
        };
        Network network = ModelCatalog.Create(settings, seed: 1);
        TrainedNetwork trained = new(network, NetworkDescription.CreateDefault(settings));
        using Segmenter plain = new(trained, threads: 1);
        using Segmenter segmenter = new(trained, threads: 1, hasSideOutputs: true);
        Picture picture = Random(96, 80, 1);
        SegmentationSettings segmentation = new(Tile: tile, Augmentation: TestTimeAugmentation.Flips);

        Segmentation result = segmenter.Segment(picture, segmentation);
        Segmentation whole = segmenter.Segment(picture);

        Assert.Equal(4, segmenter.MapCount);
        Assert.Equal(3, result.SideOutputs.Count);
        Assert.Equal(plain.Segment(picture, segmentation).Probabilities, result.Probabilities);
        Assert.Equal(plain.Segment(picture).Probabilities, whole.Probabilities);
        Assert.All(
            whole.SideOutputs.Zip(SideOutputs(network, picture)),
            pair => Assert.All(pair.First.Probabilities.Zip(pair.Second), p => Assert.Equal(p.Second, p.First, 1e-5)));
    }

    [Fact]
    public void Networks_for_other_than_grey_or_colour_images_read_those_that_have_their_channels()
    {
        using Segmenter segmenter = new(Trained("unet", channels: 4), threads: 1);
        Picture four = new(16, 20, 4, fullScale: 1, new float[16 * 20 * 4]);

        Assert.Equal(new PictureSize(20, 16), segmenter.Segment(four).Size);
        DataException e = Assert.Throws<DataException>(
            () => segmenter.Segment(new Picture(16, 20, 3, fullScale: 1, new float[16 * 20 * 3])));
        Assert.Contains("has not the 4 channels", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    public void Pixels_in_memory_are_segmented_like_pictures(int channels, int wanted)
    {
        using Segmenter segmenter = new(Trained("unet", wanted), threads: 2);
        byte[] bytes = Bytes(7 * 9 * channels);
        ushort[] words = [.. bytes.Select(value => (ushort)(value * 257))];
        int kept = Math.Min(channels, 3);
        float[] opaque = [.. bytes.Where((_, i) => i % channels < kept).Select(value => (float)value)];

        float[] expected = segmenter.Segment(new Picture(9, 7, kept, 255, opaque)).Probabilities;

        Assert.Equal(expected, segmenter.Segment(bytes, 9, 7, channels).Probabilities);
        Assert.All(
            expected.Zip(segmenter.Segment(words, 9, 7, channels).Probabilities),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(11, 4, 3, 1, "4x3 pixels and 1 channels has 12 samples, but 11 came")]
    [InlineData(13, 4, 3, 1, "12 samples, but 13 came")]
    [InlineData(0, int.MaxValue, int.MaxValue, 4, "18446744056529682436 samples, but 0 came")]
    [InlineData(24, 4, 3, 2, "but 2 came")]
    [InlineData(12, -4, -3, 1, "width")]
    [InlineData(0, 4, 0, 1, "height")]
    public void Pixels_that_do_not_fit_their_sizes_are_refused(
        int samples, int width, int height, int channels, string reason)
    {
        using Segmenter segmenter = new(Trained("unet", channels: 1), threads: 1);

        ArgumentException bytes = Assert.ThrowsAny<ArgumentException>(
            () => segmenter.Segment(new byte[samples], width, height, channels));
        ArgumentException words = Assert.ThrowsAny<ArgumentException>(
            () => segmenter.Segment(new ushort[samples], width, height, channels));

        Assert.Contains(reason, bytes.Message, StringComparison.Ordinal);
        Assert.Equal(bytes.Message, words.Message);
    }

    [Fact]
    public void Sixteen_callers_at_once_get_the_bits_that_one_gets()
    {
        using Segmenter segmenter = new(Trained("unet", channels: 3), threads: 2);
        byte[][] images = [.. Enumerable.Range(0, 16).Select(i => Bytes((20 + (i % 3)) * 24 * 3, seed: i))];
        float[][] alone = [.. images.Select(Of)];
        float[][] together = new float[images.Length][];
        Thread[] callers =
        [
            .. Enumerable.Range(0, images.Length).Select(i => new Thread(() =>
            {
                for (int round = 0; round < 4; round++)
                {
                    together[i] = Of(images[i]);
                }
            })),
        ];

        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());

        Assert.Equal(alone, together);

        float[] Of(byte[] image) => segmenter.Segment(image, 24, image.Length / (24 * 3), 3).Probabilities;
    }

    [Fact]
    public void A_call_allocates_little_beside_its_result()
    {
        const int Side = 128;
        using Segmenter segmenter = new(Trained("unet", channels: 3), threads: 1);
        byte[] image = Bytes(Side * Side * 3);
        segmenter.Segment(image, Side, Side, 3);
        segmenter.Segment(image, Side, Side, 3);

        long before = GC.GetAllocatedBytesForCurrentThread();
        segmenter.Segment(image, Side, Side, 3);

        Assert.InRange(
            GC.GetAllocatedBytesForCurrentThread() - before, Side * Side * sizeof(float), (
                Side * Side * sizeof(float)) + 1024);
    }

    [Fact]
    public void A_segmenter_that_is_disposed_of_says_so_and_lets_callers_finish()
    {
        Segmenter segmenter = new(Trained("unet", channels: 1), threads: 2);
        byte[] image = Bytes(64 * 64);
        float[] expected = segmenter.Segment(image, 64, 64, 1).Probabilities;
        int refused = 0;
        Thread[] callers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            try
            {
                while (true)
                {
                    Assert.Equal(expected, segmenter.Segment(image, 64, 64, 1).Probabilities);
                }
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref refused);
            }
        }))];

        Array.ForEach(callers, caller => caller.Start());
        Thread.Sleep(50);
        segmenter.Dispose();
        segmenter.Dispose();
        Array.ForEach(callers, caller => caller.Join());

        Assert.Equal(callers.Length, refused);
        Assert.Throws<ObjectDisposedException>(() => segmenter.Segment(image, 64, 64, 1));
    }

    private static byte[] Bytes(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static IEnumerable<float[]> SideOutputs(Network network, Picture picture)
    {
        Value image = Value.Input(Shape.Nchw(1, 1, picture.Height, picture.Width));
        Value[] sides =
        [
            .. network.SegmentWithSideOutputs(image, picture.Height, picture.Width).Skip(1).Select(
                logits => network.Classes == 1 ? logits.Sigmoid() : logits.Softmax()),
        ];
        using CpuDevice device = new(threads: 1);
        using Plan plan = device.Compile(
            new ComputationGraph(sides), network.Store, PlanSettings.ForInference(isExact: true));
        plan.SetInput(image, picture.ToUnitRange(1));
        plan.Forward();
        return [.. sides.Select(side => plan.GetOutput(side).Data.ToArray())];
    }

    private static TrainedNetwork Trained(string model, int channels)
    {
        ModelSettings settings =
            ModelCatalog.Entry(model).Default with { Channels = channels, Classes = 1, BaseChannels = 2 };
        NetworkDescription description = new(
            settings, new MaskClasses(1, new Dictionary<int, int> { [0] = 0, [255] = 1 }), Size: null);
        return new TrainedNetwork(ModelCatalog.Create(settings, seed: 1), description);
    }

    private static Picture Random(int height, int width, int channels)
    {
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, height * width * channels).Select(_ => (float)random.Next(256))];
        return new Picture(width, height, channels, 255, samples);
    }
}
