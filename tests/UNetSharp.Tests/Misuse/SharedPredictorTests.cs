using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Misuse;

/// <summary>A predictor that several threads use, that is disposed of meanwhile, and whose results are kept.</summary>
public sealed class SharedPredictorTests : IDisposable
{
    private const int Threads = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly PictureSize[] Sizes = [new(16, 16), new(33, 20), new(24, 40)];
    private readonly CpuDevice _device = new(2);
    private readonly Predictor _predictor;

    public SharedPredictorTests()
    {
        ModelSettings settings =
            ModelCatalog.Entry("unet").Default with { Channels = 1, Classes = 3, BaseChannels = 2 };
        _predictor = new Predictor(ModelCatalog.Create(settings, seed: 1), _device);
    }

    [Fact]
    public async Task Threads_with_images_of_several_sizes_get_what_one_thread_gets()
    {
        float[][] expected = [.. Enumerable.Range(0, Threads).Select(i => _predictor.Predict(Image(i)))];

        float[][][] results = await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
            Enumerable.Range(0, 25).Select(round => _predictor.Predict(Image((thread + round) % Threads))).ToArray())))
            .WaitAsync(Patience);

        for (int thread = 0; thread < Threads; thread++)
        {
            for (int round = 0; round < results[thread].Length; round++)
            {
                Assert.Equal(expected[(thread + round) % Threads], results[thread][round]);
            }
        }
    }

    [Fact]
    public void A_result_stays_as_it_was_when_another_image_is_predicted()
    {
        float[] result = _predictor.Predict(Image(0));
        float[] copy = [.. result];

        _predictor.Predict(Image(3)); // of the same size
        _predictor.Predict(Image(1)); // of another
        _predictor.Dispose();

        Assert.Equal(copy, result);
    }

    [Fact]
    public async Task Disposing_waits_for_the_call_that_computes_and_later_calls_are_refused()
    {
        using SemaphoreSlim started = new(0);
        Task[] computing = [.. Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = thread; ; i++)
            {
                _predictor.Predict(Image(i % Threads));
                started.Release();
            }
        }))];

        await started.WaitAsync(Patience);
        await Task.Run(_predictor.Dispose).WaitAsync(Patience);

        foreach (Task task in computing)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task.WaitAsync(Patience));
        }

        Assert.Throws<ObjectDisposedException>(() => _predictor.MemoryBytes);
        _predictor.Dispose();
    }

    [Theory]
    [InlineData(255, 768)]
    [InlineData(257, 768)]
    [InlineData(256, 767)]
    public void Arrays_that_do_not_fit_the_size_are_refused(int values, int room)
    {
        PictureSize size = Sizes[0];

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => _predictor.Predict(new float[values], size, size, new float[room]));

        Assert.Contains($"{values} came", e.Message, StringComparison.Ordinal);
        _predictor.Predict(new float[256], size, size, new float[768]);
    }

    [Fact]
    public void Images_of_one_size_are_predicted_without_allocation()
    {
        float[] image = new float[256];
        float[] probabilities = new float[768];
        _predictor.Predict(image, Sizes[0], Sizes[0], probabilities);
        long before = GC.GetAllocatedBytesForCurrentThread();

        _predictor.Predict(image, Sizes[0], Sizes[0], probabilities);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        _predictor.Dispose();
        _device.Dispose();
    }

    private static Tensor Image(int index)
    {
        PictureSize size = Sizes[index % Sizes.Length];
        Random random = new(index);
        float[] values = [.. Enumerable.Range(0, size.Height * size.Width).Select(_ => random.NextSingle())];
        return new Tensor(Shape.Nchw(1, 1, size.Height, size.Width), values);
    }
}
