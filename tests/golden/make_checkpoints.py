"""Makes the checkpoints that the reader of PyTorch's files is tested with, as training scripts save them.

    /usr/bin/python3 tests/golden/make_checkpoints.py        (Debian: apt-get install python3-torch)

Made with PyTorch 1.13.1. Files of the older format hold addresses as keys of storages, so that two runs differ in
these. The same values lie in most files: see `weights`.
"""
import argparse
import collections
import os
import pathlib

import numpy as np
import torch
import torch.nn as nn

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkpoints")


def weights():
    """What most files hold; the tests spell the same values out."""
    return collections.OrderedDict([
        ("conv.weight", (torch.arange(24.0) / 4 - 3).reshape(2, 3, 2, 2)),
        ("conv.bias", torch.tensor([0.5, -1.5])),
        ("norm.num_batches_tracked", torch.tensor(7)),
    ])


def prefixed(prefix):
    return collections.OrderedDict((prefix + name, value) for name, value in weights().items())


def number_formats():
    floats = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
    integers = [torch.int64, torch.int32, torch.int16, torch.int8]
    named = {str(t)[6:]: torch.tensor([-2, 0, 3], dtype=t) for t in floats + integers}
    return {
        **named,
        "uint8": torch.tensor([0, 1, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "special": torch.tensor([float("nan"), float("inf"), -0.0]),
    }


def views():
    """Tensors over one storage 0, 1, … 23, and some of unusual shape."""
    base = torch.arange(24.0)
    image = base.reshape(2, 3, 2, 2)
    return {
        "whole": image,
        "transposed": base.reshape(4, 6).t(),
        "slice": base[5:11:2],
        "tail": base[20:],
        "channels_last": image.contiguous(memory_format=torch.channels_last),
        "expanded": torch.tensor([1.0, 2.0]).reshape(2, 1).expand(2, 3),
        "scalar": base[9],
        "empty": torch.zeros(3, 0, 2),
    }


def trained():
    """A training script's checkpoint: the optimizer's state and other things beside the weights."""
    model = nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return {
        "epoch": 12, "best": 0.875, "name": "unet", "extra": None, "history": [1.0, (2, 3)], "big": 2 ** 70,
        "device": torch.device("cpu"), "size": torch.Size([2, 3]), "dtype": torch.float32, "flag": True,
        "score": np.float64(0.5), "scores": np.arange(3.0), "seen": {1, 2}, "out": pathlib.PosixPath("out"),
        "args": argparse.Namespace(rate=0.1, data=pathlib.PosixPath("data")),
        "optimizer": optimizer.state_dict(), "model_state_dict": weights(),
    }


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 1)


CASES = {
    "plain": weights,
    "dict": lambda: dict(weights()),
    "module": lambda: prefixed("module."),
    "compiled": lambda: prefixed("module._orig_mod."),
    "mask_values": lambda: {**weights(), "mask_values": [0, 255]},
    "trained": trained,
    "number_formats": number_formats,
    "views": views,
    "parameters": lambda: {name: nn.Parameter(value, requires_grad=value.is_floating_point())
                           for name, value in weights().items()},
    "layers": lambda: nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)).state_dict(),
    "whole_model": Net,
    "no_tensors": lambda: {"epoch": 3, "history": [1, 2]},
    "tensor": lambda: torch.ones(2),
    **{f"under_{key}": lambda key=key: {"epoch": 3, key: weights()}
       for key in ["state_dict", "model", "net", "network", "params", "weights"]},
}


def main():
    os.makedirs(HERE, exist_ok=True)
    for name, make in CASES.items():
        torch.manual_seed(1)
        saved = make()
        torch.save(saved, os.path.join(HERE, f"zip_{name}.pth"))
        if name != "whole_model" and not name.startswith("under_"):  # A model's stream would hold this script's path.
            torch.save(saved, os.path.join(HERE, f"stream_{name}.pth"), _use_new_zipfile_serialization=False)
    for protocol in (3, 4):
        torch.save(weights(), os.path.join(HERE, f"zip_protocol{protocol}.pth"), pickle_protocol=protocol)


if __name__ == "__main__":
    main()
