using System.Text.Json;

namespace UNetSharp.Data.Layouts;

/// <summary>
/// The folders of nnU-Net (https://github.com/MIC-DKFZ/nnUNet, documentation/dataset_format.md): imagesTr with a file
/// for each channel of a case, _0000 and so on, labelsTr, and names of the classes in dataset.json.
/// </summary>
internal static class NnuNet
{
    /// <summary>The file of names.</summary>
    public const string FileName = "dataset.json";

    private const int MaxBytes = 1 << 24;
    private const int ChannelLength = 5;

    /// <summary>Looks for such folders in a folder; null if there are none.</summary>
    public static FoundPairs? Find(string directory, PageCounter countPages)
    {
        string file = Path.Combine(directory, FileName);
        if (!File.Exists(file) || DataFolder.FindSubfolder(directory, "imagesTr") is not { } images
            || DataFolder.FindSubfolder(directory, "labelsTr") is not { } labels)
        {
            return null;
        }

        if (DataFolder.ImageFiles(images).Count == 0)
        {
            throw new DataException($"{images}: this is a data set of nnU-Net, but its images are none that are read "
                + "(NIfTI perhaps). Save the slices as PNG or TIFF.");
        }

        FoundPairs found = FolderPairs.Find(images, labels, countPages);
        string[] others = [.. found.ImagesWithoutMask.Where(IsOtherChannel)];
        return found with
        {
            ImagesWithoutMask = [.. found.ImagesWithoutMask.Except(others)],
            Classes = ReadClasses(file),
            Notes =
            [
                .. found.Notes,
                .. others.Length == 0 ? Array.Empty<string>()
                    : [$"{others[0]} and {others.Length - 1} more are further channels, which are not used."],
            ],
        };
    }

    private static bool IsOtherChannel(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name.Length > ChannelLength && name[^ChannelLength] == '_'
            && !name.EndsWith("_0000", StringComparison.Ordinal) && name[^(ChannelLength - 1)..].All(char.IsAsciiDigit);
    }

    /// <summary>Names by value, as <c>{"background": 0, "cell": 1}</c>, and before version 2 the other way
    /// round.</summary>
    private static MaskClasses? ReadClasses(string file)
    {
        using JsonDocument json = JsonFile.Read(file, MaxBytes);
        return JsonFile.Parse(file, json, "dataset.json of nnU-Net", root =>
        {
            SortedDictionary<int, string> names = [];
            int? ignored = null;
            if (JsonFile.Find(root, "labels") is not { ValueKind: JsonValueKind.Object } labels)
            {
                return null;
            }

            foreach (JsonProperty label in labels.EnumerateObject())
            {
                bool isValueFirst = int.TryParse(label.Name, out int value);
                bool isNumber = label.Value.ValueKind == JsonValueKind.Number;
                if (!isValueFirst && !(isNumber && label.Value.TryGetInt32(out value)))
                {
                    return null; // regions: labels that overlap
                }

                string name = isValueFirst ? label.Value.GetString()! : label.Name;
                if (name == "ignore")
                {
                    ignored = value;
                }
                else
                {
                    names[value] = name;
                }
            }

            if (names.Count < 2 || names.First().Key != 0 || names.Last().Key != names.Count - 1
                || names.Count > MaskClasses.MaxClasses || !names.Values.All(MaskClasses.IsName))
            {
                return null;
            }

            Dictionary<int, int> classes = names.Keys.ToDictionary(value => value);
            if (ignored is { } unknown)
            {
                classes[unknown] = MaskClasses.Ignored;
            }

            return new MaskClasses(names.Count == 2 ? 1 : names.Count, classes, Names: [.. names.Values]);
        });
    }
}
