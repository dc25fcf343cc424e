using System.Text;
using System.Text.Json;
using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public sealed class ClassTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notes = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Colours_and_greys_stand_for_classes_in_the_order_of_the_file()
    {
        ClassTable table = Table("""{"background": "#000000", "cell": [255, 0, 0], "edge": 2, "dirt": "#00ff7F",}""");

        int[] values = [Pixel(0, 0, 0), Pixel(255, 0, 0), Pixel(2), Pixel(0, 255, 127)];
        MaskClasses classes = Meaning(table, Mask(values));

        Assert.Equal(4, classes.Classes);
        Assert.Equal(["background", "cell", "edge", "dirt"], classes.Names!);
        Assert.Equal("cell", classes.GetName(1));
        Assert.Equal([0, 1, 2, 3], values.Select(classes.GetClass));
        Assert.Empty(_notes);
    }

    [Fact]
    public void Two_classes_are_one_foreground_whatever_their_values()
    {
        ClassTable table = Table("""{"ground": 255, "object": 0}""");

        MaskClasses classes = Meaning(table, Mask(Pixel(0), Pixel(255)));

        Assert.Equal((1, 1, 0), (classes.Classes, classes.GetClass(0), classes.GetClass(255)));
        Assert.Equal(2, table.ToMaskClasses([Mask(Pixel(0), Pixel(255))], requestedClasses: 2, _notes).Classes);
    }

    [Fact]
    public void Ignored_pixels_are_no_class()
    {
        MaskClasses classes = Meaning(
            Table("""{"a": 0, "ignore": 9, "b": 1, "c": 2}"""), Mask(Pixel(0), Pixel(1), Pixel(2), Pixel(9)));

        Assert.Equal((3, 255, 1, 2), (classes.Classes, classes.GetClass(9), classes.GetClass(1), classes.GetClass(2)));
        Assert.Equal(["a", "b", "c"], classes.Names!);
    }

    [Fact]
    public void Numbers_are_indices_where_masks_have_the_colours_of_voc()
    {
        ClassTable table = Table("""{"background": 0, "bicycle": 2, "train": 19, "ignore": 255}""");

        MaskClasses classes = Meaning(table, Mask(Pixel(0), Pixel(0, 128, 0), Pixel(224, 224, 192)));

        Assert.Equal(3, classes.Classes);
        Assert.Equal(1, classes.GetClass(MaskValues.EncodeColor(0, 128, 0)));
        Assert.Equal(255, classes.GetClass(MaskValues.EncodeColor(224, 224, 192)));
        Assert.Contains("train", Assert.Single(_notes), StringComparison.Ordinal); // named, but in no mask
    }

    [Fact]
    public void A_value_that_is_not_in_the_file_is_refused_with_its_place()
    {
        ClassTable table = Table("""{"background": 0, "cell": [255, 0, 0]}""");
        Picture picture = new(3, 2, 3, 255, [0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 1, 2, 3]);

        string message = Assert.Throws<DataException>(
            () => Meaning(table, Mask(Pixel(0), Pixel(255, 0, 0)), MaskValues.FromPicture("b.png", picture))).Message;

        Assert.StartsWith("b.png: holds the value #010203 first at (1, 1)", message, StringComparison.Ordinal);
        Assert.Contains("cell #FF0000", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_of_one_class_alone_are_refused()
    {
        ClassTable table = Table("""{"a": 0, "b": 1, "ignore": 2}""");

        string message = Assert.Throws<DataException>(() => Meaning(table, Mask(Pixel(0), Pixel(2)))).Message;

        Assert.Contains("nothing to learn", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_number_of_classes_than_the_file_s_is_refused() =>
        Assert.Throws<DataException>(
            () => Table("""{"a": 0, "b": 1, "c": 2}""").ToMaskClasses([Mask(Pixel(0), Pixel(1))], requestedClasses: 4,
                _notes));

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("[1, 2]", "no list")]
    [InlineData("{}", "names 0 classes")]
    [InlineData("""{"a": 0}""", "names 1 classes")]
    [InlineData("""{"a": 0, "a": 1}""", "'a' twice")]
    [InlineData("""{"a": 0, "b": -1}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": 1.5}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": "red"}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": "#ff00"}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": "#ff00zz"}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": [1, 2]}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": [1, 2, 256]}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": [1, 2, "3"]}""", "'b' no value")]
    [InlineData("""{"a": 0, "b": null}""", "'b' no value")]
    [InlineData("""{"a": 0, "": 1}""", "a name")]
    [InlineData("""{"a": 0, "\u001b[2J": 1}""", "a name")]
    public void Nonsense_is_refused_in_one_line_that_names_the_file(string json, string part)
    {
        string message = Assert.Throws<DataException>(() => Table(json)).Message;

        Assert.StartsWith(_folder.File("classes.json"), message, StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void One_value_for_two_classes_is_refused()
    {
        ClassTable table = Table("""{"a": 0, "b": 1, "c": "#000000"}""");

        string message = Assert.Throws<DataException>(() => Meaning(table, Mask(Pixel(0), Pixel(1)))).Message;

        Assert.Contains("'a' and 'c' the same value 0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_file_is_refused_unread() =>
        Assert.Contains("longer than", Assert.Throws<DataException>(
            () => Table(new StringBuilder().Append(' ', 70_000).ToString())).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_survive_json()
    {
        MaskClasses classes = Meaning(Table("""{"a": 0, "b": 1}"""), Mask(Pixel(0), Pixel(1)));

        MaskClasses read = JsonSerializer.Deserialize<MaskClasses>(JsonSerializer.Serialize(classes))!;

        Assert.Equal(["a", "b"], read.Names!);
        Assert.True(read.AreNamesComplete);
        Assert.False((read with { Names = ["a"] }).AreNamesComplete);
        Assert.False((read with { Names = ["a", "\u001b"] }).AreNamesComplete);
    }

    [Fact]
    public void The_file_is_found_beside_the_folders_of_images_and_masks()
    {
        using Pictures pictures = new();
        pictures.Add("a", Pictures.Grey(4, 1, 1, 2, 3, 4), Pictures.Grey(4, 1, 10, 20, 30, 20));
        File.WriteAllText(Path.Combine(pictures.Path, "classes.json"), """{"ground": 20, "cell": 10, "ignore": 30}""");

        DataReport report = DataReport.Create(pictures.Find(), pictures.Read, new MaskSettings(), threads: 1);

        Assert.Empty(report.Errors);
        Assert.Equal([2.0 / 3, 1.0 / 3], report.ClassShares); // of the pixels that are known
        Assert.Contains("ground and cell", string.Join('\n', report.Lines()), StringComparison.Ordinal);
        Assert.Contains("25.0", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    private static int Pixel(int red, int green, int blue) => MaskValues.EncodeColor(red, green, blue);

    private static int Pixel(int grey) => grey;

    private static MaskValues Mask(params int[] values) =>
        new("a.png", new SortedDictionary<int, long>(values.ToDictionary(value => value, _ => 9L)));

    private ClassTable Table(string json)
    {
        string path = _folder.File("classes.json");
        File.WriteAllText(path, json);
        return ClassTable.Read(path);
    }

    private MaskClasses Meaning(ClassTable table, params MaskValues[] masks) =>
        table.ToMaskClasses(masks, requestedClasses: null, _notes);
}
