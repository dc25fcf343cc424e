"""Makes the golden files: what PyTorch computes for each operation, loss, optimizer and network, and to explain what
networks do; scores of masks.

    /usr/bin/python3 tests/golden/make.py        (Debian: apt-get install python3-torch python3-skimage)

Made with PyTorch 1.13.1 on the CPU, one thread, and scores with SciPy 1.10.1 and scikit-image 0.19.3. Each file is in
the safetensors format: arrays in PyTorch's NCHW layout under the names used below, and the arguments of the case as text
in the metadata. Two runs make the same bytes.
"""
import json
import math
import os
import struct

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from scipy import ndimage, stats
from scipy.spatial import distance
from skimage import measure, metrics, morphology

from networks import NarrowUNet, UNet, create, crop

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def save(name, tensors, **arguments):
    """Writes one file; the format is 8 bytes of header length, a JSON header, the numbers."""
    header, data = {"__metadata__": {k: str(v) for k, v in arguments.items()}}, b""
    for key, tensor in tensors.items():
        tensor = tensor.detach().contiguous()
        kind, tensor = ("I64", tensor) if tensor.dtype == torch.int64 else ("F32", tensor.float())
        raw = tensor.numpy().tobytes()
        header[key] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = os.path.join(HERE, name + ".safetensors")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def rand(*shape):
    return torch.rand(*shape) * 2 - 1


def case(name, function, inputs, module=None, **arguments):
    """Runs forward and, from a random gradient, backward; saves inputs, parameters, results and all gradients."""
    for x in inputs:
        x.requires_grad_(True)
    y = function(*inputs)
    dy = rand(*y.shape)
    y.backward(dy)
    tensors = {}
    for i, x in enumerate(inputs):
        suffix = "" if i == 0 else str(i + 1)
        tensors["x" + suffix], tensors["dx" + suffix] = x, x.grad
    tensors["y"], tensors["dy"] = y, dy
    for key, parameter in module.named_parameters() if module else []:
        tensors[key], tensors["d" + key] = parameter, parameter.grad
    save("ops/" + name, tensors, **arguments)


def convolutions():
    #        kernel stride pad dilation bias   in  out  N   H   W
    rows = [(1,     1,     0,  1,       True,  3,  5,   2,  5,  4),
            (1,     1,     0,  1,       False, 32, 2,   1,  6,  7),
            (3,     1,     1,  1,       True,  1,  8,   1,  7,  9),
            (3,     1,     1,  1,       False, 3,  17,  2,  8,  7),
            (3,     1,     0,  1,       True,  8,  13,  1,  9,  6),
            (3,     1,     1,  1,       False, 16, 16,  1,  13, 11),
            (3,     1,     1,  1,       True,  21, 31,  1,  5,  5),
            (3,     1,     1,  1,       False, 40, 24,  1,  16, 16),
            (3,     2,     1,  1,       True,  5,  6,   2,  9,  8),
            (3,     1,     2,  2,       True,  4,  16,  1,  9,  10),
            (3,     1,     4,  4,       False, 3,  7,   1,  3,  6),
            (5,     1,     2,  1,       True,  3,  4,   1,  8,  9),
            (5,     2,     0,  1,       False, 2,  9,   1,  11, 9),
            (2,     2,     0,  1,       True,  13, 16,  1,  7,  6)]
    for i, (k, s, p, d, bias, cin, cout, n, h, w) in enumerate(rows):
        layer = nn.Conv2d(cin, cout, k, s, p, d, bias=bias)
        case(f"conv-{i:02}", layer, [rand(n, cin, h, w)], layer, kernel=k, stride=s, padding=p, dilation=d, bias=bias)
    #        kernel stride pad outpad bias   in  out  N   H   W
    rows = [(2,     2,     0,  0,     True,  6,  3,   2,  4,  5),
            (2,     2,     0,  0,     False, 32, 16,  1,  5,  3),
            (3,     2,     0,  0,     True,  5,  17,  1,  4,  4),
            (3,     2,     1,  1,     True,  4,  6,   1,  5,  4),
            (3,     2,     1,  0,     False, 3,  5,   2,  3,  6),
            (4,     2,     1,  0,     True,  7,  8,   1,  4,  5),
            (3,     1,     1,  0,     True,  8,  9,   1,  6,  5)]
    for i, (k, s, p, o, bias, cin, cout, n, h, w) in enumerate(rows):
        layer = nn.ConvTranspose2d(cin, cout, k, s, p, o, bias=bias)
        case(f"transposed-{i:02}", layer, [rand(n, cin, h, w)], layer,
             kernel=k, stride=s, padding=p, outputPadding=o, bias=bias)


def oblong_convolutions():
    """Every argument differs between height and width."""
    #        kernel  stride  pad     dilation bias   in  out  N   H   W
    rows = [((3, 1), (1, 1), (1, 0), (1, 1),  True,  5,  8,   1,  7,  6),
            ((1, 3), (1, 1), (0, 1), (1, 1),  False, 16, 17,  2,  5,  7),
            ((5, 3), (2, 1), (2, 0), (1, 1),  True,  3,  9,   1,  11, 9),
            ((3, 3), (1, 2), (4, 1), (4, 1),  False, 8,  16,  1,  6,  9),
            ((2, 5), (3, 2), (1, 4), (1, 2),  True,  13, 21,  1,  8,  7)]
    for i, (k, s, p, d, bias, cin, cout, n, h, w) in enumerate(rows):
        layer = nn.Conv2d(cin, cout, k, s, p, d, bias=bias)
        sides = {f"{name}{side}": pair[j] for name, pair in
                 [("kernel", k), ("stride", s), ("padding", p), ("dilation", d)] for j, side in enumerate("HW")}
        case(f"oblong-{i:02}", layer, [rand(n, cin, h, w)], layer, **sides)


def norms():
    for i, (n, c, h, w) in enumerate([(2, 3, 5, 4), (1, 16, 7, 9), (3, 19, 4, 4)]):
        layer = nn.BatchNorm2d(c)
        with torch.no_grad():
            layer.weight.copy_(rand(c) + 1.5)
            layer.bias.copy_(rand(c))
        x = (rand(n, c, h, w) * 3 + 5).requires_grad_(True)
        tensors = {"weight": layer.weight.clone(), "bias": layer.bias.clone()}
        y = layer(x)
        dy = rand(*y.shape)
        y.backward(dy)
        tensors |= {"x": x, "y": y, "dy": dy, "dx": x.grad, "dweight": layer.weight.grad, "dbias": layer.bias.grad,
                    "mean1": layer.running_mean.clone(), "var1": layer.running_var.clone()}
        layer(x * 0.5)
        tensors |= {"mean2": layer.running_mean.clone(), "var2": layer.running_var.clone()}
        layer.eval()
        tensors["eval"] = layer(x)
        save(f"ops/batchnorm-{i:02}", tensors)


def shapes():
    for i, slope in enumerate([0.0, 0.1]):
        case(f"rectifier-{i:02}", lambda x: F.leaky_relu(x, slope), [rand(2, 5, 4, 3)], slope=slope)
    case("sigmoid-00", torch.sigmoid, [rand(2, 5, 4, 3) * 8])
    case("softmax-00", lambda x: F.softmax(x, 1), [rand(2, 5, 4, 3) * 8])
    pools = [(2, 2, 0, False, 6, 8, 8), (2, 2, 0, False, 7, 5, 9), (2, 2, 0, True, 7, 5, 17), (3, 2, 1, False, 8, 7, 5),
             (3, 2, 1, True, 6, 9, 3), (3, 1, 1, False, 5, 4, 8)]
    for i, (k, s, p, ceil, h, w, c) in enumerate(pools):
        x = torch.round(rand(2, c, h, w) * 4) / 4  # many equal values: ties
        case(f"maxpool-{i:02}", lambda x: F.max_pool2d(x, k, s, p, ceil_mode=ceil), [x],
             kernel=k, stride=s, padding=p, ceilMode=ceil)
    sizes = [(4, 5, 8, 10), (3, 4, 7, 9), (8, 7, 4, 3), (1, 1, 4, 3), (5, 6, 5, 11), (6, 6, 1, 1)]
    for i, (h, w, hh, ww) in enumerate(sizes):
        for align in (True, False):
            case(f"resize-{2 * i + (0 if align else 1):02}",
                 lambda x: F.interpolate(x, size=(hh, ww), mode="bilinear", align_corners=align),
                 [rand(2, 9, h, w)], height=hh, width=ww, alignCorners=align)
    for i, pad in enumerate([(1, 1, 1, 1), (0, 1, 2, 0), (-1, 0, 0, -2), (1, -1, -1, 2)]):
        left, right, top, bottom = pad
        case(f"pad-{i:02}", lambda x: F.pad(x, pad), [rand(2, 5, 4, 5)], left=left, right=right, top=top, bottom=bottom)
    for i, widths in enumerate([(3, 5), (16, 16), (7, 1, 8)]):
        case(f"concat-{i:02}", lambda *x: torch.cat(x, 1), [rand(2, c, 3, 4) for c in widths])
    case("add-00", torch.add, [rand(2, 5, 4, 3), rand(2, 5, 4, 3)])


def copies():
    for i, (h, w, hh, ww) in enumerate([(4, 5, 8, 10), (3, 4, 7, 9), (8, 6, 4, 3)]):
        case(f"nearest-{i:02}", lambda x: F.interpolate(x, size=(hh, ww), mode="nearest"), [rand(2, 9, h, w)],
             height=hh, width=ww)
    for i, (h, w, hh, ww) in enumerate([(4, 5, 7, 9), (3, 6, 6, 7)]):
        pad = ((ww - w) // 2, ww - w - (ww - w) // 2, (hh - h) // 2, hh - h - (hh - h) // 2)
        case(f"mirror-{i:02}", lambda x: F.pad(x, pad, mode="reflect"), [rand(2, 5, h, w)], height=hh, width=ww)
    case("gate-00", torch.mul, [rand(2, 9, 4, 3), rand(2, 1, 4, 3)])


def soft_dice(logits, target):
    """1 - mean over images and classes of (2 sum(p t) + 1) / (sum(p) + sum(t) + 1)."""
    if logits.shape[1] == 1:
        p, t = torch.sigmoid(logits), target
    else:
        p, t = F.softmax(logits, 1), F.one_hot(target[:, 0].long(), logits.shape[1]).permute(0, 3, 1, 2).float()
    dice = (2 * (p * t).sum((2, 3)) + 1) / (p.sum((2, 3)) + t.sum((2, 3)) + 1)
    return 1 - dice.mean()


def binary_cross_entropy(logits, target):
    return F.binary_cross_entropy_with_logits(logits, target)


def cross_entropy(logits, target):
    return F.cross_entropy(logits, target[:, 0].long())


LOSSES = {"bce": binary_cross_entropy, "dice": soft_dice, "ce": cross_entropy,
          "bce+dice": lambda x, t: binary_cross_entropy(x, t) + soft_dice(x, t),
          "ce+dice": lambda x, t: cross_entropy(x, t) + soft_dice(x, t)}


def losses():
    rows = [("bce", 1), ("dice", 1), ("bce+dice", 1), ("ce", 2), ("ce", 5), ("dice", 3), ("ce+dice", 4)]
    for i, (name, classes) in enumerate(rows):
        logits = (rand(2, classes, 6, 5) * 6).requires_grad_(True)
        target = torch.randint(0, max(2, classes), (2, 1, 6, 5)).float()
        target[1] = 0  # an empty mask
        loss = LOSSES[name](logits, target)
        loss.backward()
        save(f"losses/{i:02}", {"x": logits, "target": target, "y": loss, "dx": logits.grad}, loss=name)


def recipe(name, *shape):
    """Numbers in [0, 1) that follow from a name alone, so that golden files need not hold them: FNV-1a of the name, then
    splitmix64 of that plus the index, of which 24 bits are used. The tests compute them again."""
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        x = np.uint64(state) + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return torch.from_numpy((x >> np.uint64(40)).astype(np.float64) / 2 ** 24).reshape(shape)


def fill(net, shift):
    """Parameters by recipe: filters of the size that keeps the variance, factors and variances around 1, others small.
    Biases are shifted: deep networks with small maps, of which a rectifier cuts half, have gradients in which float32 is
    all noise; with biases around 1 it cuts less."""
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if value.dim() == 0:
                continue
            u = recipe(name, *value.shape)
            if value.dim() == 4:
                u = (2 * u - 1) * math.sqrt(6 / (value.shape[1] * value.shape[2] * value.shape[3]))
            elif name.endswith("weight") or name.endswith("running_var"):
                u = u + 0.5
            else:
                u = (u - 0.5) * 0.2 + (shift if name.endswith("bias") else 0)
            value.copy_(u.float())


def sample(values, most=16):
    """At most so many values, evenly spread, the same way as the tests take them."""
    flat = values.reshape(-1)
    return flat[:: max(1, -(-flat.numel() // most))].clone()


NETWORKS = [  # settings, images, height, width; with gradients in training mode, or only in inference at full width
    (dict(Model="unet", Channels=1, Classes=1, Width=4), 2, 32, 48, True),
    (dict(Model="unet", Channels=3, Classes=3, Width=4, Up="Transpose", Bias=True), 1, 37, 51, True),
    (dict(Model="unet", Channels=3, Classes=2, Width=3, Fusion="Add"), 1, 33, 48, True),
    (dict(Model="unet", Channels=1, Classes=2, Width=4, Up="Transpose", Fusion="Add", Bias=True), 1, 32, 35, True),
    (dict(Model="unet", Channels=3, Classes=2), 1, 48, 41, False),
    (dict(Model="unet", Channels=3, Classes=2, Up="Transpose"), 1, 32, 48, False),
    (dict(Model="unet-classic", Channels=1, Classes=2, Width=2), 1, 188, 204, True),
    (dict(Model="unet-classic", Channels=3, Classes=1, Width=2, Activation="None"), 1, 188, 188, True),
    (dict(Model="unet-classic", Channels=1, Classes=2), 1, 188, 188, False),
    (dict(Model="unet-leaky", Channels=3, Classes=2, Width=4, Bias=True), 2, 32, 47, True),
    (dict(Model="unet-leaky", Channels=1, Classes=1, Width=3, UpBias=False), 1, 49, 33, True),
    (dict(Model="unet-leaky", Channels=3, Classes=4, Width=16, Bias=True), 1, 64, 64, False),
    (dict(Model="unet-features", Channels=3, Classes=1, Widths=[4, 6, 10]), 1, 37, 30, True),
    (dict(Model="unet-features", Channels=1, Classes=3, Widths=[3, 8], Bias=True, UpBias=False), 2, 16, 19, True),
    (dict(Model="unet-features", Channels=3, Classes=1, Widths=[64, 128, 256, 512]), 1, 33, 48, False),
    (dict(Model="u2netp", Channels=3, Classes=1), 2, 64, 45, True),
    (dict(Model="u2netp", Channels=1, Classes=3), 1, 64, 64, False),
    (dict(Model="u2net", Channels=3, Classes=1), 1, 64, 45, False),
    (dict(Model="fcn8s", Channels=3, Classes=2, Width=4), 1, 64, 77, True),
    (dict(Model="fcn8s", Channels=1, Classes=1), 1, 33, 64, False),
    (dict(Model="unet++", Channels=3, Classes=2, Width=3), 1, 32, 45, True),
    (dict(Model="unet++", Channels=1, Classes=1, Width=2, DeepSupervision=False), 2, 32, 32, True),
    (dict(Model="unet++", Channels=3, Classes=1, Width=32), 1, 32, 33, False),
    (dict(Model="attention-unet", Channels=3, Classes=1, Width=4), 2, 32, 37, True),
    (dict(Model="attention-unet", Channels=1, Classes=3), 1, 32, 32, False),
    (dict(Model="resunet", Channels=3, Classes=1, Width=4), 1, 43, 32, True),
    (dict(Model="resunet", Channels=1, Classes=2), 1, 32, 40, False),
    (dict(Model="unet", Channels=1, Classes=1, Width=4, Decoder="Narrow", Bias=True), 2, 35, 48, True),
    (dict(Model="unet", Channels=3, Classes=2, Width=4, Up="Transpose", Decoder="Narrow", Bias=True), 1, 37, 51, True),
    (dict(Model="unet", Channels=3, Classes=1, Width=3, Up="Transpose", Fusion="Add", Decoder="Narrow"),
     1, 33, 32, True),
    (dict(Model="unet", Channels=1, Classes=1, Decoder="Narrow", Bias=True), 1, 33, 48, False),
    (dict(Model="unet", Channels=3, Classes=2, Up="Transpose", Decoder="Narrow", Bias=True), 1, 32, 41, False),
    (dict(Model="unet-leaky", Channels=1, Classes=2, Width=3, Bias=True, Slope=0.0), 1, 32, 37, True),
]


def trained(net, x):
    """Logits of all outputs in training mode, and the gradients of all parameters by name."""
    net.train()
    y = torch.cat(net(x), 1)
    net.zero_grad()
    y.backward((2 * recipe("gradient", *y.shape).float() - 1).to(x.dtype))
    return y.detach().double(), {key: parameter.grad.double().clone() for key, parameter in net.named_parameters()}


def family():
    """Logits in inference and in training, and gradients, in float64; larger arrays are sampled. How far PyTorch's own
    float32 is from that, relative to the largest logit and to the gradients' norms, is what the tests' bounds follow."""
    for i, (settings, n, h, w, is_training) in enumerate(NETWORKS):
        net = create(settings)
        shift = 1 if settings["Model"] == "u2netp" and is_training else 0
        fill(net, shift)
        count = sum(p.numel() for p in net.parameters())
        x = 2 * recipe("image", n, settings["Channels"], h, w).float() - 1
        y32, gradients32 = trained(net, x) if is_training else (None, {})
        fill(net, shift)
        net = net.double().eval()
        tensors, rounding, gradient_rounding = {"eval": net(x.double())[0]}, 0, 0
        if is_training:
            tensors["train"], gradients = trained(net, x.double())
            rounding = ((y32 - tensors["train"]).abs().max() / tensors["train"].abs().max()).item()
            largest = max(gradient.norm() for gradient in gradients.values())
            for key, gradient in gradients.items():
                tensors["d." + key], tensors["norm." + key] = sample(gradient), gradient.norm().reshape(1)
                scale = max(gradient.norm(), 0.1 * largest)
                gradient_rounding = max(gradient_rounding, ((gradients32[key] - gradient).norm() / scale).item())
        print(f"{settings}: float32 is {rounding:.1e}, its gradients {gradient_rounding:.1e} from float64")
        save(f"networks/{i:02}-{settings['Model']}", tensors, settings=json.dumps(settings), images=n, height=h, width=w,
             parameters=count, fullWidth=not is_training, shift=shift, rounding=rounding, gradientRounding=gradient_rounding)


RMSPROP, ADAM, ADAMW, SGD = torch.optim.RMSprop, torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD
OPTIMIZERS = {
    "rmsprop": (RMSPROP, dict(lr=1e-5, weight_decay=1e-8, momentum=0.9)),
    "rmsprop-fast": (RMSPROP, dict(lr=1e-4, weight_decay=1e-3, momentum=0.9)),
    "adam": (ADAM, dict(lr=1e-3, weight_decay=1e-4)),
    "adamw": (ADAMW, dict(lr=1e-3, weight_decay=1e-2)),
    "sgd": (SGD, dict(lr=1e-2, weight_decay=1e-4, momentum=0.9))}
OTHER_ARGUMENTS = {
    "rmsprop-defaults": (RMSPROP, dict()),
    "rmsprop-all": (RMSPROP, dict(lr=3e-3, weight_decay=0.1, momentum=0.5, alpha=0.9, eps=1e-3)),
    "adam-defaults": (ADAM, dict()),
    "adam-all": (ADAM, dict(lr=3e-3, weight_decay=0.1, betas=(0.8, 0.95), eps=1e-3)),
    "adamw-defaults": (ADAMW, dict()),
    "adamw-all": (ADAMW, dict(lr=3e-3, weight_decay=0.1, betas=(0.8, 0.95), eps=1e-3)),
    "sgd-plain": (SGD, dict(lr=0.1)),
    "sgd-decay": (SGD, dict(lr=0.1, weight_decay=0.1)),
    "sgd-momentum": (SGD, dict(lr=0.1, momentum=0.5))}


def optimizers():
    """Ten steps with given gradients; what the optimizer remembers is under its name in PyTorch's state dict."""
    for name, (optimizer_class, arguments) in (OPTIMIZERS | OTHER_ARGUMENTS).items():
        w = rand(37).requires_grad_(True)
        tensors = {"start": w.clone()}
        gradients = rand(10, 37)
        optimizer = optimizer_class([w], foreach=False, **arguments)
        for g in gradients:
            w.grad = g.clone()
            optimizer.step()
        state = {"state." + k: v for k, v in optimizer.state[w].items() if torch.is_tensor(v) and v.dim() == 1}
        group = {k: v for k, v in optimizer.param_groups[0].items() if type(v) in (int, float)}
        group |= {f"beta{i + 1}": v for i, v in enumerate(optimizer.param_groups[0].get("betas", []))}
        save(f"optimizers/{name}", tensors | {"gradients": gradients, "end": w} | state,
             algorithm=optimizer_class.__name__, **group)


def training():
    """Ten steps of a small network, alternating two batches. Says how far float32 itself is from float64."""
    rows = [(name, lambda: UNet(3, 1, 2), name) for name in OPTIMIZERS]
    # Biases before a batch norm have gradients of rounding alone, which only SGD leaves as small as they are.
    rows.append(("narrow", lambda: NarrowUNet(3, 1, 1), "sgd"))
    for name, create_net, optimizer in rows:
        (optimizer_class, arguments), net = OPTIMIZERS[optimizer], create_net()
        start = {"start." + k: v.clone() for k, v in net.state_dict().items()}
        images = torch.rand(2, 2, 3, 32, 32)
        masks = (images.mean(2, keepdim=True) + 0.2 * rand(2, 2, 1, 32, 32) > 0.5).float()
        values = {}
        for dtype in (torch.float64, torch.float32):
            net.load_state_dict({k[6:]: v for k, v in start.items()})
            net = net.to(dtype)
            optimizer = optimizer_class(net.parameters(), foreach=False, **arguments)
            values[dtype] = []
            for step in range(10):
                optimizer.zero_grad()
                loss = LOSSES["bce+dice"](net(images[step % 2].to(dtype))[0], masks[step % 2].to(dtype))
                loss.backward()
                optimizer.step()
                values[dtype].append(loss.item())
        far = max(abs(a - b) / b for a, b in zip(values[torch.float32], values[torch.float64]))
        print(f"training with {name}: {values[torch.float32]}, float32 is {far:.1e} from float64")
        end = {"end." + k: v for k, v in net.state_dict().items()}
        save(f"training/{name}", start | {"images": images, "masks": masks,
                                          "losses": torch.tensor(values[torch.float32])} | end)


IGNORED = 255


def chosen(logits, target, over_batch):
    """The pixels that count, as (pixels, classes) and (pixels), of each image or of the batch as a whole."""
    x = logits.permute(0, 2, 3, 1).flatten(1, 2)
    t = target.flatten(1)
    pairs = [(x.flatten(0, 1), t.flatten())] if over_batch else list(zip(x, t))
    return [(x[t != IGNORED], t[t != IGNORED]) for x, t in pairs]


def probabilities(x):
    return torch.sigmoid(x) if x.shape[1] == 1 else F.softmax(x, 1)


def one_hot(t, classes):
    return t[:, None] if classes == 1 else (t[:, None] == torch.arange(classes)).to(t.dtype)


def weighted_bce(x, t, o, weights):
    pos, counts = torch.tensor(o.get("PositiveWeight", 1.0), dtype=x.dtype), t != IGNORED
    each = F.binary_cross_entropy_with_logits(x, t.clamp(max=1), pos_weight=pos, reduction="none")
    return (each * (1 if weights is None else weights))[counts].sum() / counts.sum()


def weighted_ce(x, t, o, weights):
    of_class = torch.tensor(o["ClassWeights"], dtype=x.dtype) if "ClassWeights" in o else None
    t = t[:, 0].long()
    if weights is None:
        return F.cross_entropy(x, t, weight=of_class, ignore_index=IGNORED)
    each = F.cross_entropy(x, t, weight=of_class, ignore_index=IGNORED, reduction="none")
    counts = t != IGNORED
    return (each * weights[:, 0]).sum() / (counts.sum() if of_class is None else of_class[t[counts]].sum())


def focal(x, t, o, weights):
    gamma, alpha, counts = o.get("FocalGamma", 2), o.get("FocalAlpha", 0.25), t != IGNORED
    if x.shape[1] == 1:
        is_true = t == 1
        log_p = torch.where(is_true, F.logsigmoid(x), F.logsigmoid(-x))
        factor = torch.where(is_true, alpha, 1 - alpha)
    else:
        known = torch.where(counts, t, torch.zeros_like(t)).long()
        log_p = F.log_softmax(x, 1).gather(1, known)
        factor = torch.tensor(o.get("ClassWeights", [1.0] * x.shape[1]), dtype=x.dtype)[known]
    each = -factor * (1 - log_p.exp()) ** gamma * log_p * (1 if weights is None else weights)
    return each[counts].sum() / counts.sum()


def dice(x, t, o, weights):
    s, values = o.get("Smooth", 1), []
    for pixels, truth in chosen(x, t, o.get("OverBatch", False)):
        p, t = probabilities(pixels), one_hot(truth, x.shape[1])
        values.append((2 * (p * t).sum(0) + s) / (p.sum(0) + t.sum(0) + s))
    return 1 - torch.stack(values).mean()


def tversky(x, t, o, weights):
    alpha, beta, s, values = o.get("TverskyAlpha", 0.3), o.get("TverskyBeta", 0.7), o.get("Smooth", 1), []
    for pixels, truth in chosen(x, t, o.get("OverBatch", False)):
        p, t = probabilities(pixels), one_hot(truth, x.shape[1])
        hit, wrong, missed = (p * t).sum(0), (p * (1 - t)).sum(0), ((1 - p) * t).sum(0)
        values.append((hit + s) / (hit + alpha * wrong + beta * missed + s))
    return 1 - torch.stack(values).mean()


def lovasz_extension(errors, truth):
    """The definition: steps of the Jaccard loss |M| / |foreground or M| of the sets M of the worst pixels."""
    order = torch.sort(errors, descending=True, stable=True)[1]
    misses, values, before = torch.zeros_like(truth, dtype=torch.bool), [], 0
    for i in order:
        misses[i] = True
        jaccard = misses.sum().double() / ((truth == 1) | misses).sum()
        values.append(jaccard - before)
        before = jaccard
    return (errors[order] * torch.stack(values)).sum() if values else errors.sum()


def lovasz(x, t, o, weights):
    values = []
    for pixels, truth in chosen(x, t, o.get("OverBatch", False)):
        if x.shape[1] == 1:
            values.append(lovasz_extension(F.relu(1 - pixels[:, 0] * (2 * truth - 1)), truth))
            continue
        t = one_hot(truth, x.shape[1])
        terms = [lovasz_extension((t[:, k] - p).abs(), t[:, k])
                 for k, p in enumerate(probabilities(pixels).T) if t[:, k].sum() > 0]
        values.append(torch.stack(terms).mean() if terms else pixels.sum() * 0)
    return torch.stack(values).mean()


TERMS = {"bce": weighted_bce, "ce": weighted_ce, "dice": dice, "focal": focal, "lovasz": lovasz, "tversky": tversky}


def loss_options():
    """Losses with all that they can be told, in float64. The first image has an empty mask, in the last one some pixels
    are ignored; where there are ties, the right half of each image repeats the left one, with other targets."""
    weights = [0.5, 2.0, 1.25, 0.0, 3.0]
    rows = [("bce", 1, {}, ""), ("bce", 1, {"PositiveWeight": 3.5}, ""), ("bce", 1, {"PositiveWeight": 0.25}, "map"),
            ("ce", 4, {}, ""), ("ce", 3, {"ClassWeights": weights[:3]}, ""),
            ("ce", 5, {"ClassWeights": weights}, "map"), ("ce", 2, {}, "map"), ("dice", 1, {"Smooth": 0.1}, ""), ("dice", 1, {"OverBatch": True}, ""),
            ("dice", 3, {}, ""), ("dice", 3, {"OverBatch": True, "Smooth": 0.0}, ""), ("focal", 1, {}, ""),
            ("focal", 1, {"FocalAlpha": 0.75, "FocalGamma": 0.5}, "map"), ("focal", 4, {}, ""),
            ("focal", 3, {"FocalGamma": 3.0, "ClassWeights": weights[:3]}, "map"),
            ("focal", 2, {"FocalGamma": 0.0}, ""), ("tversky", 1, {}, ""),
            ("tversky", 1, {"TverskyAlpha": 1.0, "TverskyBeta": 1.0, "Smooth": 0.0, "OverBatch": True}, ""),
            ("tversky", 3, {"TverskyAlpha": 0.6, "TverskyBeta": 0.2}, ""), ("lovasz", 1, {}, ""),
            ("lovasz", 1, {"OverBatch": True}, ""), ("lovasz", 1, {}, "ties"), ("lovasz", 3, {}, ""),
            ("lovasz", 4, {"OverBatch": True}, ""), ("lovasz", 3, {}, "ties"), ("lovasz", 2, {}, "large"),
            ("0.5*ce+lovasz", 3, {}, ""), ("bce+2*dice+0.25*lovasz", 1, {}, ""),
            ("focal+tversky", 2, {}, ""), ("bce+dice", 1, {"PositiveWeight": 2.0}, "map")]
    for i, (text, classes, options, special) in enumerate(rows):
        n, h, w = (1, 24, 23) if special == "large" else (3, 5, 6)
        logits = rand(n, classes, h, w) * 6
        target = torch.randint(0, max(2, classes), (n, 1, h, w)).float()
        if special == "ties":
            logits[..., w // 2:] = logits[..., :w // 2]
        if special != "large":
            target[0] = 0
        target[-1, 0, 1, 1:4] = IGNORED
        weights_map = torch.rand(n, 1, h, w) * 3 if special == "map" else None
        x = logits.double().requires_grad_(True)
        terms = [term.split("*") for term in text.split("+")]
        loss = sum((float(term[0]) if len(term) > 1 else 1)
                   * TERMS[term[-1]](x, target.double(), options, weights_map) for term in terms)
        loss.backward()
        tensors = {"x": logits, "target": target, "y": loss, "dx": x.grad}
        tensors |= {} if weights_map is None else {"weights": weights_map}
        save(f"loss-options/{i:02}", tensors, loss=text, options=json.dumps(options))


def blobs(height, width, smoothness):
    """Noise, smoothed and stretched to 0..1."""
    noise = ndimage.gaussian_filter(torch.rand(height, width).double().numpy(), smoothness)
    return ((noise - noise.min()) / (noise.max() - noise.min())).astype(np.float32)


def thin(mask, outside):
    """Guo and Hall's thinning as it is written, over the whole picture in every pass; the frame outside stays."""
    p = np.pad(mask, 1, constant_values=bool(outside))
    rule, quiet = 0, 0
    while quiet < 2:
        p2, p3, p4, p5, p6, p7, p8, p9 = (
            p[1 + i:p.shape[0] - 1 + i, 1 + j:p.shape[1] - 1 + j]
            for i, j in [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)])
        c = sum((~a & (b | d)).astype(int) for a, b, d in [(p2, p3, p4), (p4, p5, p6), (p6, p7, p8), (p8, p9, p2)])
        n = np.minimum(sum((a | b).astype(int) for a, b in [(p9, p2), (p3, p4), (p5, p6), (p7, p8)]),
                       sum((a | b).astype(int) for a, b in [(p2, p3), (p4, p5), (p6, p7), (p8, p9)]))
        held = ((p2 | p3 | ~p5) & p4) if rule == 0 else ((p6 | p7 | ~p9) & p8)
        gone = p[1:-1, 1:-1] & (c == 1) & ((n == 2) | (n == 3)) & ~held
        p[1:-1, 1:-1] &= ~gone
        rule, quiet = 1 - rule, 0 if gone.any() else quiet + 1
    if not outside:
        assert (p[1:-1, 1:-1] == morphology.thin(mask)).all()
    return p[1:-1, 1:-1]


def boundary_distances(truth, prediction):
    """From each pixel of the predicted boundary to the nearest one of the true boundary, and back."""
    points = [np.argwhere(mask & ~ndimage.binary_erosion(mask)) for mask in (truth, prediction)]
    apart = distance.cdist(*points)
    return points, apart.min(0), apart.min(1)


def partition_scores(truth, proposal):
    """V-Rand and V-Info; every border pixel of the proposal becomes a segment of its own."""
    t, s = truth[truth > 0], proposal[truth > 0].copy()
    s[s == 0] = s.max() + 1 + np.arange((s == 0).sum())
    joint = np.zeros((t.max() + 1, s.max() + 1))
    np.add.at(joint, (t, s), 1 / len(t))
    rand = (joint ** 2).sum() / (0.5 * (joint.sum(0) ** 2).sum() + 0.5 * (joint.sum(1) ** 2).sum())
    h_t, h_s = stats.entropy(joint.sum(1), base=2), stats.entropy(joint.sum(0), base=2)
    mutual = h_t + h_s - stats.entropy(joint.flatten(), base=2)
    assert abs(sum(metrics.variation_of_information(t, s)) - (h_t + h_s - 2 * mutual)) < 1e-9
    return rand, mutual / (0.5 * h_t + 0.5 * h_s)


def structure_measure(x, gt):
    def alike(values):
        return 2 * values.mean() / (values.mean() ** 2 + 1 + values.std(ddof=1))

    def ssim(a, b):
        covariance = np.cov(a.flatten(), b.flatten())
        above = 4 * a.mean() * b.mean() * covariance[0, 1]
        below = (a.mean() ** 2 + b.mean() ** 2) * (covariance[0, 0] + covariance[1, 1])
        return above / below if above != 0 else float(below == 0)

    objects = gt.mean() * alike(x[gt]) + (1 - gt.mean()) * alike(1 - x[~gt])
    row, column = (np.floor(np.argwhere(gt).mean(0) + 1.5)).astype(int)
    regions = sum(ssim(x[r, c], gt[r, c].astype(float)) * gt[r, c].size / gt.size
                  for r in (slice(0, row), slice(row, None)) for c in (slice(0, column), slice(column, None)))
    return max(0, 0.5 * objects + 0.5 * regions)


def max_f_beta(pairs, beta2):
    precision, recall = np.zeros(256), np.zeros(256)
    for x, gt in pairs:
        for level in range(256):
            found = np.round(x.astype(np.float64) * 255) >= level
            precision[level] += (found & gt).sum() / found.sum() if found.any() else 0
            recall[level] += (found & gt).sum() / gt.sum()
    precision, recall = precision / len(pairs), recall / len(pairs)
    return np.nanmax((1 + beta2) * precision * recall / (beta2 * precision + recall + 1e-300))


def segmentation_metrics():
    """Scores and what they are made of, by SciPy, scikit-image and definitions."""
    def save_case(number, tensors, **arguments):
        arrays = {key: torch.from_numpy(np.asarray(value, dtype=np.float32)) for key, value in tensors.items()}
        save(f"metrics/{number:02}", arrays, **arguments)

    rows = [(24, 31, 1.0, 0.5, 0.5), (33, 20, 2.0, 0.45, 0.3), (17, 17, 0.0, 0.5, 0.7), (40, 24, 1.2, 0.6, 0.9)]
    pairs, slices = [], []
    for i, (h, w, smoothness, threshold, noise) in enumerate(rows):
        field = blobs(h, w, smoothness)
        truth = field > threshold
        x = np.clip(field + noise * (torch.rand(h, w).numpy() - 0.5), 0, 1).astype(np.float32)
        prediction = x > 0.5
        labels = [measure.label(truth, connectivity=c) for c in (1, 2)]
        cells, proposal = (measure.label(~mask, connectivity=1) for mask in (truth, prediction))
        points, to_truth, to_prediction = boundary_distances(truth, prediction)
        near = [(d <= 1.5).mean() for d in (to_truth, to_prediction)]
        rand, info = partition_scores(cells, proposal)
        pairs.append((x, truth))
        slices.append((x, truth, cells))
        edge = truth & ~ndimage.binary_erosion(truth), prediction & ~ndimage.binary_erosion(prediction)
        save_case(i, {"x": x, "truth": truth, "labels4": labels[0], "labels8": labels[1], "thin": thin(truth, 0),
                      "thinInFrame": thin(truth, 1), "squared": ndimage.distance_transform_edt(~truth) ** 2},
                  height=h, width=w, vRand=rand, vInfo=info,
                  hausdorff=metrics.hausdorff_distance(*edge),
                  hausdorff95=max(np.percentile(d, 95) for d in (to_truth, to_prediction)),
                  boundaryF=2 * near[0] * near[1] / (near[0] + near[1]),
                  meanAbsoluteError=np.abs(x.astype(np.float64) - truth).mean(),
                  structure=structure_measure(x.astype(np.float64), truth))
    best = {"vRand": 0, "vInfo": 0, "pixelError": 1}
    for step in range(11):
        masks = [x >= np.float32(step) / np.float32(10) for x, _, _ in slices]
        scores = [partition_scores(cells, measure.label(~thin(mask, 1), connectivity=1))
                  for mask, (_, _, cells) in zip(masks, slices)]
        best["vRand"] = max(best["vRand"], np.mean([rand for rand, _ in scores]))
        best["vInfo"] = max(best["vInfo"], np.mean([info for _, info in scores]))
        wrong = np.mean([(mask != truth).mean() for mask, (_, truth, _) in zip(masks, slices)])
        best["pixelError"] = min(best["pixelError"], wrong)
    save("metrics/pooled", {}, images=len(rows), maxFBeta=max_f_beta(pairs, 0.3), maxF1=max_f_beta(pairs, 1), **best)


EXPLANATIONS = [  # settings, shift of biases, height, width, class, region, names of ours and PyTorch's of layers
    (dict(Model="unet", Channels=3, Classes=3, Width=4), 0, 48, 64, 2, "box",
     {"down4": "down4", "up3": "up3.conv", "inc.double_conv.0": "inc.double_conv.0", "outc": "outc"}),
    (dict(Model="unet", Channels=1, Classes=1, Width=4, Up="Transpose", Fusion="Add"), 0, 32, 48, 0, "whole",
     {"down4": "down4", "up2.up": "up2.up", "up1.conv.double_conv.4": "up1.conv.double_conv.4"}),
    (dict(Model="unet-leaky", Channels=3, Classes=1, Width=4, Bias=True), 0, 32, 64, 0, "pixel",
     {"down4": "down4", "up2.up": "up2.up", "up4": "up4.conv"}),
    (dict(Model="unet-classic", Channels=1, Classes=2, Width=2), 0, 20, 36, 1, "pixel",
     {"conv_5.1": "conv_5.1", "conv_7.0": "conv_7.0", "conv_9.1": "conv_9.1"}),
    (dict(Model="u2netp", Channels=3, Classes=1), 1, 32, 64, 1, "whole",
     {"stage6": "stage6", "stage3d": "stage3d", "stage1.rebnconv7": "stage1.rebnconv7"}),
    (dict(Model="attention-unet", Channels=3, Classes=2, Width=4), 0, 32, 48, 0, "box",
     {"Conv5": "Conv5", "Up3": "Up3.up.3", "Att4": "Att4.psi"}),
    (dict(Model="resunet", Channels=1, Classes=1, Width=4), 0, 48, 32, 1, "pixel",
     {"bridge": "bridge", "up_residual_conv2": "up_residual_conv2"})]


def mirrored(x, side):
    """The image with its mirror image around it, for networks whose result has less pixels than what they see."""
    around = [np.pad(np.arange(n), ((m - n) // 2, m - n - (m - n) // 2), mode="reflect")
              for n, m in zip(x.shape[2:], side)]
    return x[:, :, around[0]][:, :, :, around[1]]


def explanations():
    """Grad-CAM by its definition, in evaluation mode and float64: the mean gradient of each channel of a layer, the
    rectified sum, at the image's size, its largest value 1. A classic network's layer covers as many pixels of the
    image as its own times their step, in the middle. And the mean absolute gradient of the middle pixel's logit by the
    image."""
    for i, (settings, shift, h, w, k, region, layers) in enumerate(EXPLANATIONS):
        net = create(settings)
        fill(net, shift)
        net = net.double().eval()
        image = (2 * recipe("image", 1, settings["Channels"], h, w).float() - 1).double().requires_grad_(True)
        is_classic = settings["Model"] == "unet-classic"
        seen = [16 * max(8, -(-(side + 124) // 16)) + 60 if is_classic else side for side in (h, w)]
        maps = {}
        for ours, theirs in layers.items():
            def keep(module, inputs, output, ours=ours):
                maps[ours] = output
            net.get_submodule(theirs).register_forward_hook(keep)
        logits = net(mirrored(image, seen))[0]
        logits = crop(logits, image)
        y = logits[0, k if settings["Classes"] > 1 else 0] * (-1 if settings["Classes"] == 1 and k == 0 else 1)
        rows, columns = {"whole": (slice(None), slice(None)), "pixel": (h // 2, w // 2),
                         "box": (slice(h // 4, h // 2), slice(w // 4, w - w // 4))}[region]
        tensors = {}
        tensors["saliency"] = torch.autograd.grad(y[h // 2, w // 2], image, retain_graph=True)[0].abs().mean((0, 1))
        gradients = torch.autograd.grad(y[rows, columns].sum(), list(maps.values()))
        for (ours, values), gradient in zip(maps.items(), gradients):
            weights = gradient.mean((0, 2, 3))
            heat = F.relu((weights[None, :, None, None] * values).sum(1, keepdim=True))
            step = {"conv_5.1": 16, "conv_7.0": 4, "conv_9.1": 1}[ours] if is_classic else None
            covered = [n * step for n in values.shape[2:]] if is_classic else seen
            heat = crop(F.interpolate(heat, size=covered, mode="bilinear", align_corners=False), image)[0, 0]
            tensors["weights." + ours], tensors["map." + ours] = weights, heat / heat.max()
        save(f"explanations/{i:02}-{settings['Model']}", tensors, settings=json.dumps(settings), shift=shift, height=h,
             width=w, k=k, region=region)


for number, part in enumerate([convolutions, norms, shapes, losses, family, optimizers, training,
                           oblong_convolutions, copies, loss_options, segmentation_metrics, explanations]):
    torch.manual_seed(number + 1)
    part()
