using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Workflows;

/// <summary>A folder of images and masks.</summary>
public static class DataSet
{
    /// <summary>Reads every file of a data set, to find before training what would go wrong in it.</summary>
    /// <param name="folder">Folder with images/ and masks/ or the like.</param>
    /// <param name="masks">What the user says of the masks; null to find it out.</param>
    /// <param name="skipsBad">Whether pairs that cannot be read, or are none, are left out of the report.</param>
    /// <param name="progress">Is given how many pairs are read, of how many; never by two threads at once.</param>
    /// <exception cref="DataException">The folder holds no pairs, or none that can be read.</exception>
    public static DataReport Inspect(
        string folder, MaskSettings? masks = null, bool skipsBad = false, Action<int, int>? progress = null) =>
        Inspect(DataFolder.Find(folder, ImageFile.CountPages), masks, skipsBad, progress);

    /// <summary>Reads every file of a data set whose pairs are found.</summary>
    /// <param name="folder">The pairs.</param>
    /// <param name="masks">What the user says of the masks; null to find it out.</param>
    /// <param name="skipsBad">Whether pairs that cannot be read, or are none, are left out of the report.</param>
    /// <param name="progress">Is given how many pairs are read, of how many; never by two threads at once.</param>
    /// <param name="channels">Channels that a network reads; null for grey or colour, as images are.</param>
    /// <exception cref="DataException">No pair can be read.</exception>
    public static DataReport Inspect(
        DataFolder folder,
        MaskSettings? masks = null,
        bool skipsBad = false,
        Action<int, int>? progress = null,
        int? channels = null)
    {
        var report = DataReport.Create(
            folder,
            ImageFile.ReaderFor(channels ?? 3),
            masks ?? new MaskSettings(),
            Environment.ProcessorCount,
            progress);
        return skipsBad ? report.WithoutBadPairs() : report;
    }
}
