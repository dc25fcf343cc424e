using System.Text;
using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Data.Layouts;

/// <summary>Changed annotations and lists of classes are read or refused in one line, within time and memory.</summary>
[Trait("Cost", "high")]
public sealed class AnnotationHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AnnotationHostileTests()
    {
        byte[] image = [.. Enumerable.Range(0, 48).Select(i => (byte)(i * 5))];
        ImageFile.WriteGrey(_folder.File("images/a.png"), image, width: 8, height: 6);
    }

    [Theory]
    [InlineData("images/a.json", """
        {"imagePath": "a.png", "imageHeight": 6, "imageWidth": 8, "shapes": [
         {"label": "row", "shape_type": "rectangle", "points": [[0, 5], [8, 6]]},
         {"label": "disc", "shape_type": "circle", "points": [[3.5, 2.5], [3.5, 3.5]]},
         {"label": "square", "shape_type": "polygon", "points": [[2, 1], [5, 1], [5, 4], [2, 4]]}]}
        """)]
    [InlineData("annotations/instances.json", """
        {"images": [{"id": 1, "file_name": "a.png", "height": 6, "width": 8}],
         "categories": [{"id": 9, "name": "row"}, {"id": 3, "name": "square"}],
         "annotations": [{"image_id": 1, "category_id": 3, "segmentation": [[2, 1, 5, 1, 5, 4, 2, 4]]},
          {"image_id": 1, "category_id": 9, "segmentation": {"size": [6, 8], "counts": [13, 3, 3, 3, 3, 3, 20]}},
          {"image_id": 1, "category_id": 3, "segmentation": {"size": [6, 8], "counts": "=33000a0"}}]}
        """)]
    [InlineData("labels/a.txt", "0 0.25 0.1667 0.625 0.1667 0.625 0.6667 0.25 0.6667\n1 0.1 0.1 0.5 0.1 0.5 0.5\n")]
    [InlineData("annotations.xml", """
        <annotations><image id="0" name="a.png" width="8" height="6">
        <polygon label="square" points="2,1;5,1;5,4;2,4" z_order="0"/>
        <mask label="row" rle="0, 8" left="0" top="5" width="8" height="1" z_order="1"/>
        </image></annotations>
        """)]
    [InlineData("export.json", """
        [{"data": {"image": "/data/upload/1/0a1b2c3d-a.png"}, "annotations": [{"result": [{"type": "polygonlabels",
         "value": {"points": [[25, 16.6], [62.5, 16.6], [62.5, 66.6], [25, 66.6]], "polygonlabels": ["cell"]}}]}]}]
        """)]
    public void Changed_annotations_never_do_more_than_be_refused(string name, string text) =>
        AssertHarmless(name, text);

    [Fact]
    public void Changed_lists_of_classes_never_do_more_than_be_refused()
    {
        byte[] mask = [.. Enumerable.Range(0, 48).Select(i => (byte)(i % 3 * 80))];
        ImageFile.WriteGrey(_folder.File("masks/a.png"), mask, width: 8, height: 6);
        AssertHarmless("classes.json", """{"background": 0, "cell": 80, "rim": [160, 160, 160], "ignore": 255}""");
    }

    [Fact]
    public void Changed_descriptions_of_nnU_Net_never_do_more_than_be_refused()
    {
        byte[] mask = [.. Enumerable.Range(0, 48).Select(i => (byte)(i % 3))];
        ImageFile.WriteGrey(_folder.File("imagesTr/a_0000.png"), mask, width: 8, height: 6);
        ImageFile.WriteGrey(_folder.File("labelsTr/a.png"), mask, width: 8, height: 6);
        AssertHarmless("dataset.json", """{"labels": {"background": 0, "square": 1, "row": 2, "ignore": 3}}""");
    }

    public void Dispose() => _folder.Dispose();

    private void AssertHarmless(string name, string text)
    {
        byte[] whole = Encoding.UTF8.GetBytes(text);
        File.WriteAllBytes(_folder.File(name), whole);
        Assert.Null(Mutations.Failure(Inspect));
        foreach (byte[] changed in Mutations.Generate(whole, seed: name.Length))
        {
            File.WriteAllBytes(_folder.File(name), changed);
            Mutations.AssertOneLine<DataException>(Mutations.Failure(Inspect), _folder.Path);
        }
    }

    private void Inspect()
    {
        var report = DataReport.Create(
            DataFolder.Find(_folder.Path, ImageFile.CountPages), ImageFile.Read, new MaskSettings(), threads: 1);
        Assert.All(report.Errors.Concat(report.Notes), line => Assert.DoesNotContain(line, char.IsControl));
    }
}
