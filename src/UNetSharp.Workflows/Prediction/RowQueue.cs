using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using UNetSharp.Data;
using UNetSharp.Data.Rows;

namespace UNetSharp.Workflows;

/// <summary>
/// Rows that one thread makes and another reads, a little behind it. What goes wrong where they are made goes wrong
/// where they are read; whoever disposes the queue needs no more of them.
/// </summary>
internal sealed class RowQueue : RowSource
{
    /// <summary>Bytes of the rows that wait to be read, unless a single row is longer than a band.</summary>
    public const int MaxBytes = MaxBands * BandBytes;

    private const int MaxBands = 16;
    private const int BandBytes = 1 << 20;
    private const int CheckMs = 50;

    private readonly BlockingCollection<float[]> _bands = new(MaxBands);
    private readonly ConcurrentBag<float[]> _reusable = [];
    private readonly CancellationToken _stop;
    private readonly int _bandRows;
    private ExceptionDispatchInfo? _error;
    private volatile bool _isAbandoned;
    private float[]? _band;
    private int _next;

    public RowQueue(PictureSize size, int channels, float fullScale, CancellationToken stop)
        : base(size, channels, fullScale)
    {
        _stop = stop;
        _bandRows = (int)Math.Clamp(BandBytes / ((long)RowLength * sizeof(float)), 1, size.Height);
    }

    /// <summary>Makes all rows, on the thread that calls; ends early if nobody reads them.</summary>
    /// <param name="open">Opens what the rows come from.</param>
    public void Fill(Func<RowSource> open)
    {
        try
        {
            using RowSource source = open();
            for (int row = 0; row < Size.Height && !_isAbandoned; row += _bandRows)
            {
                float[] band = _reusable.TryTake(out float[]? used) ? used : new float[_bandRows * RowLength];
                for (int i = 0; i < Math.Min(_bandRows, Size.Height - row); i++)
                {
                    source.ReadRow(band.AsSpan(i * RowLength, RowLength));
                }

                while (!_isAbandoned && !_bands.TryAdd(band, CheckMs, CancellationToken.None))
                {
                    _stop.ThrowIfCancellationRequested();
                }
            }
        }
        catch (Exception e)
        {
            _error = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            _bands.CompleteAdding();
        }
    }

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row)
    {
        _stop.ThrowIfCancellationRequested();
        int within = _next++ % _bandRows;
        if (within == 0)
        {
            NextBand();
        }

        _band.AsSpan(within * RowLength, RowLength).CopyTo(row);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _isAbandoned = true;
        base.Dispose(isDisposing);
    }

    private void NextBand()
    {
        if (_band is not null)
        {
            _reusable.Add(_band); // read to its end, so its memory can take the rows to come
        }

        if (!_bands.TryTake(out _band, Timeout.Infinite, _stop))
        {
            _error?.Throw();
        }
    }
}
