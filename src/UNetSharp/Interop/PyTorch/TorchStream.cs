using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace UNetSharp.Interop.PyTorch;

/// <summary>
/// The format of torch.save before PyTorch 1.6: five pickles one after the other (a magic number, the version, facts
/// about the machine, the object, the keys of its storages), then for each key eight bytes with a count and the
/// numbers. They are little-endian whatever the machine was.
/// </summary>
internal sealed class TorchStream : ITorchData
{
    private const int Version = 1001;
    private const int CountBytes = sizeof(long);

    private static readonly BigInteger Magic =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly FileStream _stream;
    private readonly Dictionary<string, (long At, long Bytes)> _places = [];

    private TorchStream(FileStream stream) => _stream = stream;

    /// <summary>Reads a file's pickles and finds its storages.</summary>
    public static (PickleValue Root, ITorchData Data) Open(FileStream stream)
    {
        stream.Position = 0;
        var input = new PickleInput(stream);
        if (Load(input) is not PickleInteger magic || magic.Value != Magic
            || Load(input) is not PickleInteger version || version.Value != Version)
        {
            throw new InvalidDataException(
                "is a pickle but none of torch.save; save model.state_dict() with torch.save.");
        }

        Load(input);
        TorchStorages storages = new();
        PickleValue root = new RestrictedUnpickler(input, storages.Resolve).Load();
        if (Load(input) is not PickleList keys)
        {
            throw TorchGlobals.Damaged("the keys of the storages are no list");
        }

        var data = new TorchStream(stream);
        data.FindPlaces(keys.Items, storages, input.Position);
        return (root, data);
    }

    /// <inheritdoc/>
    public long GetLength(string key) => Place(key).Bytes;

    /// <inheritdoc/>
    public byte[] Read(string key, long start, int count)
    {
        byte[] bytes = new byte[count];
        _stream.Position = Place(key).At + start;
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private static PickleValue Load(PickleInput input) => new RestrictedUnpickler(
        input, _ => throw TorchGlobals.Damaged("a storage is described before its place")).Load();

    private void FindPlaces(List<PickleValue> keys, TorchStorages storages, long at)
    {
        byte[] countBytes = new byte[CountBytes];
        foreach (PickleValue keyValue in keys)
        {
            string key = TorchStorages.GetKey(keyValue);
            if (storages.Find(key) is not { } storage)
            {
                throw TorchGlobals.Damaged(
                    $"storage '{CheckpointException.Sanitize(key)}' is listed but not described");
            }

            RequireFollowing(at, CountBytes, key);
            _stream.Position = at;
            _stream.ReadExactly(countBytes);
            long count = BinaryPrimitives.ReadInt64LittleEndian(countBytes);
            if (count != storage.Count)
            {
                throw new InvalidDataException($"is damaged: storage '{CheckpointException.Sanitize(key)}' has {count} "
                    + $"numbers instead of {storage.Count}; copy it again.");
            }

            at += CountBytes;
            RequireFollowing(at, storage.Bytes, key);
            if (!_places.TryAdd(key, (at, storage.Bytes)))
            {
                throw TorchGlobals.Damaged($"storage '{CheckpointException.Sanitize(key)}' is listed twice");
            }

            at += storage.Bytes;
        }
    }

    private void RequireFollowing(long at, long bytes, string key)
    {
        if (bytes > _stream.Length - at)
        {
            throw new InvalidDataException(
                $"is cut short: storage '{CheckpointException.Sanitize(key)}' is not whole; copy it again.");
        }
    }

    private (long At, long Bytes) Place(string key) => _places.TryGetValue(key, out (long At, long Bytes) place)
        ? place
        : throw new InvalidDataException(
            $"has no storage '{CheckpointException.Sanitize(key)}', which its pickle names; copy it again.");
}
