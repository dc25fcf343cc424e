namespace UNetSharp.Interop.PyTorch;

/// <summary>The numbers of a checkpoint beside its pickle.</summary>
internal interface ITorchData
{
    /// <summary>How many bytes the file has of a storage.</summary>
    /// <exception cref="InvalidDataException">The file does not have the storage.</exception>
    long GetLength(string key);

    /// <summary>Bytes of a storage that are within <see cref="GetLength"/>.</summary>
    byte[] Read(string key, long start, int count);
}
