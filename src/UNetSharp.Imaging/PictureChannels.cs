namespace UNetSharp.Imaging;

/// <summary>Channels that a network reads: grey or colour, into which all pictures are brought, or others as they
/// are.</summary>
internal static class PictureChannels
{
    /// <summary>Stands for grey or colour.</summary>
    public const int Plain = 3;

    /// <summary>Whether every picture can be brought to so many channels.</summary>
    public static bool IsPlain(int channels) => channels is 1 or Plain;
}
