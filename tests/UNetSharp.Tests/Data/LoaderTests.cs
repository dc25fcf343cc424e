using UNetSharp.Data;
using UNetSharp.Data.Augmentations;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Data;

/// <summary>Pixels of the images hold numbers of their own, masks the same numbers, so that every move shows.</summary>
public sealed class LoaderTests : IDisposable
{
    private const int Values = 256;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static readonly MaskClasses Identity =
        new(Values, Enumerable.Range(0, Values).ToDictionary(value => value, value => value));

    private static readonly AugmentationSettings BothFlips = AugmentationCatalog.Parse("flips,vflips");

    private readonly Pictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void Every_pair_comes_once_and_the_last_batch_holds_the_rest()
    {
        AddNumbered(7, 4, 4);

        using Loader loader = Load(new LoaderSettings(3, Crop: null, AugmentationSettings.None, Seed: 1), epoch: 1);
        List<string> names = [];
        List<int> sizes = [];
        foreach (Batch batch in loader.Batches())
        {
            names.AddRange(batch.Names);
            sizes.Add(batch.Images.Shape.N);
        }

        Assert.Equal(3, loader.Count);
        Assert.Equal([3, 3, 1], sizes);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"{i}"), names.Order());
    }

    [Fact]
    public void A_name_stands_for_the_image_at_its_place()
    {
        AddNumbered(5, 2, 2);

        using Loader loader = Load(new LoaderSettings(2, Crop: null, AugmentationSettings.None, Seed: 1), epoch: 1);
        foreach (Batch batch in loader.Batches())
        {
            for (int n = 0; n < batch.Names.Count; n++)
            {
                Assert.Equal(int.Parse(batch.Names[n], null) / 255f, batch.Images[n, 0, 0, 0], 1e-6f);
            }
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_batches()
    {
        AddNumbered(23, 9, 7);
        LoaderSettings settings = new(4, Crop: 5, BothFlips, Seed: 7);

        List<float> one = Everything(settings with { Threads = 1 }, epoch: 3);

        Assert.Equal(one, Everything(settings with { Threads = 3 }, epoch: 3));
        Assert.Equal(one, Everything(settings with { Threads = 1 }, epoch: 3));
    }

    [Fact]
    public void Strong_changes_do_not_depend_on_threads_either()
    {
        AddNumbered(23, 9, 7);
        LoaderSettings settings = new(4, Crop: 6, AugmentationCatalog.Parse("strong"), Seed: 7);

        List<float> one = Everything(settings with { Threads = 1 }, epoch: 3);

        Assert.Equal(one, Everything(settings with { Threads = 3 }, epoch: 3));
    }

    [Fact]
    public void What_happens_to_a_pair_does_not_depend_on_the_batches()
    {
        AddNumbered(12, 9, 7);
        LoaderSettings settings = new(4, Crop: null, AugmentationCatalog.Parse("strong"), Seed: 7);

        Assert.Equal(
            Everything(settings, epoch: 2).Order(),
            Everything(settings with { BatchSize = 3 }, epoch: 2).Order());
    }

    [Fact]
    public void Another_epoch_or_seed_gives_other_batches()
    {
        AddNumbered(23, 9, 7);
        LoaderSettings settings = new(4, Crop: 5, BothFlips, Seed: 7);
        List<float> first = Everything(settings, epoch: 1);

        Assert.NotEqual(first, Everything(settings, epoch: 2));
        Assert.NotEqual(first, Everything(settings with { Seed = 8 }, epoch: 1));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)] // larger than the images: mirrored
    public void Image_and_mask_move_together(int crop)
    {
        AddNumbered(20, 9, 7);

        using Loader loader = Load(new LoaderSettings(4, crop, BothFlips, Seed: 1), epoch: 1);
        foreach (Batch batch in loader.Batches())
        {
            Assert.Equal(Shape.Nchw(4, 1, crop, crop), batch.Images.Shape);
            for (int i = 0; i < batch.Masks.Data.Length; i++)
            {
                Assert.Equal(batch.Masks.Data[i], batch.Images.Data[i] * 255, 1e-3f);
            }
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("flips,vflips,turns")]
    public void Images_reach_further_than_their_masks_where_a_network_sees_more(string augmentation)
    {
        AddNumbered(20, 15, 13);
        LoaderSettings settings = new(4, Crop: 5, AugmentationCatalog.Parse(augmentation), Seed: 1)
        {
            InputSide = side => side + 6,
            ClassWeights = [.. Enumerable.Range(0, Values).Select(value => (float)value)],
        };

        using Loader loader = Load(settings, epoch: 1);
        HashSet<float> middles = [];
        foreach (Batch batch in loader.Batches())
        {
            Assert.Equal(Shape.Nchw(4, 1, 11, 11), batch.Images.Shape);
            Assert.Equal(Shape.Nchw(4, 1, 5, 5), batch.Masks.Shape);
            for (int i = 0; i < batch.Masks.Data.Length; i++)
            {
                (int n, int row, int column) = (i / 25, i / 5 % 5, i % 5);
                Assert.Equal(batch.Masks.Data[i], batch.Images[n, 0, row + 3, column + 3] * 255, 1e-3f);

                // Numbers of neighbours differ, so every pixel is a cell of its own, and cells are weighted up.
                Assert.True(batch.Weights!.Data[i] >= batch.Masks.Data[i]);
                middles.Add(batch.Masks.Data[i]);
            }
        }

        // Corners of images are learnt too, with the mirror image around them.
        Assert.True(middles.Count > 100, $"{middles.Count}");
    }

    [Theory]
    [InlineData("none", 1)]
    [InlineData("flips", 2)]
    [InlineData("vflips", 2)]
    [InlineData("flips,vflips", 4)]
    [InlineData("turns", 4)]
    [InlineData("flips,turns", 8)]
    public void Flips_and_turns_give_as_many_different_images_as_they_can(string augmentation, int expected)
    {
        Picture picture = Pictures.Grey(2, 2, 1, 2, 3, 4);
        for (int i = 0; i < 60; i++)
        {
            _pictures.Add($"{i}", picture, picture);
        }

        HashSet<string> seen = [];
        using Loader loader = Load(
            new LoaderSettings(1, Crop: null, AugmentationCatalog.Parse(augmentation), Seed: 1), epoch: 1);
        foreach (Batch batch in loader.Batches())
        {
            seen.Add(string.Join(' ', batch.Masks.Data.ToArray()));
        }

        Assert.Equal(expected, seen.Count);
    }

    [Fact]
    public void Buffers_are_used_again()
    {
        AddNumbered(60, 4, 4);

        using Loader loader = Load(
            new LoaderSettings(2, Crop: null, AugmentationSettings.None, Seed: 1, Threads: 2), epoch: 1);
        HashSet<Tensor> images = [];
        foreach (Batch batch in loader.Batches())
        {
            images.Add(batch.Images);
        }

        Assert.InRange(images.Count, 1, 5); // three ahead, one in use, one given back while another is taken
    }

    [Fact]
    public void Reading_goes_no_further_ahead_than_it_may()
    {
        AddNumbered(50, 2, 2);
        int read = 0;
        using ManualResetEventSlim isAhead = new();
        Picture count(string path, int page)
        {
            if (Interlocked.Increment(ref read) == 4)
            {
                isAhead.Set(); // image and mask of two batches
            }

            return _pictures.Read(path, page);
        }

        SampleReader reader = new(count, Identity, channels: 1, size: null);
        LoaderSettings settings = new(BatchSize: 1, Crop: null, AugmentationSettings.None, Seed: 1);
        using Loader loader = new(_pictures.Find().Pairs, reader, settings, epoch: 1);

        Assert.True(isAhead.Wait(Long));
        Thread.Sleep(50); // what must not happen would happen now
        Assert.Equal(4, Volatile.Read(ref read));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_damaged_file_is_thrown_where_its_batch_would_come(int threads)
    {
        AddNumbered(20, 2, 2);
        LoaderSettings settings = new(2, Crop: null, AugmentationSettings.None, Seed: 1, threads);
        string[] order = Names(settings);
        _pictures.Damage($"images/{order[7]}.png");

        using Loader loader = Load(settings, epoch: 1);
        List<string> delivered = [];
        DataException problem = Assert.Throws<DataException>(() =>
        {
            foreach (Batch batch in loader.Batches())
            {
                delivered.AddRange(batch.Names);
            }
        });

        Assert.Contains(order[7], problem.Message, StringComparison.Ordinal);
        Assert.Equal(order[..6], delivered);
    }

    [Fact]
    public void Sizes_that_differ_form_no_batch_and_the_mend_is_named()
    {
        _pictures.Add("a", Pictures.Flat(2, 2, 0), Pictures.Flat(2, 2, 0));
        _pictures.Add("b", Pictures.Flat(3, 2, 0), Pictures.Flat(3, 2, 0));

        using Loader loader = Load(new LoaderSettings(2, Crop: null, AugmentationSettings.None, Seed: 1), epoch: 1);
        DataException e = Assert.Throws<DataException>(() => loader.Batches().Count());

        Assert.Contains("batches of one image", e.Message, StringComparison.Ordinal);
        Assert.Equal(["Size", "Crop", "BatchSize"], e.Settings);
    }

    [Fact]
    public void Sizes_may_differ_in_batches_of_one()
    {
        _pictures.Add("a", Pictures.Flat(2, 2, 0), Pictures.Flat(2, 2, 0));
        _pictures.Add("b", Pictures.Flat(3, 2, 0), Pictures.Flat(3, 2, 0));

        using Loader loader = Load(new LoaderSettings(1, Crop: null, AugmentationSettings.None, Seed: 1), epoch: 1);

        Assert.Equal([2, 3], loader.Batches().Select(batch => batch.Images.Shape.W).Order());
    }

    [Fact]
    public void Disposing_stops_after_the_pair_that_is_being_read()
    {
        AddNumbered(50, 2, 2);
        int read = 0;
        using ManualResetEventSlim isReading = new();
        using ManualResetEventSlim mayGoOn = new();
        Picture slow(string path, int page)
        {
            Interlocked.Increment(ref read);
            isReading.Set();
            mayGoOn.Wait(Long);
            return _pictures.Read(path, page);
        }

        SampleReader reader = new(slow, Identity, channels: 1, size: null);
        LoaderSettings settings = new(BatchSize: 25, Crop: null, AugmentationSettings.None, Seed: 1);
        Loader loader = new(_pictures.Find().Pairs, reader, settings, epoch: 1);
        Assert.True(isReading.Wait(Long));
        Thread disposing = new(loader.Dispose);
        disposing.Start();
        SpinWait.SpinUntil(() => disposing.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Long);
        mayGoOn.Set();

        Assert.True(disposing.Join(Long));
        Assert.Equal(2, read); // the image and the mask of one pair of 25
    }

    /// <summary>Pairs 0, 1, … of one size: pixel i of pair p is p + i, in image and mask.</summary>
    private void AddNumbered(int count, int width, int height)
    {
        for (int p = 0; p < count; p++)
        {
            Picture picture = Pictures.Grey(
                width, height, [.. Enumerable.Range(0, width * height).Select(i => (float)(p + i))]);
            _pictures.Add($"{p}", picture, picture);
        }
    }

    private SampleReader Reader() => new(_pictures.Read, Identity, channels: 1, size: null);

    private Loader Load(LoaderSettings settings, int epoch) => new(_pictures.Find().Pairs, Reader(), settings, epoch);

    private string[] Names(LoaderSettings settings)
    {
        using Loader loader = Load(settings, epoch: 1);
        return [.. loader.Batches().SelectMany(batch => batch.Names)];
    }

    private List<float> Everything(LoaderSettings settings, int epoch)
    {
        List<float> values = [];
        using Loader loader = Load(settings, epoch);
        foreach (Batch batch in loader.Batches())
        {
            values.AddRange(batch.Images.Data);
            values.AddRange(batch.Masks.Data);
        }

        return values;
    }
}
