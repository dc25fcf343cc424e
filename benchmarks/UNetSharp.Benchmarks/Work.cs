using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Training;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Benchmarks;

/// <summary>What is measured: a network on one image of 3 channels, 2 classes.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Width">Channels at full size.</param>
/// <param name="Side">Height and width of the image.</param>
/// <param name="IsTraining">
/// Whether a whole step of training is measured (forward, cross entropy, backward, RMSprop) or the forward run alone.
/// </param>
internal sealed record Work(string Name, int Width, int Side, bool IsTraining)
{
    public static IReadOnlyList<Work> All { get; } =
    [
        new("unet64-infer-256", 64, 256, false),
        new("unet64-infer-512", 64, 512, false),
        new("unet16-infer-512", 16, 512, false),
        new("unet64-train-256", 64, 256, true),
        new("unet64-train-512", 64, 512, true),
    ];
}

/// <summary>Our side of a work.</summary>
internal sealed class OurSide : IDisposable
{
    private readonly Work _work;
    private readonly UNet _network;
    private readonly Tensor _image;
    private readonly Tensor _target;
    private readonly Value _input;
    private readonly Value _logits;
    private readonly InferencePlan? _inference;
    private readonly TrainingStep? _training;

    public OurSide(Work work, Workers workers)
    {
        _work = work;
        _network = new UNet(3, 2, work.Width, seed: 1);
        var random = new Random(2);
        _image = new Tensor(new Shape(1, work.Side, work.Side, 3));
        _target = new Tensor(new Shape(1, work.Side, work.Side, 1));
        foreach (ref float value in _image.Data)
        {
            value = random.NextSingle();
        }

        for (int i = 0; i < _target.Data.Length; i++)
        {
            _target.Data[i] = _image.Data[3 * i] > 0.6f ? 1 : 0;
        }

        _input = Value.Input(_image.Shape);
        _logits = _network.Forward(_input);
        GraphOf graph = new(_logits);
        Macs = graph.Macs * (work.IsTraining ? 3 : 1);
        if (work.IsTraining)
        {
            _training = new TrainingStep(_network, CrossEntropy.Of, new RmsProp(_network.Parameters()), workers);
        }
        else
        {
            _inference = new InferencePlan(graph, workers);
        }
    }

    /// <summary>Multiplications and additions of a run; a training step counts three forward runs.</summary>
    public long Macs { get; }

    /// <summary>Bytes that the plan holds.</summary>
    public long MemoryBytes => _inference?.MemoryBytes ?? _training!.MemoryBytes;

    /// <summary>Writes weights, image and target for the peer.</summary>
    public void Save(string path)
    {
        StoredTensor image = new("image", [1, 3, _work.Side, _work.Side], Planes(_image));
        StoredTensor target = new("target", [1, 1, _work.Side, _work.Side], _target.Data.ToArray());
        SafetensorsWriter.Write(path, [.. StateDict.Of(_network), image, target], new Dictionary<string, string>());
    }

    /// <summary>
    /// One run whose results are compared: logits, or the loss and the gradients of the first and the last convolution.
    /// </summary>
    public float[] Check()
    {
        if (_training is null)
        {
            Run();
            Tensor logits = new(_logits.Shape, _inference!.Output(_logits));
            return Planes(logits);
        }

        float loss = _training.Run(_image, _target);
        Parameter Named(string name) => _network.Parameters().Single(parameter => parameter.Name == name);
        return
        [
            loss, .. Named("inc.double_conv.0.weight").Gradient, .. Named("outc.conv.weight").Gradient,
        ];
    }

    /// <summary>One run.</summary>
    public void Run()
    {
        if (_training is not null)
        {
            _training.Run(_image, _target);
            return;
        }

        _image.Data.CopyTo(_inference!.Input(_input));
        _inference.Run();
    }

    public void Dispose()
    {
        _inference?.Dispose();
        _training?.Dispose();
    }

    private static float[] Planes(Tensor tensor)
    {
        (int channels, int pixels) = (tensor.Shape.C, (int)tensor.Shape.Pixels);
        float[] planes = new float[channels * pixels];
        for (int i = 0; i < planes.Length; i++)
        {
            planes[i] = tensor.Data[(i % pixels * channels) + (i / pixels)];
        }

        return planes;
    }
}
