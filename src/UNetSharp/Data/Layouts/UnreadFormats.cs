namespace UNetSharp.Data.Layouts;

/// <summary>What a folder holds that is known but not read, so that the error can name it.</summary>
internal static class UnreadFormats
{
    private const int MaxFiles = 2000;

    private static readonly (string Ending, string Name, string Mend)[] Formats =
    [
        (".nii", "NIfTI volumes", "save their slices as PNG or TIFF"),
        (".nii.gz", "NIfTI volumes", "save their slices as PNG or TIFF"),
        (".dcm", "DICOM files", "save them as PNG or 16-bit TIFF"),
        (".nrrd", "NRRD volumes", "save their slices as PNG or TIFF"),
        (".mha", "MetaImage volumes", "save their slices as PNG or TIFF"),
        (".npy", "NumPy arrays", "save them as PNG or TIFF"),
        (".npz", "NumPy arrays", "save them as PNG or TIFF"),
        (".mat", "MATLAB files", "save them as PNG or TIFF"),
        (".h5", "HDF5 files", "save their arrays as PNG or TIFF"),
        (".zarr", "Zarr arrays", "save their arrays as PNG or TIFF"),
        (".czi", "Zeiss files", "save them as TIFF"),
        (".lif", "Leica files", "save them as TIFF"),
        (".nd2", "Nikon files", "save them as TIFF"),
        (".svs", "Aperio slides", "cut them into tiles as TIFF"),
        (".heic", "HEIC images", "save them as PNG or JPEG"),
        (".zip", "archives", "unpack them"),
        (".tar", "archives", "unpack them"),
        (".tar.gz", "archives", "unpack them"),
        (".xml", "XML annotations that are not CVAT's", "export as COCO or as masks"),
        (".json", "JSON annotations that are neither COCO's, labelme's nor Label Studio's (VIA perhaps)",
            "export as COCO or as masks"),
    ];

    /// <summary>A sentence on what lies in a folder and how to get it read; empty if nothing is known.</summary>
    public static string Describe(string directory)
    {
        string[] names =
        [
            .. Directory.EnumerateFileSystemEntries(directory, "*", new EnumerationOptions
            {
                RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true,
            }).Take(MaxFiles),
        ];
        (string Ending, string Name, string Mend) format = Formats.FirstOrDefault(
            known => names.Any(name => name.EndsWith(known.Ending, StringComparison.OrdinalIgnoreCase)
                && Path.GetFileName(name) is not ClassTable.FileName));
        return format.Name is null ? "" : $" These seem to be {format.Name}; {format.Mend}.";
    }
}
