using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;
using UNetSharp.Training;

namespace UNetSharp.Tests.Interop;

/// <summary>Every network's weights in PyTorch: loaded by name, they compute what they compute here.</summary>
public sealed class ExchangeTests : IDisposable
{
    // Builds the network of the file's own description, loads the weights (our safetensors by hand, .pth by torch.load)
    // and prints the probabilities of the image whose numbers are in a file.
    private const string Predict = """
        import json, struct, sys
        import numpy as np, torch
        golden, weights, image = sys.argv[1:4]
        settings, (h, w) = json.loads(sys.argv[4]), json.loads(sys.argv[5])
        sys.path.insert(0, golden)
        from networks import create
        net = create(settings)
        if weights.endswith(".pth"):
            state = torch.load(weights)
        else:
            raw = open(weights, "rb").read()
            n = struct.unpack("<Q", raw[:8])[0]
            state = {}
            for name, entry in json.loads(raw[8:8 + n]).items():
                if name != "__metadata__":
                    begin, end = entry["data_offsets"]
                    kind = {"F32": np.float32, "I64": np.int64}[entry["dtype"]]
                    values = np.frombuffer(raw[8 + n + begin:8 + n + end], kind)
                    state[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
        net.load_state_dict(state)
        net.eval()
        x = torch.from_numpy(np.fromfile(image, np.float32)).reshape(1, h, w, -1).permute(0, 3, 1, 2)
        with torch.no_grad():
            y = net(x.contiguous())[0]
        y = torch.sigmoid(y) if y.shape[1] == 1 else torch.softmax(y, 1)
        print(json.dumps(y.permute(0, 2, 3, 1).flatten().tolist()))
        """;

    // Prints how far logits of a file are from those in double precision, and the share of pixels of another class.
    private const string Doubles = """
        import json, sys
        import numpy as np, torch
        golden, weights, image, logits = sys.argv[1:5]
        settings, (h, w) = json.loads(sys.argv[5]), json.loads(sys.argv[6])
        sys.path.insert(0, golden)
        from networks import create
        net = create(settings)
        net.load_state_dict(torch.load(weights))
        net.double().eval()
        def planes(file):
            pixels = torch.from_numpy(np.fromfile(file, np.float32)).reshape(1, h, w, -1)
            return pixels.permute(0, 3, 1, 2).double()
        with torch.no_grad():
            expected = net(planes(image).contiguous())[0]
        actual = planes(logits)
        differing = (actual.argmax(1) != expected.argmax(1)).double().mean()
        print(json.dumps([(actual - expected).abs().max().item(), expected.std().item(), differing.item()]))
        """;

    private readonly TemporaryFolder _folder = new();

    [PyTorchFact]
    [Trait("Cost", "high")]
    public void PyTorch_computes_the_same_from_what_is_exported()
    {
        foreach (ModelEntry entry in ModelCatalog.Entries.Where(entry => entry.Name != "u2net"))
        {
            ModelSettings settings = entry.Default with { BaseChannels = 4, LevelChannels = [4, 6] };
            Network network = ModelCatalog.Create(settings, seed: 3);
            GoldenValues.Fill(network.Store, shift: 0);
            TrainedNetwork trained = new(network, NetworkDescription.CreateDefault(settings));
            int side = network.InputSide(32);
            Tensor image = GoldenValues.Image("image", Shape.Nchw(1, settings.Channels, side, side));
            System.IO.File.WriteAllBytes(File("image"), Bytes(image));
            trained.Save(File("w.safetensors"));
            PyTorchWriter.Write(File("w.pth"), StateDict.FromModule(network));

            float[] expected = Ours(network, image);

            foreach (string file in new[] { "w.safetensors", "w.pth" })
            {
                string output = PyTorchFactAttribute.Run(
                    Predict, GoldenFolder(), File(file), File("image"), JsonSerializer.Serialize(settings),
                    $"[{side}, {side}]");
                float[] actual = JsonSerializer.Deserialize<float[]>(output)!;
                CloseAssert.AreWithin(expected, actual, 1e-4, $"{entry.Name}, {file}");
            }
        }
    }

    [PyTorchFact]
    [Trait("Cost", "high")]
    public void Fast_convolutions_of_a_trained_network_keep_to_double_precision()
    {
        const int Side = 128;
        ModelSettings settings = ModelCatalog.Entry("unet").Default with { Channels = 1, BaseChannels = 16 };
        Network network = ModelCatalog.Create(settings, seed: 1);
        Tensor image = TestTensors.Random(Shape.Nchw(1, 1, Side, Side), seed: 1);
        Tensor mask = new(image.Shape);
        for (int i = 0; i < image.Data.Length; i++)
        {
            bool isForeground = (i / Side / 16 % 2) + (i % Side / 16 % 2) == 1;
            mask.Data[i] = isForeground ? 1 : 0;
            image.Data[i] += isForeground ? 1 : 0;
        }

        using (CpuDevice device = new(2))
        using (TrainingStep step = new(
            network, LossCatalog.Create("ce", settings.Classes), Adam.Create(
                network.Store, learningRate: 5e-3), device))
        {
            float first = step.Train(image, mask);
            float last = first;
            for (int i = 0; i < 60; i++)
            {
                last = step.Train(image, mask);
            }

            Assert.True(last < 0.2 * first, $"the loss went from {first} to {last}");
        }

        float[] logits = Run(network, image, x => x);
        System.IO.File.WriteAllBytes(File("image"), Bytes(image));
        System.IO.File.WriteAllBytes(File("logits"), MemoryMarshal.AsBytes(logits.AsSpan()).ToArray());
        PyTorchWriter.Write(File("w.pth"), StateDict.FromModule(network));
        double[] measured = JsonSerializer.Deserialize<double[]>(PyTorchFactAttribute.Run(
            Doubles,
            GoldenFolder(),
            File("w.pth"),
            File("image"),
            File("logits"),
            JsonSerializer.Serialize(settings),
            $"[{Side}, {Side}]"))!;

        Assert.InRange(measured[0], 1e-9, 1e-3); // not zero: something was compared
        Assert.InRange(measured[0] / measured[1], 0, 1e-4);
        Assert.InRange(measured[2], 0, 1e-4);
    }

    public void Dispose() => _folder.Dispose();

    private static float[] Ours(Network network, Tensor image) =>
        Run(network, image, logits => network.Classes == 1 ? logits.Sigmoid() : logits.Softmax());

    private static float[] Run(Network network, Tensor image, Func<Value, Value> finish)
    {
        using CpuDevice device = new(2);
        Value x = Value.Input(image.Shape);
        Value y = finish(network.Forward(x));
        using Plan plan = device.Compile(
            new ComputationGraph(y), network.Store, PlanSettings.ForInference());
        plan.SetInput(x, image.Data);
        plan.Forward();
        return plan.Output(y).ToArray();
    }

    private static byte[] Bytes(Tensor image) =>
        MemoryMarshal.AsBytes(image.Data).ToArray();

    private static string GoldenFolder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../golden"));

    private string File(string name) => _folder.File(name);
}
