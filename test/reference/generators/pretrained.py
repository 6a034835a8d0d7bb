"""Features of torchvision's resnets with weights of a formula, which a test makes again: what an encoder trained elsewhere gives after import."""

import numpy as np
import torch
import torchvision
from torch import nn

from common import write

CONVENTIONS = (
    "Element i of the k-th tensor of the state dict comes from u = 2 frac(43758.5453 sin(12.9898 i + 78.233 k)) - 1: kernels u sqrt(6 / fan_in), other weights 1 + u / 2, "
    "running_var 1 + u / 2, biases and running_mean u / 5. Element i of the pictures [2, 64, 64, 3] is (1 + u) / 2 with k = 1000. Evaluation mode, without the last layer."
)


def numbers(count, k):
    x = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + 78.233 * k) * 43758.5453
    return 2 * (x - np.floor(x)) - 1


def filled(name, tensor, k):
    u = numbers(tensor.numel(), k)
    if tensor.dim() == 4:
        u = u * np.sqrt(6 / (tensor.shape[1] * tensor.shape[2] * tensor.shape[3]))
    elif name.endswith("running_var") or name.endswith("weight"):
        u = 1 + u / 2
    else:
        u = u / 5
    return torch.from_numpy(u).reshape(tensor.shape)


def features_of(make):
    net = make(num_classes=1).double()
    net.fc = nn.Identity()
    shapes = {}
    state = net.state_dict()
    for k, (name, tensor) in enumerate(state.items()):
        shapes[name] = list(tensor.shape)
        if tensor.dim() > 0:
            state[name] = filled(name, tensor, k)
    net.load_state_dict(state)
    net.eval()
    pictures = torch.from_numpy((1 + numbers(2 * 64 * 64 * 3, 1000)) / 2).reshape(2, 64, 64, 3)
    with torch.no_grad():
        features = net(pictures.permute(0, 3, 1, 2))
    return {"shapes": shapes, "features": features}


def main():
    makers = {name: getattr(torchvision.models, name) for name in ("resnet18", "resnet34", "resnet50")}
    # Bits of halves and what they are: zeros, the smallest, the largest, one third, and numbers of a formula; not a number is left to the test.
    bits = [0, 0x8000, 1, 0x83FF, 0x0400, 0x3555, 0xBC00, 0x7BFF, 0x7F7F, *(int(k * 7919 % 0x7C00) for k in range(24))]
    halves = {
        name: torch.tensor(bits, dtype=torch.uint16).view(kind).double()
        for name, kind in (("F16", torch.float16), ("BF16", torch.bfloat16))
    }
    halves = {name: ["nan" if torch.isnan(v) else v.item() for v in values] for name, values in halves.items()}
    write("pretrained", {"conventions": CONVENTIONS, "bits": bits, "halves": halves, **{name: features_of(make) for name, make in makers.items()}})
