using UNetSharp.Cpu;

namespace UNetSharp.Tests.Execution;

public sealed unsafe class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_block_runs_once(int threads)
    {
        using Workers workers = new(threads);
        int[] counts = GC.AllocateArray<int>(1000, pinned: true);
        fixed (int* at = counts)
        {
            // Many jobs one after the other: threads are woken from spinning and from sleep.
            for (int job = 0; job < 200; job++)
            {
                workers.Execute(counts.Length, new Count(at));
                if (job % 50 == 0)
                {
                    Thread.Sleep(5);
                }
            }
        }

        Assert.All(counts, count => Assert.Equal(200, count));
    }

    [Fact]
    public void Workers_that_are_disposed_refuse_jobs()
    {
        Workers workers = new(3);
        workers.Dispose();
        workers.Dispose();

        Assert.Throws<ObjectDisposedException>(() => workers.Execute(2, new Count(null)));
    }

    private readonly struct Count(int* counts) : IJob
    {
        public void Execute(int block, int worker) => Interlocked.Increment(ref counts[block]);
    }
}
