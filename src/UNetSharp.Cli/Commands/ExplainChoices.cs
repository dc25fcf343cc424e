namespace UNetSharp.Cli.Commands;

/// <summary>What the options of <see cref="ExplainCommand"/> say.</summary>
internal sealed record ExplainChoices(
    string View,
    string Input,
    string Out,
    string? Map,
    int Class,
    string? Layer,
    (int X, int Y)? At,
    string? Region,
    int? Patch,
    int? Stride,
    int Threads)
{
    /// <summary>The region that is the whole object at a pixel.</summary>
    public const string ComponentRegion = "component";

    /// <summary>Where in the picture the explained pixels are, for a sentence.</summary>
    public string Where => (Region, At) switch
    {
        (ComponentRegion, { } at) => $" in the object at {at.X},{at.Y}",
        (_, { } at) => $" at {at.X},{at.Y}",
        (null, null) => "",
        _ => " in the marked region",
    };

    /// <summary>What the drawing says of the region.</summary>
    public string? Marked => At is null && Region is null ? null : "in blue: what is explained";
}
