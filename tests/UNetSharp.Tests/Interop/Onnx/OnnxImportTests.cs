using System.Runtime.InteropServices;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;

namespace UNetSharp.Tests.Interop.Onnx;

public sealed class OnnxImportTests : IDisposable
{
    // All operations that are read, as PyTorch writes them; sizes that do not divide, so that it pads and resizes.
    private const string Script = """
        import sys, torch
        from torch import nn
        from torch.nn import functional as F

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU())
                strided = nn.Conv2d(6, 8, 3, stride=2, padding=2, dilation=2)
                self.b = nn.Sequential(strided, nn.LeakyReLU(0.1), nn.Dropout(0.5))
                self.norm = nn.BatchNorm2d(8)
                self.up = nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1)
                self.gate = nn.Conv2d(6, 1, 1)
                self.side = nn.Conv2d(8, 6, (1, 3), padding=(0, 1))
                self.out = nn.Conv2d(18, 1, 1)
                self.deep = nn.Conv2d(6, 6, 3, padding=1, groups=6)
                self.pairs = nn.Conv2d(6, 6, 3, padding=1, groups=3)

            def logits(self, x):
                x = (x - 0.5) / 0.25 * torch.tensor([1.0, 2.0, 3.0]).view(1, 3, 1, 1) + 1
                a = self.a(x)
                d = F.relu6(4 * self.deep(a)) * torch.sigmoid(F.adaptive_avg_pool2d(a, 1)) + F.avg_pool2d(a, 3, 1, 1)
                e, f = self.pairs(F.hardswish(d)).chunk(2, 1)
                a = a + torch.cat([f, torch.softmax(e, 1)], 1)
                b = self.norm(self.b(F.max_pool2d(a, 2, ceil_mode=True)))
                u = self.up(b)
                h, w = a.shape[2] - u.shape[2], a.shape[3] - u.shape[3]
                u = F.pad(u, [w // 2, w - w // 2, h // 2, h - h // 2])
                s = F.interpolate(self.side(b), size=a.shape[2:], mode='bilinear', align_corners=True)
                t = self.side(b) - self.side(b).relu()
                t = F.interpolate(t, size=a.shape[2:], mode='bilinear', align_corners=False)
                n = F.interpolate(F.max_pool2d(a, 2), scale_factor=2, mode='nearest')[:, :, : a.shape[2] - 5, 3:]
                n = F.pad(n, [2, 3, 4, 1], mode='reflect')
                n = F.interpolate(n, size=a.shape[2:], mode='nearest')
                return self.out(torch.cat([u + n, s * torch.sigmoid(self.gate(a)), t], 1))

            def forward(self, x):
                y = self.logits(x)
                return torch.sigmoid(y), y

        opset, dynamic, folder = int(sys.argv[1]), sys.argv[2] == 'True', sys.argv[3]
        torch.manual_seed(0)
        net = Net()
        for p in [net.a[1], net.norm]:
            p.running_mean.uniform_(-0.3, 0.3), p.running_var.uniform_(0.5, 2)
        net.eval()
        x = torch.rand(1, 3, 45, 54)
        axes = {'x': {0: 'n', 2: 'h', 3: 'w'}} if dynamic else None
        torch.onnx.export(net, x, folder + '/net.onnx', opset_version=opset, input_names=['x'], dynamic_axes=axes)
        x = torch.rand(1, 3, 39, 61) if dynamic else x
        x.detach().numpy().tofile(folder + '/image')
        net.logits(x).detach().numpy().tofile(folder + '/logits')
        """;

    private readonly TemporaryFolder _folder = new();

    [PyTorchTheory]
    [InlineData(11, false)]
    [InlineData(11, true)]
    [InlineData(12, true)]
    [InlineData(13, false)]
    [InlineData(13, true)]
    [InlineData(16, true)]
    public void What_PyTorch_exports_computes_what_PyTorch_computes(int opset, bool isDynamic)
    {
        PyTorchFactAttribute.Run(Script, $"{opset}", $"{isDynamic}", Path.GetDirectoryName(File("x"))!);
        (int height, int width) = isDynamic ? (39, 61) : (45, 54);

        TrainedNetwork trained = TrainedNetwork.Load(File("net.onnx"));

        Assert.Equal((3, 1), (trained.Network.Channels, trained.Network.Classes));
        Assert.Equal(isDynamic ? null : new PictureSize(45, 54), trained.Description.Size);
        StoredTensor image = new("image", [1, 3, height, width], Floats("image"));
        StoredTensor logits = new("logits", [1, 1, height, width], Floats("logits"));
        OnnxNetworks.AssertClose(logits, OnnxNetworks.Run(trained.Network, image), 1e-5f);
    }

    [Fact]
    public void U2Net_with_its_sides_is_taken_for_background_removal()
    {
        TrainedNetwork trained = OnnxNetworks.Create("u2netp", channels: 3, classes: 1);
        OnnxModel model = trained.ToOnnx(new OnnxSettings(new PictureSize(32, 32)));
        OnnxNode sigmoid = new("s", "Sigmoid", ["logits"], ["map"], []);
        OnnxValueInfo[] outputs = [new("map", []), .. Enumerable.Repeat(model.Outputs[0], 6)];
        model = model with { Nodes = [.. model.Nodes, sigmoid], Outputs = outputs };
        (model with { Metadata = new Dictionary<string, string>() }).Write(File("n.onnx"));

        TrainedNetwork back = TrainedNetwork.Load(File("n.onnx"));

        Assert.Equal(Normalization.Saliency, back.Description.Normalization);
        Assert.Equal(new PictureSize(32, 32), back.Description.Size);
        StoredTensor image = OnnxNetworks.Image(1, 3, 32, 32);
        StoredTensor expected = OnnxNetworks.Run(trained.Network, image);
        OnnxNetworks.AssertClose(expected, OnnxNetworks.Run(back.Network, image), 1e-5f);
    }

    [Theory]
    [InlineData(320, true, Normalization.Saliency)]
    [InlineData(320, false, Normalization.Unit)]
    [InlineData(256, true, Normalization.Unit)]
    public void So_is_a_map_of_probabilities_alone_at_its_size(int side, bool hasSigmoid, Normalization expected)
    {
        OnnxSettings settings = new(new PictureSize(side, side));
        OnnxModel model = OnnxNetworks.Create("unet", channels: 3, classes: 1).ToOnnx(settings);
        if (hasSigmoid)
        {
            OnnxNode sigmoid = new("s", "Sigmoid", ["logits"], ["map"], []);
            model = model with { Nodes = [.. model.Nodes, sigmoid], Outputs = [new("map", [])] };
        }

        (model with { Metadata = new Dictionary<string, string>() }).Write(File("n.onnx"));

        Assert.Equal(expected, TrainedNetwork.Load(File("n.onnx")).Description.Normalization);
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused()
    {
        TrainedNetwork trained = OnnxNetworks.Create("unet");
        ParameterStore store = trained.Network.Store;
        float[] values = store.GetValues(store.Parameters[0]).ToArray();
        values[3] = float.NaN;
        store.SetValues(store.Parameters[0], values);
        trained.SaveOnnx(File("n.onnx"), new OnnxSettings(new PictureSize(32, 32)));

        CheckpointException e = Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(File("n.onnx")));

        Assert.Contains("inc.double_conv.0.weight", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_not_chosen_for_an_ONNX_file_and_no_other_file_is_made_of_it()
    {
        OnnxNetworks.Create("unet").SaveOnnx(File("n.onnx"), new OnnxSettings(new PictureSize(32, 32)));

        Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(File("n.onnx"), "unet"));
        Assert.Throws<CheckpointException>(() => TrainedNetwork.Load(File("n.onnx")).Save(File("n.safetensors")));
        Assert.False(System.IO.File.Exists(File("n.safetensors")));
    }

    public void Dispose() => _folder.Dispose();

    private string File(string name) => _folder.File(name);

    private float[] Floats(string name) =>
        MemoryMarshal.Cast<byte, float>(System.IO.File.ReadAllBytes(File(name))).ToArray();
}
