using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Data.Layouts;

/// <summary>
/// Folders as other programs write them. Each holds images of 8x6 pixels; the object is the square from (2, 1) to (4,
/// 3) where there is one, of class 1, and in some the pixel row 5 of class 2.
/// </summary>
public sealed class LayoutTests : IDisposable
{
    private const int Width = 8;
    private const int Height = 6;

    private static readonly byte[] Square =
        [.. Enumerable.Range(0, Width * Height).Select(i => (byte)(IsInSquare(i % Width, i / Width) ? 1 : 0))];

    private static readonly byte[] SquareAndRow =
        [.. Enumerable.Range(0, Width * Height).Select(i => (byte)(i / Width == 5 ? 2 : Square[i]))];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("images/a.png", "masks/a_seg.png")]
    [InlineData("images/a.png", "masks/a_label.png")]
    [InlineData("images/a.png", "masks/a_gt.png")]
    [InlineData("images/a.png", "masks/a_masks.png")]
    [InlineData("images/a.png", "masks/a_annotation.png")]
    [InlineData("images/A.png", "masks/a.png")]
    [InlineData("images/img_7.png", "masks/mask_7.png")]
    [InlineData("images/007.png", "masks/7.png")]
    [InlineData("images/21_training.png", "1st_manual/21_manual1.png")]
    [InlineData("images/Zellk\u00F6rper.png", "masks/Zellko\u0308rper.png")]
    [InlineData("train/a.png", "trainannot/a.png")]
    [InlineData("train/a.png", "train_masks/a_mask.png")]
    [InlineData("DUTS-TR/DUTS-TR-Image/a.png", "DUTS-TR/DUTS-TR-Mask/a.png")]
    [InlineData("JPEGImages/a.png", "SegmentationClass/a.png")]
    [InlineData("leftImg8bit/train/ulm/ulm_0_leftImg8bit.png", "gtFine/train/ulm/ulm_0_gtFine_labelIds.png")]
    [InlineData("a.png", "a_mask.png")]
    [InlineData("a_image.png", "a_label.png")]
    [InlineData("images/train/a.png", "masks/train/a.png")]
    [InlineData("x/images/a.png", "x/masks/a.png")]
    public void Images_find_their_masks(string image, string mask)
    {
        WriteImage(image);
        WriteMask(mask, Square);

        DataFolder found = DataFolder.Find(_folder.Path, ImageFile.CountPages);

        ImagePair pair = Assert.Single(found.Pairs);
        Assert.Equal((_folder.File(image), _folder.File(mask)), (pair.ImagePath, pair.MaskPath));
        Assert.Empty(found.ImagesWithoutMask);
        Assert.Empty(found.MasksWithoutImage);
    }

    [Theory]
    [InlineData("train/images/a", "train/masks/a", "val/images/b", "val/masks/b", "test/images/c", "test/masks/c")]
    [InlineData("images/train/a", "masks/train/a", "images/val/b", "masks/val/b", "images/test/c", "masks/test/c")]
    [InlineData("train/a", "trainannot/a", "val/b", "valannot/b", "test/c", "testannot/c")]
    public void A_data_set_s_own_validation_images_are_kept_for_that(params string[] names)
    {
        foreach (string[] pair in names.Chunk(2))
        {
            WriteImage(pair[0] + ".png");
            WriteMask(pair[1] + ".png", Square);
        }

        DataReport report = Inspect();

        Split split = Split.Create(report.Folder.Pairs, new SplitSettings(0.5, TakesOwn: true), seed: 0);
        Assert.Equal(["a"], split.Training.Select(pair => pair.Name));
        Assert.Equal(["b"], split.Validation.Select(pair => pair.Name));
        Assert.Contains(report.Notes, note => note.Contains("test", StringComparison.Ordinal));
        Assert.Single(Split.Create(report.Folder.Pairs, new SplitSettings(0.5), seed: 0).Validation);
    }

    [Fact]
    public void Folders_of_any_name_are_paired_where_both_are_given()
    {
        WriteImage("slices/a.png");
        WriteMask("drawn/by/hand/a.png", Square);

        ImagePair pair = Assert.Single(
            DataFolder.Find(_folder.File("slices"), _folder.File("drawn/by/hand"), ImageFile.CountPages).Pairs);

        Assert.Equal(_folder.File("drawn/by/hand/a.png"), pair.MaskPath);
    }

    [Fact]
    public void Voc_lists_what_to_train_and_to_validate_with_and_images_without_a_mask_are_no_fault()
    {
        foreach (string name in new[] { "a", "b", "boxes" })
        {
            WriteImage($"JPEGImages/{name}.png");
        }

        WriteMask("SegmentationClass/a.png", Square);
        WriteMask("SegmentationClass/b.png", Square);
        WriteMask("SegmentationObject/b.png", SquareAndRow);
        File.WriteAllText(_folder.File("ImageSets/Segmentation/train.txt"), "a\n");
        File.WriteAllText(_folder.File("ImageSets/Segmentation/val.txt"), "b\n");

        DataReport report = Inspect();

        Assert.Empty(report.Errors);
        Assert.Equal(
            [("a", DataPart.Training), ("b", DataPart.Validation)],
            report.Folder.Pairs.Select(pair => (pair.Name, pair.Part)));
    }

    [Fact]
    public void Nnu_net_names_its_classes_and_further_channels_are_left_out_aloud()
    {
        WriteImage("imagesTr/case_000_0000.png");
        WriteImage("imagesTr/case_000_0001.png");
        WriteImage("imagesTs/case_001_0000.png");
        WriteMask("labelsTr/case_000.png", SquareAndRow);
        File.WriteAllText(
            _folder.File("dataset.json"), """{"labels": {"background": 0, "square": 1, "row": 2}}""");

        DataReport report = Inspect();

        Assert.Empty(report.Errors);
        Assert.Equal(["background", "square", "row"], report.Classes!.Names);
        Assert.Equal(SquareAndRow, ReadMask(report));
        Assert.Contains(report.Notes, note => note.Contains("_0001", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mask_for_each_object_is_their_union()
    {
        WriteImage("0a/images/0a.png");
        WriteMask("0a/masks/x.png", [.. Square.Select((value, i) => (byte)(i % Width < 3 ? value * 255 : 0))]);
        WriteMask("0a/masks/y.png", [.. Square.Select((value, i) => (byte)(i % Width < 3 ? 0 : value * 255))]);

        DataReport report = Inspect();

        Assert.Empty(report.Errors);
        Assert.Equal(Square, ReadMask(report));
    }

    [Fact]
    public void Labelme_s_polygons_rectangles_and_circles_are_drawn()
    {
        WriteImage("a.png");
        File.WriteAllText(_folder.File("a.json"), """
            {"imagePath": "a.png", "imageHeight": 6, "imageWidth": 8, "shapes": [
             {"label": "row", "shape_type": "rectangle", "points": [[0, 5], [8, 6]]},
             {"label": "square", "shape_type": "polygon", "points": [[2, 1], [5, 1], [5, 4], [2, 4]]},
             {"label": "square", "shape_type": "circle", "points": [[3.5, 2.5], [3.5, 3.5]]},
             {"label": "square", "shape_type": "point", "points": [[3, 2]]}]}
            """);

        DataReport report = Inspect();

        // Labels become classes in the order of letters: row, square.
        Assert.Equal(["background", "row", "square"], report.Classes!.Names);
        Assert.Equal(SquareAndRow.Select(Exchange), ReadMask(report).Select(index => index));
        Assert.Contains(report.Notes, note => note.StartsWith("1 of labelme's shapes", StringComparison.Ordinal));
    }

    [Fact]
    public void Coco_s_polygons_and_runs_are_drawn_and_its_boxes_named()
    {
        WriteImage("images/a.png");
        WriteImage("images/b.png");
        WriteImage("images/c.png");
        string polygon = """{"image_id": 1, "category_id": 3, "segmentation": [[2, 1, 5, 1, 5, 4, 2, 4]]}""";

        // Down the columns: 13 outside, 3 in, 3 out, 3 in, 3 out, 3 in, 20 out.
        string runs = """
            {"image_id": 2, "category_id": 3,
             "segmentation": {"size": [6, 8], "counts": [13, 3, 3, 3, 3, 3, 20]}}
            """;
        string letters = """
            {"image_id": 5, "category_id": 3,
             "segmentation": {"size": [6, 8], "counts": "=33000a0"}}
            """;
        string box = """{"image_id": 1, "category_id": 9, "bbox": [0, 0, 2, 2]}""";
        File.WriteAllText(_folder.File("annotations/instances.json"), $$"""
            {"images": [{"id": 1, "file_name": "a.png", "height": 6, "width": 8},
                        {"id": 2, "file_name": "images/b.png", "height": 6, "width": 8},
                        {"id": 5, "file_name": "c.png", "height": 6, "width": 8}],
             "categories": [{"id": 9, "name": "row"}, {"id": 3, "name": "square"}],
             "annotations": [{{polygon}}, {{runs}}, {{box}}, {{letters}}]}
            """);

        DataReport report = Inspect();

        Assert.Equal(["background", "square", "row"], report.Classes!.Names);
        Assert.Equal(Square, ReadMask(report));
        Assert.Equal(Square, ReadMask(report, 1));
        Assert.Equal(Square, ReadMask(report, 2));
        Assert.Contains(report.Notes, note => note.StartsWith("1 of COCO's annotations", StringComparison.Ordinal));
    }

    [Fact]
    public void Yolo_s_outlines_are_drawn_and_an_image_without_a_file_is_background()
    {
        WriteImage("images/a.png");
        WriteImage("images/b.png");
        File.WriteAllText(_folder.File("labels/a.txt"), "0 0.25 0.1667 0.625 0.1667 0.625 0.6667 0.25 0.6667\n");
        File.WriteAllText(_folder.File("data.yaml"), "path: x\nnames:\n  0: cell\n");

        DataReport report = Inspect();

        Assert.Equal(["background", "cell"], report.Classes!.Names);
        Assert.Equal(Square, ReadMask(report));
        Assert.Equal(new byte[Width * Height], ReadMask(report, 1));
    }

    [Fact]
    public void Cvat_s_polygons_and_runs_are_drawn()
    {
        WriteImage("images/a.png");
        File.WriteAllText(_folder.File("annotations.xml"), """
            <annotations><image id="0" name="a.png" width="8" height="6">
            <polygon label="square" points="2,1;5,1;5,4;2,4" z_order="0"/>
            <mask label="row" rle="0, 8" left="0" top="5" width="8" height="1" z_order="1"/>
            <points label="row" points="1,1"/></image></annotations>
            """);

        DataReport report = Inspect();

        Assert.Equal(["background", "row", "square"], report.Classes!.Names);
        Assert.Equal(SquareAndRow.Select(Exchange), ReadMask(report));
    }

    [Fact]
    public void Label_studio_s_polygons_are_drawn_and_its_brush_refused()
    {
        WriteImage("a.png");
        string task = """
            [{"data": {"image": "/data/upload/1/0a1b2c3d-a.png"}, "annotations": [{"result": [{"type": "TYPE",
             "value": {"points": [[25, 16.667], [62.5, 16.667], [62.5, 66.667], [25, 66.667]], "TYPE": ["cell"]}}]}]}]
            """;
        string file = _folder.File("export.json");
        File.WriteAllText(file, task.Replace("TYPE", "polygonlabels", StringComparison.Ordinal));

        Assert.Equal(Square, ReadMask(Inspect()));

        File.WriteAllText(file, task.Replace("TYPE", "brushlabels", StringComparison.Ordinal));
        Assert.Contains("brush", Assert.Throws<DataException>(Inspect).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.nii.gz", "NIfTI")]
    [InlineData("a.npy", "NumPy")]
    [InlineData("via.json", "VIA")]
    [InlineData("data.zip", "unpack")]
    public void What_is_not_read_is_named(string file, string word)
    {
        WriteImage("a.png");
        File.WriteAllText(_folder.File(file), "{}");

        Assert.Contains(word, Assert.Throws<DataException>(Inspect).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.json", """{"imagePath": "a.png", "shapes": [{"label": 7, "points": [[1]]}]}""")]
    [InlineData("a.json", """{"imagePath": "a.png", "shapes": [], "imageHeight": 2147483647, "imageWidth": 8}""")]
    [InlineData("c.json", """{"images": [{"id": "x"}], "annotations": [], "categories": []}""")]
    [InlineData("c.json", "{\"images\": [")]
    [InlineData("annotations.xml", "<!DOCTYPE x [<!ENTITY a \"b\">]><annotations>&a;</annotations>")]
    [InlineData("annotations.xml", "<annotations><image name=\"a.png\"/></annotations>")]
    [InlineData("a.txt", "0 0.1 0.2 0.3 0.4 0.5 0.6\nnot an object\n")]
    public void Damaged_annotations_are_an_error_that_names_the_file(string file, string text)
    {
        WriteImage("a.png");
        File.WriteAllText(_folder.File(file), text);

        string message = Assert.Throws<DataException>(Inspect).Message;

        Assert.StartsWith(_folder.Path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static byte Exchange(byte index) => index switch { 1 => 2, 2 => 1, _ => 0 };

    private static bool IsInSquare(int x, int y) => x is >= 2 and <= 4 && y is >= 1 and <= 3;

    private static byte[] ReadMask(DataReport report, int index = 0)
    {
        ImagePair pair = report.Folder.Pairs[index];
        return report.Classes!.Read("mask", pair.ReadMask(ImageFile.Read, pair.ReadImage(ImageFile.Read)));
    }

    private DataReport Inspect() => DataReport.Create(
        DataFolder.Find(_folder.Path, ImageFile.CountPages), ImageFile.Read, new MaskSettings(), threads: 1);

    private void WriteImage(string name) =>
        ImageFile.WriteGrey(_folder.File(name), [.. Square.Select((v, i) => (byte)((v * 90) + i))], Width, Height);

    private void WriteMask(string name, byte[] mask) => ImageFile.WriteGrey(_folder.File(name), mask, Width, Height);
}
