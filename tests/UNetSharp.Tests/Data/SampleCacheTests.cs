using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public sealed class SampleCacheTests : IDisposable
{
    private const int Pairs = 12;
    private const long BytesOfOne = 4 * (sizeof(float) + 1); // 2 x 2 grey pixels and their mask

    private static readonly MaskClasses Binary = new(1, new Dictionary<int, int> { [0] = 0, [255] = 1 });

    private readonly Pictures _pictures = new();
    private int _reads;

    public SampleCacheTests()
    {
        for (int i = 0; i < Pairs; i++)
        {
            _pictures.Add($"{i}", Pictures.Flat(2, 2, i), Pictures.Grey(2, 2, 0, 255, 0, i % 2 * 255));
        }
    }

    public void Dispose() => _pictures.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(BytesOfOne - 1, 0)]
    [InlineData(BytesOfOne, 1)]
    [InlineData((5 * BytesOfOne) + 3, 5)]
    [InlineData(Pairs * BytesOfOne, Pairs)]
    [InlineData(long.MaxValue, Pairs)]
    public void As_many_samples_are_kept_as_fit_and_all_are_as_they_are_on_the_disk(long budget, int kept)
    {
        SampleCache cache = new(budget);
        SampleReader cached = new(Read, Binary, channels: 1, size: null, cache: cache);
        SampleReader plain = new(_pictures.Read, Binary, channels: 1, size: null);
        IReadOnlyList<ImagePair> pairs = _pictures.Find().Pairs;

        for (int epoch = 0; epoch < 3; epoch++)
        {
            foreach (ImagePair pair in pairs)
            {
                (Sample ours, Sample expected) = (cached.Read(pair), plain.Read(pair));
                Assert.Equal((expected.Name, expected.Size), (ours.Name, ours.Size));
                Assert.Equal(expected.Image, ours.Image);
                Assert.Equal(expected.Mask, ours.Mask);
            }
        }

        Assert.Equal(kept, cache.Count);
        Assert.Equal(2 * (Pairs + (2 * (Pairs - kept))), _reads); // images and masks: once, and in two more epochs
    }

    [Fact]
    public void Many_threads_never_keep_more_than_the_budget()
    {
        SampleCache cache = new(4 * BytesOfOne);
        SampleReader reader = new(Read, Binary, channels: 1, size: null, cache: cache);
        IReadOnlyList<ImagePair> pairs = _pictures.Find().Pairs;

        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            int at = i % Pairs;
            Assert.Equal(at / 255f, reader.Read(pairs[at]).Image[0]);
        });

        Assert.Equal(4, cache.Count);
    }

    [Fact]
    public void Pages_of_one_file_are_different_samples()
    {
        using Pictures stack = new();
        stack.PutPages("images/v.tif", Pictures.Flat(1, 1, 10), Pictures.Flat(1, 1, 20));
        stack.PutPages("masks/v.tif", Pictures.Flat(1, 1, 0), Pictures.Flat(1, 1, 255));
        SampleReader reader = new(stack.Read, Binary, channels: 1, size: null, cache: new SampleCache(1000));

        Assert.Equal([10 / 255f, 20 / 255f], stack.Find().Pairs.Select(pair => reader.Read(pair).Image[0]));
    }

    private Picture Read(string path, int page)
    {
        Interlocked.Increment(ref _reads);
        return _pictures.Read(path, page);
    }
}
