using UNetSharp.Cpu;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

public sealed class GradientVectorTests : IDisposable
{
    private readonly CpuDevice _device = new(2);
    private readonly Network _network =
        ModelCatalog.Create(new ModelSettings("unet", 1, 1) { BaseChannels = 4 }, seed: 1);

    [Fact]
    public void A_long_vector_is_shortened_and_a_short_one_kept()
    {
        Fill((parameter, i) => MathF.Sin(i + parameter.Count));
        float[] before = Gradients();
        double norm = Math.Sqrt(before.Sum(g => (double)g * g));
        GradientVector vector = new(_network.Store, _device, accumulates: false);

        Assert.Equal(norm, vector.Clip(2 * norm), 1e-5 * norm);
        Assert.Equal(before, Gradients());
        Assert.Equal(norm, vector.Clip(0.25 * norm), 1e-5 * norm);
        Assert.All(before.Zip(Gradients()), pair => Assert.Equal(0.25f * pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void A_gradient_that_is_no_number_shows()
    {
        Fill((_, _) => 1);
        GradientVector vector = new(_network.Store, _device, accumulates: false);
        Assert.True(double.IsFinite(vector.Norm()));

        _network.Store.AllGradients[_network.Store.GetOffset(Trained.Last())] = float.NaN;

        Assert.False(double.IsFinite(vector.Norm()));
    }

    [Fact]
    public void The_mean_weighs_batches_by_their_images()
    {
        GradientVector vector = new(_network.Store, _device, accumulates: true);
        for (int round = 0; round < 2; round++)
        {
            Fill((_, i) => i);
            vector.Accumulate(3);
            Fill((_, i) => 5 * i);
            vector.Accumulate(1);
            vector.SetToMean();

            // (3 · i + 1 · 5i) / 4
            Assert.All(Trained, parameter =>
                Assert.Equal(2f * (parameter.Count - 1), _network.Store.GetGradients(parameter)[^1], 1e-2f));
        }
    }

    [Fact]
    public void An_average_of_weights_moves_by_the_rate()
    {
        Network average = ModelCatalog.Create(new ModelSettings("unet", 1, 1) { BaseChannels = 4 }, seed: 2);
        WeightAverage mean = new(_network, average, decay: 0.75);
        float start = _network.Store.AllValues[0];
        Assert.Equal(start, average.Store.AllValues[0]);

        _network.Store.AllValues[0] = start + 8;
        mean.Update(steps: 1, _device); // d = 2 / 11
        Assert.Equal(start + (8 * 9f / 11), average.Store.AllValues[0], 1e-5f);
        mean.Update(steps: 1000, _device); // d = 0.75
        Assert.Equal(start + (8 * (1 - (0.75f * 2 / 11))), average.Store.AllValues[0], 1e-5f);
    }

    public void Dispose() => _device.Dispose();

    private IEnumerable<Parameter> Trained =>
        _network.Parameters().Where(parameter => parameter.Kind == ParameterKind.Trained);

    private float[] Gradients() =>
        [.. Trained.SelectMany(parameter => _network.Store.GetGradients(parameter).ToArray())];

    private void Fill(Func<Parameter, int, float> value)
    {
        foreach (Parameter parameter in Trained)
        {
            _network.Store.SetGradients(
                parameter, [.. Enumerable.Range(0, parameter.Count).Select(i => value(parameter, i))]);
        }
    }
}
