"""Tensors to and from safetensors files."""
import json
import struct

import torch


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
