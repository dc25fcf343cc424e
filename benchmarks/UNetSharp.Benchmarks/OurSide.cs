using System.Diagnostics;
using System.Text.Json.Nodes;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Training;

namespace UNetSharp.Benchmarks;

/// <summary>
/// Our side of a work, in a process of its own like every peer, so that times and peak memory are taken alike. It
/// understands the commands of peers/torch_peer.py.
/// </summary>
internal sealed class OurSide : IDisposable
{
    private readonly CpuDevice _device;
    private readonly Network _network;
    private readonly Tensor _image;
    private readonly Tensor _target;
    private readonly Value _input;
    private readonly Value _logits;
    private readonly Plan? _inference;
    private readonly TrainingStep? _training;

    private OurSide(Workload work, string file, int threads)
    {
        _device = new CpuDevice(threads);
        _network = work.CreateNetwork();
        Dictionary<string, StoredTensor> tensors = SafetensorsReader.Read(file).Tensors.ToDictionary(t => t.Name);
        tensors.Remove(Workload.Image, out StoredTensor? image);
        tensors.Remove(Workload.Target, out StoredTensor? target);
        StateDict.Load(_network, [.. tensors.Values], file);
        _image = ChannelPlanes.ToTensor(work.ImageShape, image!.Values);
        _target = ChannelPlanes.ToTensor(work.TargetShape, target!.Values);
        _input = Value.Input(_image.Shape);
        _logits = _network.Forward(_input);
        if (work.IsTraining)
        {
            _training = new TrainingStep(_network, CrossEntropy.Compute, new RmsProp(_network.Store), _device);
        }
        else
        {
            _inference = _device.Compile(
                new ComputationGraph(_logits), _network.Store, PlanSettings.ForInference());
        }
    }

    /// <summary>Loads a work, and gives what runs it once.</summary>
    public static Action Runner(string work, string file, int threads)
    {
        OurSide side = new(Workload.All.Single(entry => entry.Name == work), file, threads);
        return () => side.Run();
    }

    /// <summary>Answers commands from standard input until it ends.</summary>
    public static int Serve(int threads)
    {
        Console.WriteLine(new JsonObject { ["version"] = "" }.ToJsonString());
        OurSide? side = null;
        while (Console.ReadLine() is { } line)
        {
            JsonNode command = JsonNode.Parse(line)!;
            JsonObject answer = [];
            switch (command["do"]!.GetValue<string>())
            {
                case "load":
                    Workload work = Workload.All.Single(work => work.Name == command["work"]!.GetValue<string>());
                    side = new OurSide(work, command["file"]!.GetValue<string>(), threads);
                    break;
                case "check":
                    side!.Check(
                        command["out"]!.GetValue<string>(),
                        [.. command["gradients"]!.AsArray().Select(name => name!.GetValue<string>())]);
                    break;
                case "run":
                    var clock = Stopwatch.StartNew();
                    side!.Run();
                    answer["ms"] = clock.Elapsed.TotalMilliseconds;
                    break;
                case "memory":
                    answer["bytes"] = ProcessMemory.PeakBytes();
                    break;
            }

            Console.WriteLine(answer.ToJsonString());
        }

        side?.Dispose();
        return 0;
    }

    public void Dispose()
    {
        _inference?.Dispose();
        _training?.Dispose();
        _device.Dispose();
    }

    private float Run()
    {
        if (_training is not null)
        {
            return _training.Train(_image, _target);
        }

        _inference!.SetInput(_input, _image.Data);
        _inference.Forward();
        return 0;
    }

    /// <summary>Writes the results: logits; or two losses, a step apart, and gradients of the first step.</summary>
    private void Check(string path, string[] gradients)
    {
        List<StoredTensor> results = [];
        float first = Run();
        if (_inference is not null)
        {
            Shape shape = _logits.Shape;
            float[] planes = ChannelPlanes.FromPixels(shape, _inference.GetOutput(_logits).Data);
            results.Add(new StoredTensor("logits", [shape.N, shape.C, shape.H, shape.W], planes));
        }
        else
        {
            results.AddRange(_network.Parameters()
                .Where(parameter => gradients.Contains(parameter.Name))
                .Select(parameter => new StoredTensor(
                    parameter.Name, parameter.Dims, _network.Store.GetGradients(parameter).ToArray())));
            results.Add(new StoredTensor("loss", [], [first]));
            results.Add(new StoredTensor("loss after a step", [], [Run()]));
        }

        SafetensorsWriter.Write(path, results, new Dictionary<string, string>());
    }
}
