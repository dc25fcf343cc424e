using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

/// <summary>Threads stand in for processes: what the trainer asks of its peers is enough to train together.</summary>
public sealed class PeersTests
{
    // Without batch norm, whose statistics are of each peer's own images.
    private static readonly TrainingSettings Settings = new(
        new ModelSettings("unet-classic", Channels: 1, Classes: 1) { BaseChannels = 2 },
        Size: null,
        Crop: null,
        Epochs: 2,
        BatchSize: 1,
        new OptimizerSettings("sgd", 0.05f),
        Loss: "bce",
        new SplitSettings(Share: 0),
        Augmentation: "none",
        Seed: 3,
        Threads: 1);

    [Fact]
    public async Task Of_two_peers_one_writes_and_the_rest_of_an_epoch_is_left_out()
    {
        using DiscData data = new(count: 5);
        using Exchange exchange = new(count: 2);
        Directory.CreateDirectory(data.In("other"));

        await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => Task.Run(() =>
            Train(data, Settings, rank == 0 ? "run" : "other/run", new ThreadPeers(exchange, rank)))));

        Assert.True(File.Exists(data.In("run", "last.safetensors")));
        Assert.Empty(Directory.GetFiles(data.In("other", "run")));
        Assert.Equal(4, exchange.Gradients); // two epochs of two images for each of the peers
    }

    [Fact]
    public async Task Two_peers_take_the_steps_of_one_with_batches_twice_as_large()
    {
        using DiscData data = new(count: 4);
        TrainingSettings joint = Settings with { BatchSize = 2 };
        using Exchange exchange = new(count: 2);
        Directory.CreateDirectory(data.In("other"));
        Train(data, joint, "one", Peers.None);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => Task.Run(() => Train(
            data,
            joint with { BatchSize = 1 },
            rank == 0 ? "run" : "other/run",
            new ThreadPeers(exchange, rank)))));

        float[] one = Weights(data.In("one")), two = Weights(data.In("run"));
        for (int i = 0; i < one.Length; i++)
        {
            Assert.Equal(one[i], two[i], 1e-5f);
        }
    }

    private static float[] Weights(string run)
    {
        Network network = TrainedNetwork.Load(Path.Combine(run, "last.safetensors")).Network;
        return [.. network.Parameters().SelectMany(parameter => network.Store.GetValues(parameter).ToArray())];
    }

    private static void Train(DiscData data, TrainingSettings settings, string run, Peers peers)
    {
        DataReport report =
            DataReport.Create(DataFolder.Find(data.Root), ImageFile.Read, new MaskSettings(), threads: 1);
        Trainer trainer = new(settings, report, ImageFile.Read, new RunFolder(data.In(run)), peers: peers);
        Assert.True(trainer.Run(_ => { }, CancellationToken.None));
    }

    /// <summary>Where peers meet.</summary>
    private sealed class Exchange(int count) : IDisposable
    {
        private readonly Barrier _barrier = new(count);

        private readonly float[][] _values = new float[count][];
        private int _gradients;

        /// <summary>Gradients that were averaged: vectors longer than a number.</summary>
        public int Gradients => _gradients / count;

        public float[] MeanOf(int rank, ReadOnlySpan<float> own)
        {
            _values[rank] = own.ToArray();
            Interlocked.Add(ref _gradients, own.Length > 1 ? 1 : 0);
            _barrier.SignalAndWait();
            float[] mean = [.. Enumerable.Range(0, own.Length).Select(i => _values.Sum(values => values[i]) / count)];
            _barrier.SignalAndWait();
            return mean;
        }

        public void Dispose() => _barrier.Dispose();
    }

    private sealed class ThreadPeers(Exchange exchange, int rank) : Peers
    {
        public override int Rank => rank;

        public override int Count => 2;

        public override void Average(Span<float> vector) => exchange.MeanOf(rank, vector).CopyTo(vector);

        public override bool Any(bool flag) => exchange.MeanOf(rank, [flag ? 1 : 0])[0] > 0;
    }
}
