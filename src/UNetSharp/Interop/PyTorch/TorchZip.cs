using System.Text;

namespace UNetSharp.Interop.PyTorch;

/// <summary>
/// The format of torch.save since PyTorch 1.6: a zip file with one folder, in it data.pkl with the pickle, data/KEY
/// with the numbers of each storage and, in newer ones, byteorder.
/// </summary>
internal sealed class TorchZip : ITorchData
{
    private const string PickleName = "data.pkl";

    private readonly ZipEntries _entries;
    private readonly string _folder;

    private TorchZip(FileStream stream)
    {
        _entries = new ZipEntries(stream);
        string[] pickles =
        [
            .. _entries.ByName.Keys.Where(name => name == PickleName
                || (name.EndsWith('/' + PickleName, StringComparison.Ordinal) && name.Count(c => c == '/') == 1)),
        ];
        if (pickles.Length != 1)
        {
            throw new InvalidDataException(
                $"is a zip file with {pickles.Length} entries data.pkl; a checkpoint of torch.save has one.");
        }

        _folder = pickles[0][..^PickleName.Length];
    }

    /// <summary>Reads a file's pickle.</summary>
    public static (PickleValue Root, ITorchData Data) Open(FileStream stream)
    {
        var zip = new TorchZip(stream);
        if (zip.Find("constants.pkl") is not null)
        {
            throw new InvalidDataException(
                "is a TorchScript program; save model.state_dict() with torch.save instead.");
        }

        if (zip.Find("byteorder") is { } order && Encoding.ASCII.GetString(zip.ReadWhole(order)) != "little")
        {
            throw new InvalidDataException(
                "was written on a machine of another byte order; load and save it with PyTorch on this one.");
        }

        using MemoryStream pickle = new(zip.ReadWhole(zip.Find(PickleName)!));
        RestrictedUnpickler unpickler = new(new PickleInput(pickle), new TorchStorages().Resolve);
        return (unpickler.Load(), zip);
    }

    /// <inheritdoc/>
    public long GetLength(string key) => Entry(key).Bytes;

    /// <inheritdoc/>
    public byte[] Read(string key, long start, int count) => _entries.Read(Entry(key), start, count);

    private byte[] ReadWhole(ZipEntry entry) => entry.Bytes <= PickleInput.MaxBytes
        ? _entries.Read(entry, 0, (int)entry.Bytes)
        : throw new InvalidDataException(
            $"is refused: its entry '{CheckpointException.Sanitize(entry.Name)}' is longer than "
            + $"{PickleInput.MaxBytes >> 20} MiB.");

    private ZipEntry Entry(string key) => Find("data/" + key) ?? throw new InvalidDataException(
        $"has no entry '{CheckpointException.Sanitize($"data/{key}")}', which its pickle names; copy it again.");

    private ZipEntry? Find(string name) => _entries.ByName.GetValueOrDefault(_folder + name);
}
