"""The PyTorch side of the benchmark: a process that loads the same weights and image and times itself.

    torch_peer.py THREADS nchw|channels_last

Says {"version": V}, or {"absent": REASON} without PyTorch. Then reads one JSON command a line from standard input and
answers each with one JSON line:
    {"do": "load", "work": W, "file": F, "train": bool}     network, image and target from a safetensors file
    {"do": "check", "out": F, "gradients": [NAME, ...]}     the first run; its results are written to F as safetensors
    {"do": "run"}                                           one timed run: {"ms": t}
    {"do": "memory"}                                        peak memory of the process: {"bytes": b}
"""
import json
import re
import struct
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError as error:
    print(json.dumps({"absent": str(error)}), flush=True)
    sys.exit()


class DoubleConv(nn.Module):
    def __init__(self, cin, cout, mid):
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(cin, mid, 3, padding=1, bias=False), nn.BatchNorm2d(mid), nn.ReLU(inplace=True),
            nn.Conv2d(mid, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True))

    def forward(self, x):
        return self.double_conv(x)


class Block(nn.Module):
    """A level under the names of the checkpoint: maxpool_conv.1 on the way down, conv on the way up and out."""

    def __init__(self, name, body):
        super().__init__()
        self.add_module(name, nn.Sequential(nn.MaxPool2d(2), body) if name == "maxpool_conv" else body)
        self.forward = getattr(self, name).forward


class UNet(nn.Module):
    """The padded U-Net with batch norm and bilinear up-sampling."""

    def __init__(self, channels, classes, w):
        super().__init__()
        self.inc = DoubleConv(channels, w, w)
        for i, (a, b) in enumerate([(w, 2 * w), (2 * w, 4 * w), (4 * w, 8 * w), (8 * w, 8 * w)]):
            self.add_module(f"down{i + 1}", Block("maxpool_conv", DoubleConv(a, b, b)))
        for i, (a, b) in enumerate([(16 * w, 4 * w), (8 * w, 2 * w), (4 * w, w), (2 * w, w)]):
            self.add_module(f"up{i + 1}", Block("conv", DoubleConv(a, b, a // 2)))
        self.outc = Block("conv", nn.Conv2d(w, classes, 1))

    def forward(self, x):
        skips = [self.inc(x)]
        for down in (self.down1, self.down2, self.down3, self.down4):
            skips.append(down(skips[-1]))
        y = skips.pop()
        for up in (self.up1, self.up2, self.up3, self.up4):
            y = F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=True)
            y = up(torch.cat([skips.pop(), y], 1))
        return self.outc(y)


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    types = {"F32": torch.float32, "I64": torch.int64}
    return {name: torch.frombuffer(data, dtype=types[e["dtype"]], offset=e["data_offsets"][0],
                                   count=max(1, torch.Size(e["shape"]).numel())).reshape(e["shape"]).clone()
            for name, e in header.items() if name != "__metadata__"}


def write(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Peer:
    def __init__(self, layout):
        self.layout = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}[layout]

    def load(self, work, file, train):
        tensors = read(file)
        self.x = tensors.pop("image").contiguous(memory_format=self.layout)
        self.target = tensors.pop("target").long()[:, 0]
        first, last = tensors["inc.double_conv.0.weight"], tensors["outc.conv.weight"]
        self.net = UNet(first.shape[1], last.shape[0], first.shape[0])
        self.net.load_state_dict(tensors)
        self.net.train(train).to(memory_format=self.layout)
        self.optimizer = torch.optim.RMSprop(self.net.parameters(), lr=1e-5, weight_decay=1e-8, momentum=0.9)
        return {}

    def step(self):
        if not self.net.training:
            with torch.inference_mode():
                return self.net(self.x)
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.net(self.x), self.target)
        loss.backward()
        self.optimizer.step()
        return loss

    def check(self, out, gradients):
        """Logits; or two losses, a step apart, and gradients of the first step."""
        first = self.step()
        if not self.net.training:
            write(out, {"logits": first})
        else:
            parameters = dict(self.net.named_parameters())
            results = {name: parameters[name].grad.clone() for name in gradients}
            write(out, results | {"loss": first, "loss after a step": self.step()})
        return {}

    def run(self):
        begin = time.perf_counter()
        self.step()
        return {"ms": 1e3 * (time.perf_counter() - begin)}

    def memory(self):
        with open("/proc/self/status") as file:
            return {"bytes": int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) * 1024}


torch.set_num_threads(int(sys.argv[1]))
peer = Peer(sys.argv[2])
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(getattr(peer, command.pop("do"))(**command)), flush=True)
