using System.Text.Json;
using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

/// <summary>What values in masks mean. A mask is written as its path and its values with their pixels.</summary>
public class MaskClassDetectorTests
{
    private const int Red = MaskValues.ColorMark | 0xFF0000;
    private const int Blue = MaskValues.ColorMark | 0x0000FF;

    private readonly List<string> _notes = [];

    [Theory]
    [InlineData(255)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(Red)]
    [InlineData(65535)]
    public void Zero_and_one_other_value_are_background_and_foreground(int value)
    {
        MaskClasses classes = Detect(null, Mask("a.png", (0, 90), (value, 10)));

        Assert.Equal((1, 2), (classes.Classes, classes.ClassCount));
        Assert.Equal((0, 1, -1), (classes.GetClass(0), classes.GetClass(value), classes.GetClass(99)));
    }

    [Fact]
    public void Masks_of_0_and_1_are_said_to_look_black()
    {
        Detect(null, Mask("a.png", (0, 90), (1, 10)));

        Assert.Contains("look black", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_mask_among_others_is_no_problem()
    {
        MaskClasses classes = Detect(null, Mask("a.png", (0, 100)), Mask("b.png", (0, 90), (255, 10)));

        Assert.Equal(1, classes.Classes);
    }

    [Fact]
    public void Masks_of_0_and_1_beside_masks_of_0_and_255_are_both_foreground()
    {
        MaskClasses classes = Detect(null, Mask("a.png", (0, 90), (1, 10)), Mask("b.png", (0, 90), (255, 10)));

        Assert.Equal((1, 1, 1), (classes.Classes, classes.GetClass(1), classes.GetClass(255)));
        Assert.Contains("both", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_1_and_255_in_one_mask_are_refused() =>
        DetectError(null, "a.png", Mask("a.png", (0, 90), (1, 1), (255, 10)));

    [Theory]
    [InlineData(3)]
    [InlineData(12)] // more than JPEG's blur has, all of them close to black
    [InlineData(64)]
    public void Values_from_0_on_are_class_indices(int count)
    {
        MaskClasses classes = Detect(null, Mask("a.png", [.. Enumerable.Range(0, count).Select(value => (value, 5L))]));

        Assert.Equal((count, count - 1, -1), (classes.Classes, classes.GetClass(count - 1), classes.GetClass(count)));
    }

    [Theory]
    [InlineData(new[] { 0, 127, 255 })]
    [InlineData(new[] { 0, 128, 255 })]
    [InlineData(new[] { 0, 85, 170, 255 })]
    [InlineData(new[] { 0, 32767, 65535 })]
    public void Evenly_spread_greys_are_classes_in_order(int[] levels)
    {
        MaskClasses classes = Detect(null, Mask("a.png", [.. levels.Select(value => (value, 5L))]));

        Assert.Equal(levels.Length, classes.Classes);
        Assert.Equal(Enumerable.Range(0, levels.Length), levels.Select(classes.GetClass));
        Assert.Contains($"{levels[1]} = 1", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 4)] // nearly even, but no spread to white
    [InlineData(7, 14)]
    [InlineData(50, 255)]
    public void Greys_that_are_not_spread_evenly_to_white_are_refused(int middle, int last) =>
        DetectError(null, "a.png", Mask("a.png", (0, 9), (middle, 9), (last, 9)));

    [Fact]
    public void A_few_colours_are_classes_with_black_first()
    {
        MaskClasses classes = Detect(null, Mask("a.png", (Red, 5), (0, 50)), Mask("b.png", (Blue, 5), (0, 50)));

        Assert.Equal(
            (3, 0, 1, 2), (classes.Classes, classes.GetClass(0), classes.GetClass(Blue), classes.GetClass(Red)));
        Assert.Contains("#0000FF = 1", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_colours_are_refused() => DetectError(null, "a.png", Mask(
        "a.png", [.. Enumerable.Range(0, 33).Select(i => (MaskValues.ColorMark | (i * 1000), 5L))]));

    [Theory]
    [InlineData("a.jpg", 2)] // JPEG: a few greys at the ends are enough
    [InlineData("a.png", 100)] // anything else must show a blur from black to white
    public void Greys_that_crowd_at_black_and_white_are_thresholded(string path, int step)
    {
        List<(int, long)> values = [(0, 5000), (255, 4000)];
        values.AddRange(Enumerable.Range(1, 254).Where(value => step == 100 || value is <= 6 or >= 250)
            .Select(value => (value, 1L)));

        MaskClasses classes = Detect(null, Mask(path, [.. values]));

        Assert.Equal((1, 0, 1), (classes.Classes, classes.GetClass(127), classes.GetClass(128)));
        Assert.Contains("JPEG", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(21)]
    public void Class_indices_beside_255_are_classes_and_unknown(int count)
    {
        MaskClasses classes = Detect(
            null, Mask("a.png", [.. Enumerable.Range(0, count).Select(value => (value, 100L)), (255, 100)]));

        Assert.Equal((count == 2 ? 1 : count, count), (classes.Classes, classes.ClassCount));
        Assert.Equal((count - 1, (int)MaskClasses.Ignored), (classes.GetClass(count - 1), classes.GetClass(255)));
        Assert.Contains("ignored", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_the_user_calls_unknown_counts_nowhere()
    {
        MaskClasses classes = MaskClassDetector.Detect(
            [Mask("a.png", (0, 9), (7, 9), (99, 9))], new MaskSettings(Ignored: 99), _notes);

        Assert.Equal((1, 1, MaskClasses.Ignored), (classes.Classes, classes.GetClass(7), classes.GetClass(99)));
    }

    [Fact]
    public void Numbers_of_objects_are_foreground_and_said_to_be()
    {
        MaskClasses classes = Detect(null, Objects("a.png", 1, 2, 3, 4), Objects("b.png", 1, 2, 3, 4, 5, 6));

        Assert.Equal((1, 0, 1, 1), (classes.Classes, classes.GetClass(0), classes.GetClass(5), classes.GetClass(77)));
        Assert.Contains("instances", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Equal(1, Detect(1, Objects("a.png", 1, 2, 3, 4), Objects("b.png", 1, 2, 3)).Classes);
    }

    [Fact]
    public void Numbers_of_a_tracker_and_a_colour_for_each_object_are_foreground()
    {
        Assert.Equal(1, Detect(null, Objects("a.png", 3, 700, 901), Objects("b.png", 3, 700, 901, 2107)).Classes);
        int[] colours = [.. Enumerable.Range(1, 8).Select(i => MaskValues.EncodeColor(i * 29, 255 - (i * 7), i * 3))];
        Assert.Equal(1, Detect(null, Objects("a.png", colours[..4]), Objects("b.png", colours[4..])).Classes);
    }

    [Fact]
    public void Classes_of_one_piece_each_that_are_in_every_image_stay_classes()
    {
        Assert.Equal(6, Detect(null, Objects("a.png", 1, 2, 3, 4, 5), Objects("b.png", 1, 2, 3, 4, 5)).Classes);
        MaskClasses wanted = MaskClassDetector.Detect(
            [Objects("a.png", 1, 2, 3, 4), Objects("b.png", 1, 2, 3)], new MaskSettings(Kind: MaskKind.Classes), []);
        Assert.Equal(5, wanted.Classes);
    }

    [Fact]
    public void All_but_0_is_foreground_where_the_user_says_so()
    {
        MaskClasses classes = MaskClassDetector.Detect(
            [Mask("a.png", (0, 9), (1, 9), (2, 9))], new MaskSettings(Kind: MaskKind.Foreground), []);

        Assert.Equal((1, 0, 1, 1), (classes.Classes, classes.GetClass(0), classes.GetClass(1), classes.GetClass(2)));
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.jpg")]
    public void Soft_edges_belong_to_the_nearest_pure_colour(string path)
    {
        (int, long)[] shades =
            [.. Enumerable.Range(1, 30).Select(i => (MaskValues.EncodeColor(i * 8, 0, 0), 5L))];

        MaskClasses classes = Detect(null, Mask(path, [(0, 5000), (Red, 900), (Blue, 700), .. shades]));

        Assert.Equal(3, classes.Classes);
        Assert.Equal(
            (0, classes.GetClass(Red)),
            (classes.GetClass(MaskValues.EncodeColor(120, 0, 0)), classes.GetClass(MaskValues.EncodeColor(136, 0, 0))));
        Assert.Contains("nearest", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Class_indices_in_a_jpeg_are_refused() => Assert.Contains(
        "JPEG",
        DetectError(null, "a.jpg", Mask("a.jpg", (0, 500), (1, 40), (2, 30), (3, 4))),
        StringComparison.Ordinal);

    [Fact]
    public void The_error_of_odd_values_holds_the_file_that_reads_them()
    {
        string message = DetectError(null, "a.png", Mask("a.png", (0, 9), (3, 9), (7, 9)));

        Assert.Contains(
            """classes.json: {"background": 0, "class 1": 3, "class 2": 7}""", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_photograph_in_the_place_of_a_mask_is_refused() =>
        DetectError(null, "a.png", Mask("a.png", [.. Enumerable.Range(0, 256).Select(value => (value, 100L))]));

    [Theory]
    [InlineData(0, 1, 7, "give 8 as the number of classes")]
    [InlineData(0, 7, 255, "Correct the mask")]
    public void A_value_that_does_not_belong_is_named_with_file_count_and_mend(int a, int b, int c, string mend)
    {
        int good = b == 7 ? c : b;
        MaskValues[] masks =
        [
            Mask("masks/a.png", (a, 90), (good, 10)),
            Mask("masks/odd.png", (a, 78), (good, 10), (7, 12)),
            Mask("masks/z.png", (a, 90), (good, 10)),
        ];

        string message = DetectError(null, "masks/odd.png", masks);

        Assert.Contains("the value 7 (12 pixels)", message, StringComparison.Ordinal);
        Assert.Contains(mend, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_value_that_does_not_belong_is_the_one_without_which_the_others_make_sense()
    {
        // 2 is the rarest class, but 0, 1, 2 make sense and 0, 1, 9 do not.
        string message = DetectError(
            null, "b.png", Mask("a.png", (0, 90), (1, 10), (2, 3)), Mask("b.png", (0, 9), (9, 50)));

        Assert.Contains("the value 9 (50 pixels)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_of_one_value_alone_are_refused()
    {
        string message = DetectError(null, "a.png", Mask("a.png", (0, 100)), Mask("b.png", (0, 100)));

        Assert.Contains("nothing to learn", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_of_voc_are_indices_and_its_last_one_is_unknown()
    {
        int[] values = [.. new[] { 0, 1, 7, 15, 255 }.Select(VocPalette.GetValue)];

        MaskClasses classes = Detect(null, Mask("a.png", [.. values.Select(value => (value, 9L))]));

        Assert.Equal(16, classes.Classes);
        Assert.Equal([0, 1, 7, 15, MaskClasses.Ignored], values.Select(classes.GetClass));
        Assert.Equal(21, Detect(21, Mask("a.png", [.. values.Select(value => (value, 9L))])).Classes);
        Assert.Contains("#E0E0C0 as unknown", _notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_and_a_rim_in_the_colours_of_voc_are_background_and_foreground()
    {
        int[] values = [0, VocPalette.GetValue(1), VocPalette.GetValue(255)];

        MaskClasses classes = Detect(null, Mask("a.png", [.. values.Select(value => (value, 9L))]));

        Assert.Equal((1, 2), (classes.Classes, classes.ClassCount));
        Assert.Equal([0, 1, MaskClasses.Ignored], values.Select(classes.GetClass));
    }

    [Fact]
    public void Given_classes_are_indices_where_the_values_allow()
    {
        MaskClasses classes = Detect(8, Mask("a.png", (0, 9), (1, 9), (7, 9)));

        Assert.Equal((8, 7, 5, -1), (classes.Classes, classes.GetClass(7), classes.GetClass(5), classes.GetClass(8)));
    }

    [Theory]
    [InlineData(2, new[] { 0, 255 })]
    [InlineData(3, new[] { 0, 7, 255 })]
    [InlineData(3, new[] { 0, Blue, Red })]
    [InlineData(3, new[] { 1, 2, 3 })]
    public void Given_classes_are_as_many_values_in_order(int count, int[] values)
    {
        MaskClasses classes = Detect(count, Mask("a.png", [.. values.Select(value => (value, 9L))]));

        Assert.Equal(count, classes.Classes);
        Assert.Equal(Enumerable.Range(0, count), values.Select(classes.GetClass));
    }

    [Fact]
    public void A_value_beyond_the_given_classes_is_refused() =>
        DetectError(3, "b.png", Mask("a.png", (0, 9), (1, 9), (2, 9)), Mask("b.png", (0, 9), (4, 1)));

    [Fact]
    public void Two_classes_that_were_given_refuse_a_third() =>
        DetectError(1, "a.png", Mask("a.png", (0, 9), (1, 9), (2, 9)));

    [Theory]
    [InlineData(0)]
    [InlineData(256)] // 255 marks what is unknown
    public void An_impossible_number_of_classes_is_refused(int classes) =>
        DetectError(classes, $"{classes} classes are not possible", Mask("a.png", (0, 9), (1, 9)));

    [Theory]
    [InlineData(0, 255)]
    [InlineData(0, Red)]
    public void A_mapping_survives_json(int background, int foreground)
    {
        MaskClasses classes = Detect(null, Mask("a.png", (background, 9), (foreground, 9)));

        MaskClasses read = JsonSerializer.Deserialize<MaskClasses>(JsonSerializer.Serialize(classes))!;

        Assert.Equal(classes.Classes, read.Classes);
        Assert.Equal(classes.IsThresholded, read.IsThresholded);
        Assert.Equal((0, 1, -1), (read.GetClass(background), read.GetClass(foreground), read.GetClass(3)));
    }

    private static MaskValues Mask(string path, params (int Value, long Pixels)[] counts) =>
        new(path, new SortedDictionary<int, long>(counts.ToDictionary(count => count.Value, count => count.Pixels)));

    /// <summary>A mask in which every value but 0 is one piece.</summary>
    private static MaskValues Objects(string path, params int[] values) =>
        Mask(path, [(0, 90), .. values.Select(value => (value, 5L))]) with
        {
            Pieces = values.Append(0).ToDictionary(value => value, _ => 1),
        };

    private MaskClasses Detect(int? classes, params MaskValues[] masks) =>
        MaskClassDetector.Detect(masks, new MaskSettings(classes), _notes);

    private static string DetectError(int? classes, string named, params MaskValues[] masks)
    {
        string message = Assert.Throws<DataException>(
            () => MaskClassDetector.Detect(masks, new MaskSettings(classes), [])).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
