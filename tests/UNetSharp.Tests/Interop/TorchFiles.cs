using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace UNetSharp.Tests.Interop;

/// <summary>Files of torch.save around pickles of our own, and those that PyTorch made.</summary>
internal static class TorchFiles
{
    private static readonly byte[] Magic =
        [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    /// <summary>Path of a file made by tests/golden/make_checkpoints.py.</summary>
    public static string Golden(string name) =>
        Path.GetFullPath(Path.Combine(Here(), "../../golden/checkpoints", name + ".pth"));

    public static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    /// <summary>A zip file with a pickle and further entries.</summary>
    public static byte[] Zip(byte[] pickle, params (string Name, byte[] Bytes)[] entries) =>
        Zip(CompressionLevel.NoCompression, [("archive/data.pkl", pickle), .. entries]);

    /// <summary>A zip file with any entries.</summary>
    public static byte[] Zip(CompressionLevel compression, params (string Name, byte[] Bytes)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream entry = zip.CreateEntry(name, compression).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A stream of PyTorch before 1.6: pickles, then the storages, which are all of float32.</summary>
    public static byte[] Stream(byte[] pickle, params (string Key, byte[] Bytes)[] storages)
    {
        PickleBytes keys = new PickleBytes().Code("](");
        List<byte> data = [];
        foreach ((string key, byte[] bytes) in storages)
        {
            keys.Text(key);
            data.AddRange(BitConverter.GetBytes((long)bytes.Length / sizeof(float)));
            data.AddRange(bytes);
        }

        return
        [
            .. Magic, (byte)'.', .. new PickleBytes().Int(1001).Done, .. new PickleBytes().Code("}").Done,
            .. pickle, .. keys.Code("e").Done, .. data,
        ];
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
