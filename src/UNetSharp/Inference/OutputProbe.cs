using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Inference;

/// <summary>
/// What the values of a network mean, by what they are for a picture of coloured patches: those of probabilities lie
/// from 0 to 1, and those of classes of which each pixel has one add up to 1.
/// </summary>
internal static class OutputProbe
{
    private const int MaxSide = 1024;
    private const int PatchSide = 11;
    private const float MaxError = 1e-3f;

    private static readonly PictureSize OpenSize = new(96, 128);

    /// <summary>Runs the network once.</summary>
    public static OutputKind FindKind(Network network, NetworkDescription description)
    {
        PictureSize size = description.Size ?? OpenSize;
        if (Math.Max(size.Height, size.Width) > MaxSide)
        {
            return OutputKind.Logits;
        }

        var image = Value.Input(Shape.Nchw(1, network.Channels, size.Height, size.Width));
        Value result = network.Forward(image);
        using CpuDevice device = new(Environment.ProcessorCount);
        using Plan plan = device.Compile(
            new ComputationGraph(result), network.Store, PlanSettings.ForInference());
        float[] pixels = CreatePatches(size, network.Channels);
        description.ToNetwork(pixels);
        float[] values = new float[result.Shape.Count];
        plan.SetInput(image, pixels);
        plan.Forward();
        plan.CopyOutput(result, values);
        return FindKind(values, network.Classes);
    }

    /// <summary>What values mean.</summary>
    /// <param name="values">(pixels, classes).</param>
    /// <param name="classes">Values of a pixel.</param>
    internal static OutputKind FindKind(ReadOnlySpan<float> values, int classes)
    {
        bool addsUp = true;
        for (int pixel = 0; pixel < values.Length; pixel += classes)
        {
            float sum = 0;
            foreach (float value in values.Slice(pixel, classes))
            {
                if (!(value >= -MaxError && value <= 1 + MaxError))
                {
                    return OutputKind.Logits;
                }

                sum += value;
            }

            addsUp &= MathF.Abs(sum - 1) < classes * MaxError;
        }

        return classes == 1 || addsUp ? OutputKind.Probabilities : OutputKind.MultiLabel;
    }

    private static float[] CreatePatches(PictureSize size, int channels)
    {
        Random random = new(1);
        int columns = (size.Width / PatchSide) + 1;
        float[] colours = [.. Enumerable.Range(0, ((size.Height / PatchSide) + 1) * columns * channels)
            .Select(_ => random.NextSingle())];
        float[] pixels = new float[size.Height * size.Width * channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int pixel, int channel) = (i / channels, i % channels);
            int patch = (pixel / size.Width / PatchSide * columns) + (pixel % size.Width / PatchSide);
            pixels[i] = colours[(patch * channels) + channel];
        }

        return pixels;
    }
}
