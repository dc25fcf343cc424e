namespace UNetSharp.Data;

/// <summary>What the user says of masks; what is null is found out.</summary>
/// <param name="Classes">Number of classes, 1 for background and foreground.</param>
/// <param name="Kind">What values stand for.</param>
/// <param name="Ignored">The value of pixels of which nobody knows what they are; they count nowhere.</param>
public sealed record MaskSettings(int? Classes = null, MaskKind? Kind = null, int? Ignored = null);

/// <summary>What the values of masks stand for.</summary>
public enum MaskKind
{
    /// <summary>0 is background, every other value foreground.</summary>
    Foreground,

    /// <summary>Each value is a class.</summary>
    Classes,

    /// <summary>Each value is an object: its number, or a colour of its own. All of them are foreground.</summary>
    Instances,
}
