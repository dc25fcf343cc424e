"""The networks of the family, defined a second time for PyTorch from their papers and from the names and shapes of
published checkpoints. Nothing here is shared with the C# code; both are compared through make.py's golden files.

Every network maps an image to a list of logits: the result first, then the side outputs of deep supervision.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


def conv3(cin, cout, bias=True, stride=1, dilation=1, padding=None):
    return nn.Conv2d(cin, cout, 3, stride, dilation if padding is None else padding, dilation, bias=bias)


def double(cin, cout, mid=None, bias=False, act=nn.ReLU):
    mid = mid or cout
    return nn.Sequential(conv3(cin, mid, bias), nn.BatchNorm2d(mid), act(),
                         conv3(mid, cout, bias), nn.BatchNorm2d(cout), act())


def resize(x, like, align):
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=align)


class Named(nn.Module):
    """A module whose one child bears a name."""

    def __init__(self, name, child):
        super().__init__()
        self.add_module(name, child)
        self.child_name = name

    def forward(self, x):
        return getattr(self, self.child_name)(x)


def fit(x, like):
    high, wide = like.shape[2] - x.shape[2], like.shape[3] - x.shape[3]
    return F.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2))


def crop(x, like):
    high, wide = x.shape[2] - like.shape[2], x.shape[3] - like.shape[3]
    return x[:, :, high // 2:high // 2 + like.shape[2], wide // 2:wide // 2 + like.shape[3]]


class UNet(nn.Module):
    def __init__(self, channels, classes, width=64, up="Bilinear", fusion="Concat", bias=False):
        super().__init__()
        w, half, self.fusion = width, 2 if up == "Bilinear" else 1, fusion
        self.inc = Named("double_conv", double(channels, w, bias=bias))
        widths = [w, 2 * w, 4 * w, 8 * w, 16 * w // half]
        for i in range(1, 5):
            block = Named("double_conv", double(widths[i - 1], widths[i], bias=bias))
            setattr(self, f"down{i}", Named("maxpool_conv", nn.Sequential(nn.MaxPool2d(2), block)))
        for i, (cin, cout) in enumerate([(16 * w, 8 * w // half), (8 * w, 4 * w // half), (4 * w, 2 * w // half),
                                         (2 * w, w)], start=1):
            step = nn.Module()
            if up == "Transpose":
                step.up = nn.ConvTranspose2d(cin, cin // 2, 2, stride=2)
            else:
                step.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            mid = cin // 2 if up == "Bilinear" else cout
            step.conv = Named("double_conv", double(cin if fusion == "Concat" else cin // 2, cout, mid, bias))
            setattr(self, f"up{i}", step)
        self.outc = Named("conv", nn.Conv2d(w, classes, 1))

    def forward(self, x):
        skips = [self.inc(x)]
        for i in range(1, 5):
            skips.append(getattr(self, f"down{i}")(skips[-1]))
        x = skips.pop()
        for i in range(1, 5):
            step, skip = getattr(self, f"up{i}"), skips.pop()
            x = fit(step.up(x), skip)
            x = step.conv(torch.cat([skip, x], 1) if self.fusion == "Concat" else skip + x)
        return [self.outc(x)]


class NarrowUNet(UNet):
    """The other definition under the same names: what comes up has the channels that the skip has, whichever way it is
    enlarged, and both convolutions of a block have the channels that go out."""

    def __init__(self, channels, classes, width=64, up="Bilinear", fusion="Concat", bias=True):
        super().__init__(channels, classes, width, "Bilinear", fusion, bias)
        for i, (cin, cout) in enumerate([(16, 4), (8, 2), (4, 1), (2, 1)], start=1):
            cin, cout, step = cin * width, cout * width, getattr(self, f"up{i}")
            if up == "Transpose":
                step.up = nn.ConvTranspose2d(cin // 2, cin // 2, 2, stride=2)
            step.conv = Named("double_conv", double(cin if fusion == "Concat" else cin // 2, cout, bias=bias))


class UNetClassic(nn.Module):
    def __init__(self, channels, classes, width=64, activation="Relu"):
        super().__init__()
        self.act = F.relu if activation == "Relu" else (lambda x: x)
        widths = [channels] + [width << i for i in range(5)]
        for i in range(1, 6):
            self.add_pair(i, widths[i - 1], widths[i])
        for i in range(4, 0, -1):
            setattr(self, f"up_conv_{i}", nn.Sequential(nn.ConvTranspose2d(widths[i + 1], widths[i], 2, stride=2)))
            self.add_pair(10 - i, 2 * widths[i], widths[i])
        self.result = nn.Conv2d(width, classes, 1)

    def add_pair(self, number, cin, cout):
        setattr(self, f"conv_{number}", nn.Sequential(nn.Conv2d(cin, cout, 3), nn.Conv2d(cout, cout, 3)))

    def pair(self, number, x):
        first, second = getattr(self, f"conv_{number}")
        return self.act(second(self.act(first(x))))

    def forward(self, x):
        skips = []
        for i in range(1, 5):
            skips.append(self.pair(i, x))
            x = F.max_pool2d(skips[-1], 2)
        x = self.pair(5, x)
        for i in range(4, 0, -1):
            x = getattr(self, f"up_conv_{i}")(x)
            x = self.pair(10 - i, torch.cat([crop(skips.pop(), x), x], 1))
        return [self.result(x)]


class UNetLeaky(nn.Module):
    def __init__(self, channels, classes, width=16, bias=True, upbias=True, slope=0.1):
        super().__init__()
        w = width

        def leaky():
            return nn.LeakyReLU(slope)

        self.inc = Named("double_conv", double(channels, w, bias=bias, act=leaky))
        for i in range(1, 5):
            block = Named("double_conv", double(w << (i - 1), w << i, bias=bias, act=leaky))
            setattr(self, f"down{i}", Named("maxpool_conv", nn.Sequential(nn.MaxPool2d(2), block)))
        for i in range(1, 5):
            cin, step = w << (5 - i), nn.Module()
            step.up = nn.Sequential(nn.ConvTranspose2d(cin, cin // 2, 3, stride=2, bias=upbias),
                                    nn.BatchNorm2d(cin // 2), leaky())
            step.conv = Named("double_conv", double(cin, cin // 2, bias=bias, act=leaky))
            setattr(self, f"up{i}", step)
        self.outc = Named("conv", nn.Conv2d(w, classes, 1))

    def forward(self, x):
        skips = [self.inc(x)]
        for i in range(1, 5):
            skips.append(getattr(self, f"down{i}")(skips[-1]))
        x = skips.pop()
        for i in range(1, 5):
            step, skip = getattr(self, f"up{i}"), skips.pop()
            x = step.conv(torch.cat([skip, fit(step.up(x), skip)], 1))
        return [self.outc(x)]


class UNetFeatures(nn.Module):
    def __init__(self, channels, classes, widths=(64, 128, 256, 512), bias=False, upbias=True):
        super().__init__()
        self.ups, self.downs = nn.ModuleList(), nn.ModuleList()
        for cin, cout in zip([channels, *widths], widths):
            self.downs.append(Named("conv", double(cin, cout, bias=bias)))
        below = [*widths[1:], 2 * widths[-1]]
        for w, deep in zip(reversed(widths), reversed(below)):
            self.ups.append(nn.ConvTranspose2d(deep, w, 2, stride=2, bias=upbias))
            self.ups.append(Named("conv", double(2 * w, w, bias=bias)))
        self.bottleneck = Named("conv", double(widths[-1], 2 * widths[-1], bias=bias))
        self.final_conv = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        skips = []
        for down in self.downs:
            skips.append(down(x))
            x = F.max_pool2d(skips[-1], 2)
        x = self.bottleneck(x)
        for up, conv in zip(self.ups[::2], self.ups[1::2]):
            skip, x = skips.pop(), up(x)
            if x.shape[2:] != skip.shape[2:]:
                x = resize(x, skip, align=True)
            x = conv(torch.cat([skip, x], 1))
        return [self.final_conv(x)]


class ConvNormRelu(nn.Module):
    def __init__(self, cin, cout, dilation=1):
        super().__init__()
        self.conv_s1 = conv3(cin, cout, dilation=dilation)
        self.bn_s1 = nn.BatchNorm2d(cout)

    def forward(self, x):
        return F.relu(self.bn_s1(self.conv_s1(x)))


class Rsu(nn.Module):
    """RSU-L: levels 1 to L - 1 are halved in size one after the other, level L is dilated."""

    def __init__(self, levels, cin, mid, cout):
        super().__init__()
        self.levels = levels
        self.rebnconvin = ConvNormRelu(cin, cout)
        self.rebnconv1 = ConvNormRelu(cout, mid)
        for i in range(2, levels):
            setattr(self, f"rebnconv{i}", ConvNormRelu(mid, mid))
        setattr(self, f"rebnconv{levels}", ConvNormRelu(mid, mid, dilation=2))
        for i in range(levels - 1, 1, -1):
            setattr(self, f"rebnconv{i}d", ConvNormRelu(2 * mid, mid))
        self.rebnconv1d = ConvNormRelu(2 * mid, cout)

    def forward(self, x):
        xin = self.rebnconvin(x)
        maps = [self.rebnconv1(xin)]
        for i in range(2, self.levels):
            maps.append(getattr(self, f"rebnconv{i}")(F.max_pool2d(maps[-1], 2, 2, ceil_mode=True)))
        y = getattr(self, f"rebnconv{self.levels}")(maps[-1])
        for i in range(self.levels - 1, 0, -1):
            skip = maps.pop()
            y = y if y.shape[2:] == skip.shape[2:] else resize(y, skip, align=False)
            y = getattr(self, f"rebnconv{i}d")(torch.cat([y, skip], 1))
        return y + xin


class Rsu4F(nn.Module):
    def __init__(self, cin, mid, cout):
        super().__init__()
        self.rebnconvin = ConvNormRelu(cin, cout)
        self.rebnconv1 = ConvNormRelu(cout, mid, 1)
        self.rebnconv2 = ConvNormRelu(mid, mid, 2)
        self.rebnconv3 = ConvNormRelu(mid, mid, 4)
        self.rebnconv4 = ConvNormRelu(mid, mid, 8)
        self.rebnconv3d = ConvNormRelu(2 * mid, mid, 4)
        self.rebnconv2d = ConvNormRelu(2 * mid, mid, 2)
        self.rebnconv1d = ConvNormRelu(2 * mid, cout, 1)

    def forward(self, x):
        xin = self.rebnconvin(x)
        a = self.rebnconv1(xin)
        b = self.rebnconv2(a)
        c = self.rebnconv3(b)
        y = self.rebnconv3d(torch.cat([self.rebnconv4(c), c], 1))
        y = self.rebnconv2d(torch.cat([y, b], 1))
        return self.rebnconv1d(torch.cat([y, a], 1)) + xin


class U2Net(nn.Module):
    FULL = [(7, 32, 64), (6, 32, 128), (5, 64, 256), (4, 128, 512), (0, 256, 512), (0, 256, 512)]
    LIGHT = [(7, 16, 64), (6, 16, 64), (5, 16, 64), (4, 16, 64), (0, 16, 64), (0, 16, 64)]
    FULL_UP = [(7, 16, 64), (6, 32, 64), (5, 64, 128), (4, 128, 256), (0, 256, 512)]
    LIGHT_UP = [(7, 16, 64), (6, 16, 64), (5, 16, 64), (4, 16, 64), (0, 16, 64)]

    def __init__(self, channels, classes, light=False):
        super().__init__()
        down, up = (self.LIGHT, self.LIGHT_UP) if light else (self.FULL, self.FULL_UP)

        def block(levels, cin, mid, cout):
            return Rsu(levels, cin, mid, cout) if levels else Rsu4F(cin, mid, cout)

        cin = channels
        for i, (levels, mid, cout) in enumerate(down, start=1):
            setattr(self, f"stage{i}", block(levels, cin, mid, cout))
            cin = cout
        for i in range(5, 0, -1):
            levels, mid, cout = up[i - 1]
            setattr(self, f"stage{i}d", block(levels, cin + down[i - 1][2], mid, cout))
            cin = cout
        for i in range(1, 7):
            setattr(self, f"side{i}", nn.Conv2d(up[i - 1][2] if i < 6 else down[5][2], classes, 3, padding=1))
        self.outconv = nn.Conv2d(6 * classes, classes, 1)

    def forward(self, x):
        image, maps = x, []
        for i in range(1, 7):
            x = getattr(self, f"stage{i}")(x if i == 1 else F.max_pool2d(x, 2, 2, ceil_mode=True))
            maps.append(x)
        outs = [maps.pop()]
        for i in range(5, 0, -1):
            skip = maps.pop()
            outs.insert(0, getattr(self, f"stage{i}d")(torch.cat([resize(outs[0], skip, align=False), skip], 1)))
        sides = [resize(getattr(self, f"side{i + 1}")(y), image, align=False) for i, y in enumerate(outs)]
        return [self.outconv(torch.cat(sides, 1)), *sides]


class Fcn8s(nn.Module):
    def __init__(self, channels, classes, width=64):
        super().__init__()
        cin = channels
        for i in range(5):
            setattr(self, f"block{i + 1}", Named("double_conv", double(cin, width << i)))
            cin = width << i
        for i in (3, 4, 5):
            setattr(self, f"score{i}", nn.Conv2d(width << (i - 1), classes, 1))

    def forward(self, x):
        image, pools = x, []
        for i in range(1, 6):
            x = F.max_pool2d(getattr(self, f"block{i}")(x), 2)
            pools.append(x)
        y = self.score5(pools[4])
        y = resize(y, pools[3], False) + self.score4(pools[3])
        y = resize(y, pools[2], False) + self.score3(pools[2])
        return [resize(y, image, False)]


class PlusPlusBlock(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv1, self.bn1 = conv3(cin, cout), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = conv3(cout, cout), nn.BatchNorm2d(cout)

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


class UNetPlusPlus(nn.Module):
    def __init__(self, channels, classes, width=32, supervised=True):
        super().__init__()
        f = [width << i for i in range(5)]
        for j in range(5):
            for i in range(5 - j):
                cin = (f[i - 1] if i else channels) if j == 0 else j * f[i] + f[i + 1]
                setattr(self, f"conv{i}_{j}", PlusPlusBlock(cin, f[i]))
        self.names = ["final1", "final2", "final3", "final4"] if supervised else ["final"]
        for name in self.names:
            setattr(self, name, nn.Conv2d(width, classes, 1))

    def forward(self, image):
        x = {}
        for j in range(5):
            for i in range(5 - j):
                if j == 0:
                    y = image if i == 0 else F.max_pool2d(x[i - 1, 0], 2)
                else:
                    below = resize(x[i + 1, j - 1], x[i, 0], align=True)
                    y = torch.cat([x[i, k] for k in range(j)] + [below], 1)
                x[i, j] = getattr(self, f"conv{i}_{j}")(y)
        return [getattr(self, name)(x[0, 4 - k]) for k, name in enumerate(reversed(self.names))]


class Gate(nn.Module):
    def __init__(self, cin, mid):
        super().__init__()
        self.W_g = nn.Sequential(nn.Conv2d(cin, mid, 1), nn.BatchNorm2d(mid))
        self.W_x = nn.Sequential(nn.Conv2d(cin, mid, 1), nn.BatchNorm2d(mid))
        self.psi = nn.Sequential(nn.Conv2d(mid, 1, 1), nn.BatchNorm2d(1), nn.Sigmoid())

    def forward(self, g, x):
        return x * self.psi(F.relu(self.W_g(g) + self.W_x(x)))


class AttentionUNet(nn.Module):
    def __init__(self, channels, classes, width=64):
        super().__init__()
        cin = channels
        for i in range(1, 6):
            setattr(self, f"Conv{i}", Named("conv", double(cin, width << (i - 1), bias=True)))
            cin = width << (i - 1)
        for i in range(5, 1, -1):
            setattr(self, f"Up{i}", Named("up", nn.Sequential(
                nn.Upsample(scale_factor=2), conv3(cin, cin // 2), nn.BatchNorm2d(cin // 2), nn.ReLU())))
            setattr(self, f"Att{i}", Gate(cin // 2, cin // 4))
            setattr(self, f"Up_conv{i}", Named("conv", double(cin, cin // 2, bias=True)))
            cin //= 2
        self.Conv_1x1 = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = []
        for i in range(1, 6):
            x = getattr(self, f"Conv{i}")(x if i == 1 else F.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for i in range(5, 1, -1):
            skip, step = skips.pop(), getattr(self, f"Up{i}").up
            x = step[1:](F.interpolate(x, size=skip.shape[2:], mode="nearest"))
            x = getattr(self, f"Up_conv{i}")(torch.cat([getattr(self, f"Att{i}")(x, skip), x], 1))
        return [self.Conv_1x1(x)]


class Residual(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv_block = nn.Sequential(nn.BatchNorm2d(cin), nn.ReLU(), conv3(cin, cout, stride=stride),
                                        nn.BatchNorm2d(cout), nn.ReLU(), conv3(cout, cout))
        self.conv_skip = nn.Sequential(conv3(cin, cout, stride=stride), nn.BatchNorm2d(cout))

    def forward(self, x):
        return self.conv_block(x) + self.conv_skip(x)


class ResUNet(nn.Module):
    def __init__(self, channels, classes, width=64):
        super().__init__()
        w = width
        self.input_layer = nn.Sequential(conv3(channels, w), nn.BatchNorm2d(w), nn.ReLU(), conv3(w, w))
        self.input_skip = nn.Sequential(conv3(channels, w))
        self.residual_conv_1, self.residual_conv_2 = Residual(w, 2 * w, 2), Residual(2 * w, 4 * w, 2)
        self.bridge = Residual(4 * w, 8 * w, 2)
        for i, c in enumerate((8 * w, 4 * w, 2 * w), start=1):
            setattr(self, f"upsample_{i}", Named("upsample", nn.ConvTranspose2d(c, c, 2, stride=2)))
            setattr(self, f"up_residual_conv{i}", Residual(c + c // 2, c // 2, 1))
        self.output_layer = nn.Sequential(nn.Conv2d(w, classes, 1))

    def forward(self, x):
        skips = [self.input_layer(x) + self.input_skip(x)]
        skips.append(self.residual_conv_1(skips[-1]))
        skips.append(self.residual_conv_2(skips[-1]))
        y = self.bridge(skips[-1])
        for i in (1, 2, 3):
            skip = skips.pop()
            y = crop(getattr(self, f"upsample_{i}")(y), skip)
            y = getattr(self, f"up_residual_conv{i}")(torch.cat([y, skip], 1))
        return [self.output_layer(y)]


def create(s):
    """The network of settings that are written as our files have them."""
    c, k, w = s["Channels"], s["Classes"], s.get("Width", 64)
    return {
        "unet": lambda: (NarrowUNet if s.get("Decoder") == "Narrow" else UNet)(
            c, k, w, s.get("Up", "Bilinear"), s.get("Fusion", "Concat"), s.get("Bias", False)),
        "unet-classic": lambda: UNetClassic(c, k, w, s.get("Activation", "Relu")),
        "unet-leaky": lambda: UNetLeaky(
            c, k, w, s.get("Bias", False), s.get("UpBias", True), s.get("Slope", 0.1)),
        "unet-features": lambda: UNetFeatures(c, k, s.get("Widths"), s.get("Bias", False), s.get("UpBias", True)),
        "u2net": lambda: U2Net(c, k),
        "u2netp": lambda: U2Net(c, k, light=True),
        "fcn8s": lambda: Fcn8s(c, k, w),
        "unet++": lambda: UNetPlusPlus(c, k, w, s.get("DeepSupervision", True)),
        "attention-unet": lambda: AttentionUNet(c, k, w),
        "resunet": lambda: ResUNet(c, k, w),
    }[s["Model"]]()
