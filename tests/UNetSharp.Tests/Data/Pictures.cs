using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

/// <summary>Pictures made in memory, and folders of them that a reader hands out by path.</summary>
internal sealed class Pictures : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Picture> _pictures = [];

    public string Path => _folder.Path;

    /// <summary>An 8-bit grey picture.</summary>
    public static Picture Grey(int width, int height, params float[] samples) =>
        new(width, height, channels: 1, fullScale: 255, samples);

    /// <summary>An 8-bit grey picture in one tone.</summary>
    public static Picture Flat(int width, int height, float value) =>
        Grey(width, height, [.. Enumerable.Repeat(value, width * height)]);

    /// <summary>Adds a pair NAME.png of image and mask.</summary>
    public void Add(string name, Picture image, Picture mask)
    {
        Put($"images/{name}.png", image);
        Put($"masks/{name}.png", mask);
    }

    /// <summary>Adds one file; without a picture it is one that cannot be read.</summary>
    public void Put(string name, Picture? picture)
    {
        string path = _folder.File(name);
        File.WriteAllBytes(path, []);
        if (picture is not null)
        {
            _pictures[path] = picture;
        }
    }

    /// <summary>Makes a file one that cannot be read.</summary>
    public void Damage(string name) => _pictures.Remove(_folder.File(name));

    public DataFolder Find() => DataFolder.Find(_folder.Path);

    public Picture Read(string path) =>
        _pictures.TryGetValue(path, out Picture? picture) ? picture : throw new DataException($"{path}: is damaged.");

    public void Dispose() => _folder.Dispose();
}
