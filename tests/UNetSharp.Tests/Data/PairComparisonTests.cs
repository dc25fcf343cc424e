using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public sealed class PairComparisonTests : IDisposable
{
    private const int Side = 96;

    private readonly Pictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void Masks_that_changed_places_are_named_with_their_images()
    {
        for (int i = 0; i < 8; i++)
        {
            (Picture image, _) = Discs(i);
            (_, Picture mask) = Discs(i switch { 2 => 5, 5 => 2, _ => i });
            _pictures.Add($"{i}", image, mask);
        }

        DataReport report = Report();

        Assert.Equal(
            [("2", "5"), ("5", "2")], report.Suspicious.Select(found => (found.Pair.Name, found.BetterMatch.Name)));
        Assert.All(report.Suspicious, found => Assert.True(found.BetterCorrelation > found.OwnCorrelation + 0.15f));
        Assert.Empty(report.Errors);
        string note = $"note: {report.Suspicious[0].Pair.MaskText}";
        Assert.Contains(report.Lines(), line => line.StartsWith(note, StringComparison.Ordinal));
    }

    [Fact]
    public void Right_pairs_raise_no_alarm_nor_do_masks_that_have_nothing_to_do_with_their_images()
    {
        var random = new Random(3);
        for (int i = 0; i < 20; i++)
        {
            (Picture image, Picture mask) = Discs(i);
            _pictures.Add($"a{i}", image, mask);
            _pictures.Add($"b{i}", Noise(random), Discs(i + 50).Mask);
        }

        DataReport report = Report();

        Assert.Empty(report.Suspicious);
        Assert.Empty(report.Duplicates);
    }

    [Fact]
    public void The_same_image_twice_is_told_from_one_that_looks_the_same()
    {
        (Picture image, Picture mask) = Discs(1);
        float[] brighter = [.. image.Samples.Select((value, i) => MathF.Round(value * 1.1f) + (i % 2))];
        _pictures.Add("a", image, mask);
        _pictures.Add("b", Discs(2).Image, Discs(2).Mask);
        _pictures.Add("c", image, mask);
        _pictures.Add("d", Pictures.Grey(Side, Side, brighter), mask);

        DataReport report = Report();

        Assert.Equal(
            [("a", "c", true), ("a", "d", false)],
            report.Duplicates.Select(found => (found.First.Name, found.Second.Name, found.IsExact)));
        IReadOnlyList<ImagePair> pairs = report.Folder.Pairs;
        DuplicatePair leak = Assert.Single(report.FindLeaks(new Split([pairs[0], pairs[1], pairs[2]], [pairs[3]])));
        Assert.Equal("d", leak.Second.Name);
        Assert.Empty(report.FindLeaks(new Split([pairs[1]], [pairs[0], pairs[2], pairs[3]])));
    }

    [Fact]
    public void Plain_images_are_not_taken_for_duplicates()
    {
        var random = new Random(5);
        for (int i = 0; i < 10; i++)
        {
            float[] ground = [.. Enumerable.Range(0, Side * Side).Select(_ => (float)random.Next(2))];
            _pictures.Add($"{i}", Pictures.Grey(Side, Side, ground), Discs(i).Mask);
        }

        Assert.Empty(Report().Duplicates);
    }

    private static Picture Noise(Random random) =>
        Pictures.Grey(Side, Side, [.. Enumerable.Range(0, Side * Side).Select(_ => (float)random.Next(200))]);

    /// <summary>Five bright discs on a noisy ground, their places chosen by the seed, and their mask.</summary>
    private static (Picture Image, Picture Mask) Discs(int seed)
    {
        var random = new Random(seed);
        (int Y, int X, int Radius)[] discs =
            [.. Enumerable.Range(0, 5).Select(_ => (random.Next(Side), random.Next(Side), random.Next(6, 14)))];
        bool isInside(int i) => discs.Any(disc =>
        {
            (int y, int x) = ((i / Side) - disc.Y, (i % Side) - disc.X);
            return (y * y) + (x * x) <= disc.Radius * disc.Radius;
        });
        float[] mask = [.. Enumerable.Range(0, Side * Side).Select(i => isInside(i) ? 255f : 0)];
        return (Pictures.Grey(Side, Side, [.. mask.Select(value => (value * 0.4f) + 40 + random.Next(20))]),
            Pictures.Grey(Side, Side, mask));
    }

    private DataReport Report() => DataReport.Create(_pictures.Find(), _pictures.Read, new MaskSettings(), threads: 2);
}
