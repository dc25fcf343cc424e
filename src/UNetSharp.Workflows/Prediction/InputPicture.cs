namespace UNetSharp.Workflows;

/// <summary>A picture to predict.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Name">What its results are called.</param>
/// <param name="Page">Page of the file, the first is 0; null if it has but one.</param>
public sealed record InputPicture(string Path, string Name, int? Page = null)
{
    /// <summary>File and page, as people read them.</summary>
    public string Text => Path + PageText;

    /// <summary>The same without folders.</summary>
    public string ShortText => System.IO.Path.GetFileName(Path) + PageText;

    private string PageText => Page is { } page ? $"[{page}]" : "";
}
