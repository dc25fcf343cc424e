using System.Runtime.ExceptionServices;

namespace UNetSharp.Cpu;

/// <summary>Work that is cut into blocks which may run in any order and on any thread.</summary>
internal interface IJob
{
    /// <summary>Computes one block; <paramref name="worker"/> selects the scratch memory of the thread.</summary>
    void Execute(int block, int worker);
}

/// <summary>
/// The threads that run kernels. A job is cut into a fixed number of blocks; which thread takes which block differs
/// from run to run, so a job may not add into shared sums: partial sums are kept per block and added in block order.
/// That makes every result the same to the bit for any number of threads.
/// </summary>
/// <remarks>
/// Any thread may call; jobs run one at a time. An exception in a block, on any thread, ends the job and reaches its
/// caller; the next job runs as if nothing had happened. Between jobs a thread spins for some ten microseconds (kernels
/// of one network follow each other that closely) and then sleeps, so that an idle engine costs nothing.
/// </remarks>
public sealed unsafe class Workers : IDisposable
{
    private const int SpinRounds = 300;
    private const int SpinsPerRound = 10;

    [ThreadStatic]
    private static Workers? _poolOfThread;

    private readonly Lock _oneJob = new();
    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private delegate*<void*, int, int, void> _execute;
    private void* _job;
    private ExceptionDispatchInfo? _failure;
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
            _threads[i] =
                new Thread(() => WorkLoop(worker)) { IsBackground = true, Name = $"UNetSharp worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of threads that compute.</summary>
    public int Count { get; }

    /// <summary>Ends the threads, after the job that is running.</summary>
    /// <exception cref="InvalidOperationException">A block of a job calls.</exception>
    public void Dispose()
    {
        RequireOutsideOfJobs();
        lock (_oneJob)
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
    }

    /// <summary>Lets the threads end, without waiting for them; nothing computes, and nobody will call again.</summary>
    internal void Abandon()
    {
        _isStopping = true;
        Publish();
    }

    /// <summary>Runs every block of the job and returns when all are done.</summary>
    /// <exception cref="InvalidOperationException">A block of a job calls: it would wait for itself.</exception>
    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    internal void Execute<TJob>(int blocks, TJob job)
        where TJob : unmanaged, IJob
    {
        RequireOutsideOfJobs();
        lock (_oneJob)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (blocks == 1 || _threads.Length == 0)
            {
                for (int block = 0; block < blocks; block++)
                {
                    job.Execute(block, 0);
                }
            }
            else
            {
                _execute = &ExecuteBlock<TJob>;
                _job = &job;
                ExecuteOnAllThreads(blocks);
            }
        }
    }

    private static void ExecuteBlock<TJob>(void* job, int block, int worker)
        where TJob : unmanaged, IJob => ((TJob*)job)->Execute(block, worker);

    private void RequireOutsideOfJobs()
    {
        if (_oneJob.IsHeldByCurrentThread || _poolOfThread == this)
        {
            throw new InvalidOperationException(
                "A block of a job calls the threads that run it, and would wait for itself; call them between jobs.");
        }
    }

    /// <summary>Returns when no thread has anything of the job in hands any more, be it done or failed.</summary>
    private void ExecuteOnAllThreads(int blocks)
    {
        _blocks = blocks;
        _next = 0;
        _busy = _threads.Length;
        Publish();
        ExecuteBlocks(0);
        SpinWait wait = default;
        while (Volatile.Read(ref _busy) != 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        _job = null;
        Interlocked.Exchange(ref _failure, null)?.Throw();
    }

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

    private void WorkLoop(int worker)
    {
        _poolOfThread = this;
        int seen = 0;
        while (true)
        {
            WaitForNextJob(seen);
            if (_isStopping)
            {
                return;
            }

            seen = _generation;
            ExecuteBlocks(worker);
            Interlocked.Decrement(ref _busy);
        }
    }

    private void WaitForNextJob(int seen)
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

    private void ExecuteBlocks(int worker)
    {
        try
        {
            int block;
            while ((block = Interlocked.Increment(ref _next) - 1) < _blocks)
            {
                _execute(_job, block, worker);
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            Interlocked.Exchange(ref _next, _blocks); // the others skip what is left
        }
    }
}
