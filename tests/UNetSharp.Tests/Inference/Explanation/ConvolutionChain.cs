using UNetSharp.Data;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Models.Layers;

namespace UNetSharp.Tests.Inference.Explanation;

/// <summary>
/// A linear network of one foreground class that can be computed by hand: convolutions of grey images in a row.
/// </summary>
internal sealed class ConvolutionChain : Network
{
    private readonly Conv2d[] _layers;

    /// <param name="weights">Filters of each layer, kernel × kernel numbers.</param>
    public ConvolutionChain(params float[][] weights)
        : base(channels: 1, classes: 1)
    {
        _layers =
        [
            .. weights.Select((filter, i) => Add(
                $"layer{i + 1}",
                new Conv2d(1, 1, (int)Math.Sqrt(filter.Length), padding: (int)Math.Sqrt(filter.Length) / 2))),
        ];
        foreach ((Conv2d layer, float[] filter) in _layers.Zip(weights))
        {
            Parameter[] parameters = [.. layer.Parameters()];
            Store.SetValues(parameters[0], filter);
            Store.SetValues(parameters[1], [1]);
        }
    }

    /// <summary>The network as one that is trained.</summary>
    public TrainedNetwork Trained =>
        new(this, NetworkDescription.CreateDefault(new ModelSettings("unet", Channels: 1, Classes: 1)));

    public override Value Forward(Value image) => _layers.Aggregate(image, (x, layer) => layer.Forward(x));

    public override int InputSide(int outputSide) => outputSide;

    /// <summary>A grey picture of values from 0 to 1.</summary>
    public static Picture Image(int height, int width, params float[] samples) =>
        new(width, height, channels: 1, fullScale: 1, samples);
}
