"""PyTorch's side of the accuracy trial: trains the same network on the same batches and times its steps.

    torch_trainer.py THREADS

Says {"version": V}, or {"absent": REASON} without PyTorch. Then reads one JSON command a line from standard input and
answers each with one JSON line:
    {"do": "start", "settings": S, "file": F}          network and starting weights, Adam
    {"do": "learn", "file": F, "rates": [R, ...]}      a step of each batch in F: {"ms": of all steps}
    {"do": "predict", "file": F, "out": F}             probabilities of the foreground of every image in F
"""
import json
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


class Trainer:
    def start(self, settings, file):
        self.net = create(json.loads(settings))
        self.net.load_state_dict(read(file))
        self.net.to(memory_format=torch.channels_last)  # the faster layout on a CPU
        self.optimizer = torch.optim.Adam(self.net.parameters())
        return {}

    def learn(self, file, rates):
        tensors = read(file)
        self.net.train()
        begin = time.perf_counter()
        for i, rate in enumerate(rates):
            x = tensors[f"images.{i}"].contiguous(memory_format=torch.channels_last)
            self.optimizer.param_groups[0]["lr"] = rate
            self.optimizer.zero_grad(set_to_none=True)
            F.binary_cross_entropy_with_logits(self.net(x)[0], tensors[f"masks.{i}"]).backward()
            self.optimizer.step()
        return {"ms": 1e3 * (time.perf_counter() - begin)}

    def predict(self, file, out):
        self.net.eval()
        with torch.inference_mode():
            write(out, {name: torch.sigmoid(self.net(image)[0]) for name, image in read(file).items()})
        return {}


torch.set_num_threads(int(sys.argv[1]))
trainer = Trainer()
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(getattr(trainer, command.pop("do"))(**command)), flush=True)
