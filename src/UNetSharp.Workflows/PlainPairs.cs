using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Files;
using UNetSharp.Imaging;

namespace UNetSharp.Workflows;

/// <summary>
/// Writes a data set of any layout as plain pairs: images/ with its files, or its pages as TIFF; masks/ with the index
/// of each pixel's class as PNG; classes.json with the names; and, where the data set has parts, in train/ and val/.
/// </summary>
public static class PlainPairs
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes every pair.</summary>
    /// <param name="report">The data set, without errors.</param>
    /// <param name="folder">A new or empty folder.</param>
    /// <param name="progress">Is given how many pairs are written, of how many.</param>
    /// <exception cref="DataException">The folder holds something, or a file cannot be read or written.</exception>
    /// <returns>How many pairs were written.</returns>
    public static int Write(DataReport report, string folder, Action<int, int>? progress = null)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new DataException($"{folder}: holds something already. Name a new folder.");
        }

        IReadOnlyList<ImagePair> pairs = report.Folder.Pairs;
        bool hasParts = pairs.Any(pair => pair.Part == DataPart.Validation);
        int done = 0;
        foreach (ImagePair pair in pairs)
        {
            string part = !hasParts ? folder
                : Path.Combine(folder, pair.Part == DataPart.Validation ? "val" : "train");
            WritePair(report.Classes!, pair, part);
            progress?.Invoke(++done, pairs.Count);
        }

        Dictionary<string, int> names = Enumerable.Range(0, report.Classes!.ClassCount)
            .ToDictionary(index => report.Classes.GetName(index));
        names["ignore"] = MaskClasses.Ignored;
        AtomicFile.WriteText(Path.Combine(folder, "classes.json"), JsonSerializer.Serialize(names, Indented) + "\n");
        return pairs.Count;
    }

    private static void WritePair(MaskClasses classes, ImagePair pair, string folder)
    {
        string images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        string masks = Directory.CreateDirectory(Path.Combine(folder, "masks")).FullName;
        Picture image = pair.ReadImage(ImageFile.Read);
        Picture mask = pair.ReadMask(ImageFile.Read, image);
        if (pair.Page is { } page)
        {
            ImageFile.CopyPage(pair.ImagePath, page, Path.Combine(images, pair.Name + ".tif"));
        }
        else
        {
            File.Copy(pair.ImagePath, Path.Combine(images, pair.Name + Path.GetExtension(pair.ImagePath)));
        }

        ImageFile.WriteGrey(
            Path.Combine(masks, pair.Name + ".png"), classes.Read(pair.MaskText, mask), mask.Width, mask.Height);
    }
}
