using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public sealed class ImageStackTests : IDisposable
{
    private readonly Pictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Theory]
    [InlineData("train-volume.tif", "train-labels.tif", "train-volume")]
    [InlineData("Train_Volume.TIFF", "train_labels.tif", "Train_Volume")]
    [InlineData("images.tif", "masks.tif", "images")]
    [InlineData("train/a-image.tif", "train/a-label.tif", "a-image")]
    [InlineData("images/volume.tif", "masks/volume.tif", "volume")]
    public void Every_page_is_a_pair(string images, string masks, string name)
    {
        _pictures.PutPages(images, Tone(10), Tone(20), Tone(30));
        _pictures.PutPages(masks, Mask(0), Mask(1), Mask(0));

        DataFolder folder = _pictures.Find();
        MaskClasses classes = new(1, new Dictionary<int, int> { [0] = 0, [1] = 1 });
        SampleReader reader = new(_pictures.Read, classes, channels: 1, size: null);

        Assert.Equal([$"{name}[0]", $"{name}[1]", $"{name}[2]"], folder.Pairs.Select(pair => pair.Name));
        Assert.Equal([10 / 255f, 20 / 255f, 30 / 255f], folder.Pairs.Select(pair => reader.Read(pair).Image[0]));
        Assert.Equal([0, 1, 0], folder.Pairs.Select(pair => (int)reader.Read(pair).Mask[0]));
    }

    [Fact]
    public void All_stacks_of_a_folder_are_taken()
    {
        _pictures.PutPages("b-volume.tif", Tone(1), Tone(2));
        _pictures.PutPages("b-labels.tif", Mask(0), Mask(1));
        _pictures.PutPages("a-images.tif", Tone(3), Tone(4));
        _pictures.PutPages("a-masks.tif", Mask(0), Mask(1));

        IReadOnlyList<ImagePair> pairs = _pictures.Find().Pairs;

        Assert.Equal(["a-images[0]", "a-images[1]", "b-volume[0]", "b-volume[1]"], pairs.Select(pair => pair.Name));
    }

    [Fact]
    public void A_stack_without_labels_is_left_alone()
    {
        _pictures.PutPages("test-volume.tif", Tone(1), Tone(2));
        _pictures.PutPages("train-volume.tif", Tone(1), Tone(2));
        _pictures.PutPages("train-labels.tif", Mask(0), Mask(1));

        DataFolder folder = _pictures.Find();

        Assert.Equal(2, folder.Pairs.Count);
        Assert.Empty(folder.ImagesWithoutMask);
    }

    [Fact]
    public void Unequal_numbers_of_pages_are_refused()
    {
        _pictures.PutPages("images/v.tif", Tone(1), Tone(2), Tone(3));
        _pictures.PutPages("masks/v.tif", Mask(0));

        string message = Assert.Throws<DataException>(_pictures.Find).Message;

        Assert.Contains("v.tif: has 1 page, but", message, StringComparison.Ordinal);
        Assert.Contains("has 3 pages", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_that_cannot_be_read_is_an_error_of_the_report()
    {
        _pictures.PutPages("images/v.tif", Tone(1), Tone(2));
        _pictures.Put("masks/v.tif", null);
        DataFolder folder = DataFolder.Find(_pictures.Path, path => path.Contains("masks", StringComparison.Ordinal)
            ? throw new DataException($"{path}: is damaged.")
            : 2);

        DataReport report = DataReport.Create(folder, _pictures.Read, new MaskSettings(), threads: 1);

        Assert.Contains("v.tif: is damaged", Assert.Single(report.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_is_named_in_messages()
    {
        _pictures.PutPages("images/v.tif", Tone(1), Tone(2));
        _pictures.PutPages("masks/v.tif", Mask(0), Pictures.Flat(2, 1, 0));

        DataReport report = DataReport.Create(_pictures.Find(), _pictures.Read, new MaskSettings(), threads: 1);

        Assert.Contains("v.tif[1]: the mask is 2x1", report.Errors[0], StringComparison.Ordinal);
    }

    private static Picture Tone(float value) => Pictures.Flat(1, 1, value);

    private static Picture Mask(float value) => Pictures.Flat(1, 1, value);
}
