namespace UNetSharp.Data;

/// <summary>Which random flips are made in training.</summary>
public enum Flips
{
    /// <summary>None.</summary>
    None,

    /// <summary>Left and right change places in half of the images.</summary>
    Horizontal,

    /// <summary>Top and bottom change places in half of the images.</summary>
    Vertical,

    /// <summary>Both, each with a coin of its own.</summary>
    Both,
}
