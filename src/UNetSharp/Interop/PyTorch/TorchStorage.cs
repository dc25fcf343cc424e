using System.Globalization;

namespace UNetSharp.Interop.PyTorch;

/// <summary>A run of numbers beside the pickle of a checkpoint, as the pickle describes it.</summary>
/// <param name="Key">The name under which the file has it.</param>
/// <param name="Type">Its numbers' format.</param>
/// <param name="Count">How many numbers the pickle claims.</param>
internal sealed record TorchStorage(string Key, PickleStorageType Type, long Count)
{
    public long Bytes => checked(Count * Type.Format.Bytes);
}

/// <summary>The storages that a pickle names by persistent ids.</summary>
internal sealed class TorchStorages
{
    // Keys are small numbers or addresses. A long text out of the memo would be searched for again and again.
    private const int MaxKeyCharacters = 256;

    private readonly Dictionary<string, TorchStorage> _byKey = [];

    /// <summary>The storage of that key, if the pickle named it.</summary>
    public TorchStorage? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>
    /// What a persistent id stands for: ('storage', type, key, location, count), and in files before PyTorch 1.6 a
    /// sixth entry that is None or the part that is meant (key, start, count).
    /// </summary>
    public PickleStorage Resolve(PickleValue id)
    {
        PickleValue[] entries = id is PickleTuple tuple ? tuple.Items : [];
        if (entries is not [PickleText kind, PickleStorageType type, var keyValue, _, var countValue, .. var view]
            || kind.Value != "storage" || view.Length > 1)
        {
            throw TorchGlobals.Damaged("a persistent id describes no storage");
        }

        string key = GetKey(keyValue);
        long count = TorchGlobals.Number(countValue, long.MaxValue / sizeof(double));
        if (!_byKey.TryGetValue(key, out TorchStorage? storage))
        {
            _byKey[key] = storage = new TorchStorage(key, type, count);
        }

        if (storage.Type != type || storage.Count != count)
        {
            throw TorchGlobals.Damaged(
                $"storage '{CheckpointException.Sanitize(key)}' is described in two different ways");
        }

        return view is [PickleTuple part] ? Part(storage, part) : new PickleStorage(storage, 0, count);
    }

    /// <summary>A key as text; some old files have numbers.</summary>
    public static string GetKey(PickleValue value) => value switch
    {
        PickleText { Value.Length: <= MaxKeyCharacters } text => text.Value,
        PickleInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        _ => throw TorchGlobals.Damaged($"a storage has no key, or a key of more than {MaxKeyCharacters} characters"),
    };

    private static PickleStorage Part(TorchStorage storage, PickleTuple part)
    {
        if (part.Items.Length != 3)
        {
            throw TorchGlobals.Damaged("a part of a storage is not described by three entries");
        }

        long start = TorchGlobals.Number(part.Items[1], storage.Count);
        return new PickleStorage(storage, start, TorchGlobals.Number(part.Items[2], storage.Count - start));
    }
}
