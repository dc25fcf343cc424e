using System.Runtime.InteropServices;
using UNetSharp.Cpu;

namespace UNetSharp.Tests.Misuse;

/// <summary>Workers that several threads use, that are disposed of while they compute, or that a block calls.</summary>
public sealed class SharedWorkersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Jobs_of_several_threads_run_one_at_a_time(int threads)
    {
        using Workers workers = new(threads);
        int[] sum = new int[1];
        GCHandle handle = GCHandle.Alloc(sum);

        await AtOnce(8, () =>
        {
            for (int i = 0; i < 200; i++)
            {
                workers.Execute(blocks: 1, new Increment(GCHandle.ToIntPtr(handle)));
                workers.Execute(blocks: 7, default(Nothing));
            }
        });

        handle.Free();
        Assert.Equal(8 * 200, sum[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Disposing_waits_for_the_job_that_runs_and_later_calls_are_refused(int threads)
    {
        for (int i = 0; i < 20; i++)
        {
            Workers workers = new(threads);
            using SemaphoreSlim started = new(0);
            Task computing = AtOnce(2, () =>
            {
                while (true)
                {
                    workers.Execute(blocks: 4, default(Nothing));
                    started.Release();
                }
            });

            await started.WaitAsync(Patience);
            await Task.Run(workers.Dispose).WaitAsync(Patience);

            await Assert.ThrowsAsync<ObjectDisposedException>(() => computing);
            Assert.Throws<ObjectDisposedException>(() => workers.Execute(blocks: 1, default(Nothing)));
            Assert.Throws<ObjectDisposedException>(() => workers.Execute(blocks: 5, default(Nothing)));
        }
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 3, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 64, false)]
    [InlineData(2, 64, true)]
    public async Task A_block_that_calls_its_own_workers_is_refused(int threads, int blocks, bool disposes)
    {
        using Workers workers = new(threads);
        GCHandle handle = GCHandle.Alloc(workers);

        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => Task
            .Run(() => workers.Execute(blocks, new Nested(GCHandle.ToIntPtr(handle), disposes)))
            .WaitAsync(Patience));

        Assert.Contains("wait for itself", e.Message, StringComparison.Ordinal);
        workers.Execute(blocks, default(Nothing));
        handle.Free();
    }

    [Fact]
    public void A_block_may_call_other_workers()
    {
        using Workers workers = new(2);
        using Workers others = new(2);
        GCHandle handle = GCHandle.Alloc(others);

        workers.Execute(64, new Nested(GCHandle.ToIntPtr(handle), Disposes: false));

        handle.Free();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_job_allocates_nothing(int threads)
    {
        using Workers workers = new(threads);
        workers.Execute(8, default(Nothing));
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            workers.Execute(8, default(Nothing));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Task AtOnce(int threads, Action action) => Task.WhenAll(Enumerable.Range(0, threads)
        .Select(_ => Task.Factory.StartNew(action, TaskCreationOptions.LongRunning)))
        .WaitAsync(Patience);

    /// <summary>Adds 1 without a lock, which jobs that run at the same time would spoil.</summary>
    private readonly record struct Increment(nint Handle) : IJob
    {
        public void Execute(int block, int worker)
        {
            int[] sum = (int[])GCHandle.FromIntPtr(Handle).Target!;
            int before = sum[0];
            Thread.SpinWait(20);
            sum[0] = before + 1;
        }
    }

    private readonly struct Nothing : IJob
    {
        public void Execute(int block, int worker) => Thread.SpinWait(100);
    }

    private readonly record struct Nested(nint Handle, bool Disposes) : IJob
    {
        public void Execute(int block, int worker)
        {
            Workers workers = (Workers)GCHandle.FromIntPtr(Handle).Target!;
            if (Disposes)
            {
                workers.Dispose();
            }
            else
            {
                workers.Execute(blocks: 2, default(Nothing));
            }
        }
    }
}
