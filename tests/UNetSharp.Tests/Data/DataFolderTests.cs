using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public class DataFolderTests
{
    [Theory]
    [InlineData("images", "masks")]
    [InlineData("imgs", "masks")]
    [InlineData("Training_Images", "Training_Labels")]
    [InlineData("training_images", "TRAINING_LABELS")]
    [InlineData("image", "label")]
    [InlineData("images", "labels")]
    [InlineData("train/image", "train/label")]
    [InlineData("Train/Images", "Train/Masks")]
    public void Known_layouts_are_found(string images, string masks)
    {
        using TemporaryFolder folder = new();
        Touch(folder, $"{images}/a.png", $"{masks}/a.png");

        ImagePair pair = Assert.Single(DataFolder.Find(folder.Path).Pairs);

        Assert.Equal("a", pair.Name);
        Assert.Equal(folder.File($"{images}/a.png"), pair.ImagePath);
        Assert.Equal(folder.File($"{masks}/a.png"), pair.MaskPath);
    }

    [Theory]
    [InlineData("a.jpg", "a.png")]
    [InlineData("a.JPEG", "a.TIF")]
    [InlineData("a.tiff", "a.bmp")]
    [InlineData("a.webp", "a_mask.png")]
    [InlineData("a.png", "a_Mask.png")]
    [InlineData("abc_01.jpg", "abc_01_mask.gif")]
    [InlineData("a_mask.png", "a_mask.png")] // an image of that name: the mask is called as the image is
    [InlineData("a_mask.png", "a_mask_mask.png")]
    [InlineData("a.b.png", "a.b.png")]
    public void A_mask_bears_its_image_s_name_or_that_and_mask(string image, string mask)
    {
        using TemporaryFolder folder = new();
        Touch(folder, $"images/{image}", $"masks/{mask}");

        DataFolder found = DataFolder.Find(folder.Path);

        Assert.Equal(Path.GetFileNameWithoutExtension(image), Assert.Single(found.Pairs).Name);
        Assert.Empty(found.ImagesWithoutMask);
        Assert.Empty(found.MasksWithoutImage);
    }

    [Fact]
    public void Pairs_come_in_the_order_in_which_people_count()
    {
        using TemporaryFolder folder = new();
        foreach (string name in new[] { "10", "9", "b2", "b10", "B1", "1", "01" })
        {
            Touch(folder, $"images/{name}.png", $"masks/{name}.png");
        }

        Assert.Equal(
            ["01", "1", "9", "10", "B1", "b2", "b10"], DataFolder.Find(folder.Path).Pairs.Select(pair => pair.Name));
    }

    [Fact]
    public void Files_without_a_partner_are_listed()
    {
        using TemporaryFolder folder = new();
        Touch(folder, "images/a.png", "images/b.png", "masks/b.png", "masks/c.png");

        DataFolder found = DataFolder.Find(folder.Path);

        Assert.Equal("b", Assert.Single(found.Pairs).Name);
        Assert.Equal([folder.File("images/a.png")], found.ImagesWithoutMask);
        Assert.Equal([folder.File("masks/c.png")], found.MasksWithoutImage);
    }

    [Fact]
    public void Hidden_files_and_other_kinds_are_left_out()
    {
        using TemporaryFolder folder = new();
        Touch(folder, "images/a.png", "images/._a.png", "images/Thumbs.db", "images/notes.txt", "masks/a.png");

        DataFolder found = DataFolder.Find(folder.Path);

        Assert.Single(found.Pairs);
        Assert.Empty(found.ImagesWithoutMask);
    }

    [Theory]
    [InlineData("images/a.png", "images/a.jpg", "masks/a.png")]
    [InlineData("masks/a.png", "masks/a_mask.png", "images/a.png")]
    public void Two_files_for_one_image_are_an_error_that_names_both(string first, string second, string other)
    {
        using TemporaryFolder folder = new();
        Touch(folder, first, second, other);

        string message = Assert.Throws<DataException>(() => DataFolder.Find(folder.Path)).Message;

        Assert.Contains(Path.GetFileName(first), message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(second), message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_layout_is_an_error_that_says_what_was_found_and_expected()
    {
        using TemporaryFolder folder = new();
        Touch(folder, "pictures/a.png", "b.png");

        string message = Assert.Throws<DataException>(() => DataFolder.Find(folder.Path)).Message;

        Assert.Contains(folder.Path, message, StringComparison.Ordinal);
        Assert.Contains("images/ and masks/", message, StringComparison.Ordinal);
        Assert.Contains("found b.png, pictures/", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_a_single_pair_are_an_error_with_an_example_of_each()
    {
        using TemporaryFolder folder = new();
        Touch(folder, "images/a.png", "masks/b.png");

        string message = Assert.Throws<DataException>(() => DataFolder.Find(folder.Path)).Message;

        Assert.Contains("a.png", message, StringComparison.Ordinal);
        Assert.Contains("b.png", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        string message = Assert.Throws<DataException>(() => DataFolder.Find("nowhere/at/all")).Message;

        Assert.Contains("nowhere/at/all", message, StringComparison.Ordinal);
    }

    private static void Touch(TemporaryFolder folder, params string[] names)
    {
        foreach (string name in names)
        {
            File.WriteAllBytes(folder.File(name), []);
        }
    }
}
