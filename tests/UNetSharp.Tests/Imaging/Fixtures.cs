using System.Runtime.CompilerServices;

namespace UNetSharp.Tests.Imaging;

/// <summary>Small image files made by fixtures/make.py.</summary>
internal static class Fixtures
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Here())!, "fixtures");

    public static string GetPath(string name) => Path.Combine(Folder, name);

    private static string Here([CallerFilePath] string path = "") => path;
}
