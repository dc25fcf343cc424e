using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Components against drawings and against flood filling.</summary>
public sealed class ConnectedComponentsTests
{
    public static TheoryData<int, int, double> Pictures => new()
    {
        { 1, 1, 1 },
        { 1, 17, 0.5 },
        { 17, 1, 0.5 },
        { 13, 19, 0.3 },
        { 19, 13, 0.5 },
        { 32, 32, 0.6 },
        { 21, 8, 0.95 },
    };

    [Fact]
    public void Corners_connect_only_where_eight_neighbours_do()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            "#.#",
            ".#.",
            "#.#");

        Assert.Equal([1, 0, 2, 0, 3, 0, 4, 0, 5], ConnectedComponents.Label(mask, size, Connectivity.Four).Labels);
        Assert.Equal([1, 0, 1, 0, 1, 0, 1, 0, 1], ConnectedComponents.Label(mask, size, Connectivity.Eight).Labels);
    }

    [Fact]
    public void Arms_that_meet_late_are_one_component()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            "#.#.#.#",
            "#.#.#.#",
            "#.#.###",
            "#.#....",
            "###.###");

        (int[] labels, int count) = ConnectedComponents.Label(mask, size, Connectivity.Four);

        Assert.Equal(3, count);
        Assert.Equal([1, 0, 1, 0, 2, 0, 2], labels[..7]);
        Assert.Equal([1, 1, 1, 0, 3, 3, 3], labels[^7..]);
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Random_masks_are_labelled_as_by_flood_filling(int height, int width, double share)
    {
        PictureSize size = new(height, width);
        byte[] mask = Masks.Random(size, share, seed: height);
        foreach (Connectivity connectivity in Enum.GetValues<Connectivity>())
        {
            (int[] labels, int count) = ConnectedComponents.Label(mask, size, connectivity);

            int[] expected = Flooded(mask, size, connectivity);
            Assert.Equal(expected, labels);
            Assert.Equal(expected.Max(), count);
        }
    }

    [Fact]
    public void An_empty_mask_or_picture_has_none()
    {
        Assert.Equal(0, ConnectedComponents.Label(new byte[12], new PictureSize(3, 4), Connectivity.Four).Count);
        Assert.Equal(0, ConnectedComponents.Label([], new PictureSize(0, 0), Connectivity.Four).Count);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused() => Assert.Throws<ArgumentException>(
        () => ConnectedComponents.Label(new byte[11], new PictureSize(3, 4), Connectivity.Four));

    private static int[] Flooded(byte[] mask, PictureSize size, Connectivity connectivity)
    {
        int[] labels = new int[mask.Length];
        int count = 0;
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || labels[start] != 0)
            {
                continue;
            }

            labels[start] = ++count;
            Stack<int> open = new([start]);
            while (open.TryPop(out int i))
            {
                foreach (int j in Neighbours(i, size, connectivity).Where(j => mask[j] != 0 && labels[j] == 0))
                {
                    labels[j] = count;
                    open.Push(j);
                }
            }
        }

        return labels;
    }

    private static IEnumerable<int> Neighbours(int i, PictureSize size, Connectivity connectivity) =>
        from down in Enumerable.Range(-1, 3)
        from right in Enumerable.Range(-1, 3)
        let row = (i / size.Width) + down
        let column = (i % size.Width) + right
        where connectivity == Connectivity.Eight || down * right == 0
        where row >= 0 && row < size.Height && column >= 0 && column < size.Width
        select (row * size.Width) + column;
}
