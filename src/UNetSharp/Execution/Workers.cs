namespace UNetSharp.Execution;

/// <summary>Work that is cut into blocks which may run in any order and on any thread.</summary>
internal interface IJob
{
    /// <summary>Computes one block; <paramref name="worker"/> selects the scratch memory of the running thread.</summary>
    void Run(int block, int worker);
}

/// <summary>
/// The threads that run kernels. A job is cut into a fixed number of blocks; which thread takes which block differs
/// from run to run, so a job may not add into shared sums: partial sums are kept per block and added in block order.
/// That makes every result the same to the bit for any number of threads.
/// </summary>
/// <remarks>
/// Not thread-safe: one caller at a time. Between jobs a thread spins for some ten microseconds (kernels of one network
/// follow each other that closely) and then sleeps, so that an idle engine costs nothing.
/// </remarks>
public sealed unsafe class Workers : IDisposable
{
    private const int SpinRounds = 300;
    private const int SpinsPerRound = 10;

    private readonly Lock _oneCaller = new();
    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private delegate*<void*, int, int, void> _run;
    private void* _job;
    private int _blocks;
    private int _next;
    private int _busy;
    private int _asleep;
    private volatile int _generation;
    private volatile bool _isStopping;

    /// <summary>Starts <paramref name="count"/> − 1 threads; the caller of a job is the remaining one.</summary>
    /// <param name="count">Number of threads that compute, at least 1.</param>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"UNetSharp worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of threads that compute.</summary>
    public int Count { get; }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_isStopping)
        {
            return;
        }

        _isStopping = true;
        Publish();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    /// <summary>Runs every block of the job and returns when all are done.</summary>
    internal void Run<TJob>(int blocks, TJob job)
        where TJob : unmanaged, IJob
    {
        if (blocks == 1 || _threads.Length == 0)
        {
            for (int block = 0; block < blocks; block++)
            {
                job.Run(block, 0);
            }

            return;
        }

        lock (_oneCaller)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _run = &RunBlock<TJob>;
            _job = &job;
            _blocks = blocks;
            _next = 0;
            _busy = _threads.Length;
            Publish();
            TakeBlocks(0);
            SpinWait wait = default;
            while (Volatile.Read(ref _busy) != 0)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    private static void RunBlock<TJob>(void* job, int block, int worker)
        where TJob : unmanaged, IJob => ((TJob*)job)->Run(block, worker);

    private void Publish()
    {
        Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _asleep) != 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Serve(int worker)
    {
        int seen = 0;
        while (true)
        {
            AwaitGenerationAfter(seen);
            if (_isStopping)
            {
                return;
            }

            seen = _generation;
            TakeBlocks(worker);
            Interlocked.Decrement(ref _busy);
        }
    }

    private void AwaitGenerationAfter(int seen)
    {
        for (int round = 0; round < SpinRounds; round++)
        {
            if (_generation != seen)
            {
                return;
            }

            Thread.SpinWait(SpinsPerRound);
        }

        lock (_gate)
        {
            Interlocked.Increment(ref _asleep);
            while (_generation == seen)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _asleep);
        }
    }

    private void TakeBlocks(int worker)
    {
        int block;
        while ((block = Interlocked.Increment(ref _next) - 1) < _blocks)
        {
            _run(_job, block, worker);
        }
    }
}
