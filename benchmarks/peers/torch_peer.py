"""The PyTorch side of the benchmark: a process that loads the same weights and image and times itself.

    torch_peer.py THREADS nchw|channels_last

Says {"version": V}, or {"absent": REASON} without PyTorch. Then reads one JSON command a line from standard input and
answers each with one JSON line:
    {"do": "load", "settings": S, "file": F, "train": bool} network, image and target from a safetensors file
    {"do": "export", "out": F}                              the network as ONNX
    {"do": "check", "out": F, "gradients": [NAME, ...]}     the first run; its results are written to F as safetensors
    {"do": "run"}                                           one timed run: {"ms": t}
    {"do": "memory"}                                        peak memory of the process: {"bytes": b}
"""
import json
import re
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from networks import create
    from tensors import read, write
except ImportError as error:
    print(json.dumps({"absent": str(error)}), flush=True)
    sys.exit()


class Peer:
    def __init__(self, layout):
        self.layout = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}[layout]

    def load(self, settings, file, train, **_):
        tensors = read(file)
        self.x = tensors.pop("image").contiguous(memory_format=self.layout)
        self.target = tensors.pop("target").long()[:, 0]
        self.net = create(json.loads(settings))
        self.net.load_state_dict(tensors)
        self.net.train(train).to(memory_format=self.layout)
        self.optimizer = torch.optim.RMSprop(self.net.parameters(), lr=1e-5, weight_decay=1e-8, momentum=0.9)
        return {}

    def step(self):
        if not self.net.training:
            with torch.inference_mode():
                return self.net(self.x)[0]
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.net(self.x)[0], self.target)
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

    def export(self, out):
        """Opset 13; the layers' sizes are those of the image."""
        class First(torch.nn.Module):
            def __init__(self, net):
                super().__init__()
                self.net = net

            def forward(self, x):
                return self.net(x)[0]

        torch.onnx.export(First(self.net).eval(), self.x, out, opset_version=13, input_names=["image"],
                          output_names=["logits"], do_constant_folding=True)
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
