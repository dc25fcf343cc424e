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

    /// <summary>Adds one file of several pages.</summary>
    public void PutPages(string name, params Picture[] pages)
    {
        Put(name, pages[0]);
        for (int page = 1; page < pages.Length; page++)
        {
            _pictures[PageName(_folder.File(name), page)] = pages[page];
        }
    }

    public DataFolder Find() => DataFolder.Find(_folder.Path, CountPages);

    private static string PageName(string path, int page) => page == 0 ? path : $"{path} page {page}";

    private int CountPages(string path)
    {
        int count = 1;
        while (_pictures.ContainsKey(PageName(path, count)))
        {
            count++;
        }

        return count;
    }

    public Picture Read(string path, int page = 0) =>
        _pictures.TryGetValue(PageName(path, page), out Picture? picture)
            ? picture
            : throw new DataException($"{path}: is damaged.");

    public void Dispose() => _folder.Dispose();
}
