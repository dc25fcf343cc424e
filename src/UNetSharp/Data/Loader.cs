using System.Diagnostics;
using UNetSharp.Data.Augmentations;
using UNetSharp.Tensors;

namespace UNetSharp.Data;

/// <summary>How a loader makes batches.</summary>
/// <param name="BatchSize">Images of a batch; the last of an epoch holds the rest.</param>
/// <param name="Crop">Side of a random square to cut out of every sample, or null for all of it.</param>
/// <param name="Augmentation">Random changes.</param>
/// <param name="Seed">Chooses order, crops and random changes.</param>
/// <param name="Threads">Threads that read files.</param>
/// <param name="InputSide">
/// Side of the image that a network reads for so many pixels of the mask, as <see cref="Models.Network.InputSide"/>:
/// images are cut out so much larger, and mirrored beyond their border. Null where it is the same.
/// </param>
/// <param name="ClassWeights">Weight of each class in the weight map of every mask; null for no map.</param>
/// <param name="Share">Which of the images are read, where several processes share an epoch.</param>
public sealed record LoaderSettings(
    int BatchSize,
    int? Crop,
    AugmentationSettings Augmentation,
    int Seed,
    int Threads = 1,
    Func<int, int>? InputSide = null,
    IReadOnlyList<float>? ClassWeights = null,
    EpochShare Share = default);

/// <summary>
/// The share of one process in an epoch: every <paramref name="Count"/>-th image from the one at
/// <paramref name="Rank"/>. The last images, fewer than processes, are left out, so that all have as many.
/// </summary>
/// <param name="Rank">Number of the process, from 0.</param>
/// <param name="Count">Number of processes; 0 and 1 are a process on its own.</param>
public readonly record struct EpochShare(int Rank, int Count)
{
    /// <summary>Images of a process.</summary>
    /// <param name="images">Images of all.</param>
    public int CountImages(int images) => images / Math.Max(1, Count);

    /// <summary>Images that follow each other in the order of the epoch, as the process takes them.</summary>
    internal int[] Select(int[] order)
    {
        int step = Math.Max(1, Count), rank = Rank;
        return [.. Enumerable.Range(0, CountImages(order.Length)).Select(i => order[(i * step) + rank])];
    }
}

/// <summary>
/// Reads the batches of one epoch ahead of their use, on threads of its own. The order follows from seed and epoch
/// alone, what happens to a pair from seed, epoch and its name, so batches are the same whatever the number of threads.
/// </summary>
public sealed class Loader : IDisposable
{
    private readonly IReadOnlyList<ImagePair> _pairs;
    private readonly SampleReader _reader;
    private readonly LoaderSettings _settings;
    private readonly int _epoch;
    private readonly int[] _order;
    private readonly int _firstBatch;
    private readonly int _readAhead;
    private readonly Thread[] _threads;
    private readonly object _lock = new();
    private readonly Dictionary<int, Batch> _ready = [];
    private readonly Dictionary<int, Exception> _failed = [];
    private readonly List<Batch> _reusable = [];
    private readonly Stopwatch _waiting = new();
    private int _started;
    private int _delivered;
    private volatile bool _isStopping;

    /// <summary>Starts to read the epoch.</summary>
    /// <param name="pairs">Images and masks.</param>
    /// <param name="reader">Reads a pair.</param>
    /// <param name="settings">How batches are made.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="firstBatch">Batches to leave out at its start, as they were used before.</param>
    public Loader(
        IReadOnlyList<ImagePair> pairs, SampleReader reader, LoaderSettings settings, int epoch, int firstBatch = 0)
    {
        (_pairs, _reader, _settings, _epoch, _firstBatch) = (pairs, reader, settings, epoch, firstBatch);
        (_started, _delivered) = (firstBatch, firstBatch);
        _order = [.. Enumerable.Range(0, pairs.Count)];
        RandomStream.ForOrder(settings.Seed, epoch).Shuffle(_order);
        _order = settings.Share.Select(_order);
        _readAhead = settings.Threads + 1;
        _threads =
            [.. Enumerable.Range(0, settings.Threads).Select(_ => new Thread(ReadBatches) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Batches of the epoch.</summary>
    public int Count => (_order.Length + _settings.BatchSize - 1) / _settings.BatchSize;

    /// <summary>Time that was spent waiting for batches.</summary>
    public TimeSpan WaitTime => _waiting.Elapsed;

    /// <summary>The batches in order. A batch is valid until the next one is taken.</summary>
    /// <exception cref="DataException">A pair cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The loader has been disposed of.</exception>
    public IEnumerable<Batch> Batches()
    {
        ObjectDisposedException.ThrowIf(_isStopping, this);
        return TakeAll();
    }

    private IEnumerable<Batch> TakeAll()
    {
        for (int index = _firstBatch; index < Count; index++)
        {
            _waiting.Start();
            Batch batch = GetBatch(index);
            _waiting.Stop();
            yield return batch;
            lock (_lock)
            {
                _reusable.Add(batch);
            }
        }
    }

    /// <summary>Ends the threads, once each is done with the pair that it is reading.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopping = true;
            Monitor.PulseAll(_lock);
        }

        Array.ForEach(_threads, thread => thread.Join());
    }

    private Batch GetBatch(int index)
    {
        lock (_lock)
        {
            Batch? batch;
            while (!_ready.Remove(index, out batch))
            {
                ObjectDisposedException.ThrowIf(_isStopping, this);
                if (_failed.TryGetValue(index, out Exception? failure))
                {
                    throw failure is DataException e
                        ? new DataException(e.Message, e) { Settings = e.Settings }
                        : failure;
                }

                Monitor.Wait(_lock);
            }

            _delivered = index + 1;
            Monitor.PulseAll(_lock);
            return batch;
        }
    }

    private void ReadBatches()
    {
        Augmenter augmenter = new(_settings.Augmentation);
        while (NextIndex() is { } index)
        {
            Batch? batch = null;
            Exception? failure = null;
            try
            {
                batch = ReadBatch(index, augmenter);
            }
            catch (Exception e)
            {
                // Whatever it is, it belongs to whoever waits for this batch; those before it are still delivered.
                failure = e;
            }

            lock (_lock)
            {
                if (batch is not null)
                {
                    _ready[index] = batch;
                }
                else if (failure is not null)
                {
                    _failed[index] = failure;
                }

                Monitor.PulseAll(_lock);
            }
        }
    }

    private int? NextIndex()
    {
        lock (_lock)
        {
            while (!_isStopping && _started < Count && _started >= _delivered + _readAhead)
            {
                Monitor.Wait(_lock);
            }

            return _isStopping || _failed.Count > 0 || _started >= Count ? null : _started++;
        }
    }

    /// <summary>Reads a batch; null when the loader is disposed of meanwhile.</summary>
    private Batch? ReadBatch(int index, Augmenter augmenter)
    {
        int first = index * _settings.BatchSize;
        int count = Math.Min(_settings.BatchSize, _order.Length - first);
        Batch? batch = null;
        string[] names = new string[count];
        for (int n = 0; n < count; n++)
        {
            if (_isStopping)
            {
                return null;
            }

            Sample sample = _reader.Read(_pairs[_order[first + n]]);
            PictureSize size = _settings.Crop is { } side ? new PictureSize(side, side) : sample.Size;
            PictureSize seen = GetInputSize(size);
            batch ??= GetReusableBatch(Shape.Nchw(count, sample.Channels, seen.Height, seen.Width), size, names);
            if (batch.Masks.Shape != Shape.Nchw(count, 1, size.Height, size.Width))
            {
                string image = _pairs[_order[first + n]].ImageText;
                throw DataException.MixedSizes($"{image}: is {sample.Size}, another image of its batch is not.");
            }

            names[n] = sample.Name;
            Fill(batch, n, sample, seen, size, augmenter);
        }

        return batch;
    }

    private PictureSize GetInputSize(PictureSize size) => _settings.InputSide is { } inputSide
        ? new PictureSize(inputSide(size.Height), inputSide(size.Width))
        : size;

    private void Fill(Batch batch, int n, Sample sample, PictureSize inputSize, PictureSize size, Augmenter augmenter)
    {
        int seenFloats = inputSize.Height * inputSize.Width * sample.Channels, pixels = size.Height * size.Width;
        Span<float> image = batch.Images.Data.Slice(n * seenFloats, seenFloats);
        Span<float> mask = batch.Masks.Data.Slice(n * pixels, pixels);
        AugmentationDraw draw = augmenter.Draw(sample.Name, _settings.Seed, _epoch);
        if (inputSize == size)
        {
            augmenter.Augment(sample, size, size, draw, image, mask);
        }
        else
        {
            float[] whole = new float[inputSize.Height * inputSize.Width];
            augmenter.Augment(sample, inputSize, size, draw, image, whole);
            int start = ((inputSize.Height - size.Height) / 2 * inputSize.Width) + ((inputSize.Width - size.Width) / 2);
            for (int row = 0; row < size.Height; row++)
            {
                whole.AsSpan(start + (row * inputSize.Width), size.Width).CopyTo(mask[(row * size.Width)..]);
            }
        }

        if (_settings.ClassWeights is { } classWeights)
        {
            byte[] classes = new byte[pixels];
            for (int i = 0; i < pixels; i++)
            {
                // Pixels that do not count are in no cell.
                classes[i] = mask[i] == MaskClasses.Ignored ? (byte)0 : (byte)mask[i];
            }

            WeightMap.Compute(classes, size, classWeights).CopyTo(batch.Weights!.Data[(n * pixels)..]);
        }
    }

    private Batch GetReusableBatch(Shape images, PictureSize masks, string[] names)
    {
        Shape shape = Shape.Nchw(images.N, 1, masks.Height, masks.Width);
        lock (_lock)
        {
            int index = _reusable.FindIndex(batch => batch.Images.Shape == images && batch.Masks.Shape == shape);
            if (index < 0)
            {
                Tensor? weights = _settings.ClassWeights is null ? null : new Tensor(shape);
                return new Batch(new Tensor(images), new Tensor(shape), weights, names);
            }

            Batch used = _reusable[index];
            _reusable.RemoveAt(index);
            return used with { Names = names };
        }
    }
}
