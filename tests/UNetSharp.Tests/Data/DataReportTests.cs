using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public sealed class DataReportTests : IDisposable
{
    private readonly Pictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void A_good_data_set_is_described()
    {
        _pictures.Add("a", Picture(2, 1), Pictures.Grey(2, 1, 0, 255));
        _pictures.Add("b", Picture(2, 1), Pictures.Grey(2, 1, 0, 0));
        _pictures.Add("c", Picture(3, 2), Pictures.Grey(3, 2, 0, 0, 0, 0, 255, 255));
        _pictures.Put("masks/spare.png", null);

        DataReport report = Report();

        Assert.Empty(report.Errors);
        Assert.Equal((1, 1), (report.Channels, report.Classes!.Classes));
        Assert.Equal([0.7, 0.3], report.ClassShares); // 3 of 10 pixels
        Assert.EndsWith("b.png", Assert.Single(report.EmptyMasks), StringComparison.Ordinal);
        string text = string.Join('\n', report.Lines());
        Assert.Contains("pairs          3", text, StringComparison.Ordinal);
        Assert.Contains("2x1 (2), 3x2 (1)", text, StringComparison.Ordinal);
        Assert.Contains("mask values    0, 255", text, StringComparison.Ordinal);
        Assert.Contains("spare.png", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_coloured_image_makes_the_network_s_channels_three()
    {
        _pictures.Add("a", Picture(2, 1), Pictures.Grey(2, 1, 0, 255));
        _pictures.Add("b", new Picture(2, 1, 3, 255, [1, 2, 3, 4, 5, 6]), Pictures.Grey(2, 1, 0, 255));

        Assert.Equal(3, Report().Channels);
    }

    [Fact]
    public void Every_problem_is_listed_in_the_order_of_the_files_and_the_first_is_thrown()
    {
        _pictures.Add("1", Picture(2, 1), Pictures.Grey(2, 1, 0, 255));
        _pictures.Add("2", Picture(2, 1), Pictures.Grey(1, 2, 0, 255));
        _pictures.Put("images/10.png", null);
        _pictures.Put("masks/10.png", Pictures.Grey(2, 1, 0, 255));
        _pictures.Put("images/lonely.png", null);

        DataReport report = Report();

        Assert.Equal(3, report.Errors.Count);
        Assert.Contains("2.png: the mask is 1x2, but its image", report.Errors[0], StringComparison.Ordinal);
        Assert.Contains("10.png: is damaged", report.Errors[1], StringComparison.Ordinal);
        Assert.Contains("lonely.png: has no mask", report.Errors[2], StringComparison.Ordinal);
        string message = Assert.Throws<DataException>(report.ThrowIfUnusable).Message;
        Assert.StartsWith(report.Errors[0], message, StringComparison.Ordinal);
        Assert.Contains("2 more", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_pairs_can_be_left_out_and_are_named()
    {
        _pictures.Add("1", Picture(2, 1), Pictures.Grey(2, 1, 0, 255));
        _pictures.Add("2", Picture(2, 1), Pictures.Grey(1, 2, 0, 255));
        _pictures.Put("images/10.png", null);
        _pictures.Put("masks/10.png", Pictures.Grey(2, 1, 0, 255));
        _pictures.Put("images/lonely.png", null);

        DataReport report = Report().WithoutBadPairs();

        report.ThrowIfUnusable();
        Assert.Equal("1", Assert.Single(report.Folder.Pairs).Name);
        Assert.Equal(Report().Errors, report.Skipped);
        string text = string.Join('\n', report.Lines());
        Assert.Contains("left out       3", text, StringComparison.Ordinal);
        Assert.Contains("lonely.png: has no mask", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_where_every_pair_is_bad()
    {
        _pictures.Add("2", Picture(2, 1), Pictures.Grey(1, 2, 0, 255));

        string message = Assert.Throws<DataException>(() => Report().WithoutBadPairs()).Message;

        Assert.Contains("the mask is 1x2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_sizes_in_one_batch_are_refused_up_front()
    {
        _pictures.Add("a", Picture(2, 1), Pictures.Grey(2, 1, 0, 255));
        _pictures.Add("b", Picture(3, 1), Pictures.Grey(3, 1, 0, 255, 0));

        Report().ThrowIfMixed(batchSize: 1);
        DataException e = Assert.Throws<DataException>(() => Report().ThrowIfMixed(batchSize: 2));

        Assert.Contains("b.png: is 3x1", e.Message, StringComparison.Ordinal);
        Assert.Contains("Crop", e.Settings);
    }

    [Fact]
    public void An_odd_mask_value_is_an_error()
    {
        _pictures.Add("a", Picture(2, 1), Pictures.Grey(2, 1, 0, 1));
        _pictures.Add("b", Picture(3, 1), Pictures.Grey(3, 1, 0, 1, 7));

        DataReport report = Report();

        Assert.Null(report.Classes);
        Assert.Contains("the value 7 (1 pixel first at (2, 0)", Assert.Single(report.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_that_changed_places_are_recognised()
    {
        Picture photograph = Pictures.Grey(40, 1, [.. Enumerable.Range(0, 40).Select(i => 5f * i)]);
        foreach (string name in new[] { "a", "b", "c" })
        {
            _pictures.Add(
                name, Pictures.Grey(40, 1, [.. Enumerable.Range(0, 40).Select(i => 255f * (i % 2))]), photograph);
        }

        Assert.Contains("changed places", Assert.Single(Report().Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Little_foreground_is_said()
    {
        float[] mask = new float[2000];
        mask[0] = 255;
        _pictures.Add("a", Picture(2000, 1), Pictures.Grey(2000, 1, mask));

        Assert.Contains(Report().Notes, note => note.Contains("0.05", StringComparison.Ordinal));
    }

    [Fact]
    public void Threads_change_nothing_and_progress_counts_every_pair_once()
    {
        for (int i = 0; i < 20; i++)
        {
            _pictures.Add($"{i}", Picture(2, 1), Pictures.Grey(2, 1, 0, i == 13 ? 7 : 1));
        }

        List<int> done = [];
        DataReport one = DataReport.Create(_pictures.Find(), _pictures.Read, new MaskSettings(), threads: 1);
        DataFolder pairs = _pictures.Find();
        DataReport four = DataReport.Create(pairs, _pictures.Read, new MaskSettings(), threads: 4, (count, total) =>
        {
            Assert.Equal(20, total);
            done.Add(count);
        });

        Assert.Equal(one.Lines(), four.Lines());
        Assert.Equal(Enumerable.Range(1, 20), done);
    }

    private static Picture Picture(int width, int height) =>
        Pictures.Grey(width, height, [.. Enumerable.Range(0, width * height).Select(i => i % 200f)]);

    private DataReport Report() => DataReport.Create(_pictures.Find(), _pictures.Read, new MaskSettings(), threads: 2);
}
