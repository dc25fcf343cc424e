using UNetSharp.Execution;

namespace UNetSharp.Tests.Execution;

public sealed class MemoryLayoutTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Buffers_that_are_alive_together_never_overlap(int seed)
    {
        var random = new Random(seed);
        MemoryLayout layout = new();
        List<MemoryLayout.Buffer> buffers = [];
        for (int i = 0; i < 200; i++)
        {
            int first = random.Next(50);
            buffers.Add(layout.Add(random.Next(1, 5000), first, first + random.Next(10)));
        }

        layout.Place();

        foreach (MemoryLayout.Buffer a in buffers)
        {
            Assert.Equal(0, a.Offset % Arena.LineFloats);
            Assert.True(a.Offset + a.Floats <= layout.Floats);
            foreach (MemoryLayout.Buffer b in buffers.Where(b => b != a && a.First <= b.Last && b.First <= a.Last))
            {
                Assert.True(a.Offset + a.Floats <= b.Offset || b.Offset + b.Floats <= a.Offset);
            }
        }
    }

    [Fact]
    public void Buffers_that_follow_each_other_share_memory()
    {
        MemoryLayout layout = new();
        for (int step = 0; step < 10; step++)
        {
            layout.Add(1600, step, step + 1);
        }

        layout.Place();

        Assert.Equal(2 * 1600, layout.Floats);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 40)]
    [InlineData(3, 300)]
    public void Every_buffer_lies_as_low_as_those_before_it_allow(int seed, int longest)
    {
        var random = new Random(seed);
        MemoryLayout layout = new();
        List<MemoryLayout.Buffer> buffers = [];
        for (int i = 0; i < 400; i++)
        {
            int first = random.Next(-1, 200);
            buffers.Add(layout.Add(random.Next(1, 40) * 16, first, first + random.Next(longest)));
        }

        layout.Place();

        List<MemoryLayout.Buffer> placed = [];
        foreach (MemoryLayout.Buffer buffer in buffers.OrderByDescending(buffer => buffer.Floats))
        {
            // The lowest place is at the start or right behind another buffer.
            long lowest = placed.Select(other => other.Offset + other.Floats).Prepend(0).Order()
                .First(offset => placed.All(other => other.Last < buffer.First || buffer.Last < other.First
                    || other.Offset + other.Floats <= offset || offset + buffer.Floats <= other.Offset));
            Assert.Equal(lowest, buffer.Offset);
            placed.Add(buffer);
        }
    }
}
