using UNetSharp.Graph;

namespace UNetSharp.Models;

/// <summary>
/// A whole segmentation network. <see cref="Forward"/> is written like a PyTorch model over symbolic values and is run
/// once per image size, to record the graph that plans execute.
/// </summary>
public abstract class Network : Module
{
    /// <summary>Channels of the image.</summary>
    public abstract int Channels { get; }

    /// <summary>Channels of the result: 1 for one foreground class, K for K classes.</summary>
    public abstract int Classes { get; }

    /// <summary>Maps an image (N, channels, H, W) to logits (N, classes, H, W).</summary>
    public abstract Value Forward(Value image);
}
