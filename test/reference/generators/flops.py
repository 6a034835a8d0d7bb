"""Floating point operations of convolutions and matrix products, as torch counts them (torch.utils.flop_counter): torchvision's resnet18 and a
vision transformer of plain torch modules, forward and with the gradients of all parameters, on one example."""

import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from common import write

CONVENTIONS = (
    "`forward` is one example through the encoder, `step` forward and backward of the sum of its output's squares, with the gradients of parameters and none of the picture's. A "
    "multiplication with its addition counts two. resnet18 is torchvision's without its last layer; with the small stem its first convolution is 3 by 3, stride 1, and there is no pooling. "
    "The transformer is std's vit: linear, pre-norm blocks with separate q, k, v and output layers, a hidden layer of 4 * dim, a last layer norm; no class token."
)


def resnet18(stem):
    net = torchvision.models.resnet18(num_classes=1)
    net.fc = nn.Identity()
    if stem == "small":
        net.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        net.maxpool = nn.Identity()
    return net


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(dim, dim) for _ in range(4))

    def forward(self, x):
        q, k, v = (layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.q, self.k, self.v))
        weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attention = Attention(dim, heads)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


def vit(pixels, dim, depth, heads):
    return nn.Sequential(nn.Linear(pixels, dim), *(Block(dim, heads) for _ in range(depth)), nn.LayerNorm(dim))


def count(net, x):
    with FlopCounterMode(display=False) as forward, torch.no_grad():
        net(x)
    with FlopCounterMode(display=False) as step:
        net(x).square().sum().backward()
    parameters = sum(p.numel() for p in net.parameters())
    return {"forward": forward.get_total_flops(), "step": step.get_total_flops(), "parameters": parameters}


def main():
    cases = {
        "resnet18_full": count(resnet18("full"), torch.zeros(1, 3, 224, 224)),
        "resnet18_small": count(resnet18("small"), torch.zeros(1, 3, 32, 32)),
        "vit": count(vit(48, 192, 6, 3), torch.zeros(1, 64, 48)),
    }
    write("flops", {"conventions": CONVENTIONS, **cases})
