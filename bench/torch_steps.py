"""Training steps in PyTorch, the way its users write them, for bench/performance.ts.

Reads one line a command from standard input: `prepare MODEL MODE` (MODEL: simclr, simclr-views, simclr-resnet18, mae, or example-NAME for a method of examples/; MODE: eager or
compile, or compile-graphs: with CUDA graphs; with `-bf16` for autocast, or workers: eager, with the views made by a loader's workers, or views: with those of a method of examples/ made in the step), then `step MODEL MODE` as often as wanted; answers one JSON line each, `{"seconds": ...}`. One process
holds all models, so that its memory and threads are those of a training run.
"""

import importlib
import json
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.transforms import v2

BATCH = int(os.environ.get("BATCH", 128))
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
WORKERS = os.cpu_count()


class SmallCnn(nn.Sequential):
    def __init__(self, width=32):
        layers = []
        previous = 3
        for out, stride in [(width, 1), (2 * width, 2), (4 * width, 2), (4 * width, 2)]:
            layers += [nn.Conv2d(previous, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
            previous = out
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.width = previous


class BasicBlock(nn.Module):
    def __init__(self, previous, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(previous, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.shortcut = nn.Identity()
        if stride != 1 or previous != out:
            self.shortcut = nn.Sequential(nn.Conv2d(previous, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x), inplace=True)


class Resnet18(nn.Sequential):
    def __init__(self):
        layers = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
        previous = 64
        for out, stride in [(64, 1), (128, 2), (256, 2), (512, 2)]:
            layers += [BasicBlock(previous, out, stride), BasicBlock(out, out, 1)]
            previous = out
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.width = previous


def simclr_transform():
    """The recipe for small pictures with torchvision's transforms on tensors."""
    return v2.Compose(
        [
            v2.RandomResizedCrop(32, scale=(0.08, 1.0), antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
            v2.RandomGrayscale(0.2),
        ]
    )


class Pictures(torch.utils.data.Dataset):
    def __init__(self, x):
        self.x, self.transform = x, simclr_transform()

    def __len__(self):
        return 50 * BATCH

    def __getitem__(self, i):
        picture = self.x[i % len(self.x)]
        return self.transform(picture), self.transform(picture)


class SimCLR(nn.Module):
    """NT-Xent as lightly writes it: similarities of all pairs of views, the own one left out."""

    def __init__(self, encoder, temperature=0.5, views="mirrored"):
        super().__init__()
        self.views = views
        self.transform = simclr_transform()
        self.f = encoder
        width = encoder.width
        self.g = nn.Sequential(
            nn.Linear(width, 128), nn.BatchNorm1d(128), nn.ReLU(inplace=True), nn.Linear(128, 64)
        )
        self.temperature = temperature

    def forward(self, x):
        def mirrored(x):
            coin = torch.rand(x.shape[0], 1, 1, 1, device=x.device) < 0.5
            return torch.where(coin, x, x.flip(3))

        if self.views == "mirrored":
            views = torch.cat([mirrored(x), mirrored(x)])
        else:
            views = x
        z = F.normalize(self.g(self.f(views)), dim=1)
        logits = z @ z.T / self.temperature
        n = z.shape[0]
        logits = logits[~torch.eye(n, dtype=torch.bool, device=x.device)].view(n, n - 1)
        half = n // 2
        labels = torch.arange(half, device=x.device)
        return F.cross_entropy(logits, torch.cat([labels + half - 1, labels]))


MODELS = {
    "simclr": lambda: SimCLR(SmallCnn()),
    "simclr-views": lambda: SimCLR(SmallCnn(), views="given"),
    "simclr-resnet18": lambda: SimCLR(Resnet18()),
}


def model_named(name):
    """The other modules are read when one of theirs is asked for: they need lightly and its like."""
    if name in MODELS:
        return MODELS[name]()
    if name == "mae":
        return importlib.import_module("torch_masked").MAE()
    for module in ("torch_methods", "torch_masked", "torch_latents", "torch_texts"):
        methods = importlib.import_module(module).MODELS
        if name.removeprefix("example-") in methods:
            return methods[name.removeprefix("example-")]()
    raise KeyError(name)


def prepare(name, mode):
    torch.manual_seed(0)
    model = model_named(name).to(DEVICE, memory_format=torch.channels_last)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-3, fused=True)
    x = torch.rand(BATCH, 3, 32, 32).to(DEVICE, memory_format=torch.channels_last)
    forward = model
    if mode.startswith("compile"):
        forward = torch.compile(model, mode="reduce-overhead" if "graphs" in mode else "default")
    bf16 = mode.endswith("bf16")

    views = name.endswith("-views")
    pictures_at_hand = x.cpu() if views else x
    transform = simclr_transform()
    loader = None

    def batches():
        while True:
            pictures = torch.utils.data.DataLoader(
                Pictures(pictures_at_hand), batch_size=BATCH, num_workers=WORKERS, persistent_workers=False, prefetch_factor=4
            )
            for a, b in pictures:
                yield torch.cat([a, b])

    if mode == "workers":
        loader = batches()

    def inputs():
        if not views:
            return x
        if loader is not None:
            return next(loader).to(DEVICE, memory_format=torch.channels_last)
        # Each picture draws its own numbers: on a whole batch torchvision would draw once.
        both = [transform(picture) for _ in range(2) for picture in pictures_at_hand]
        return torch.stack(both).to(DEVICE, memory_format=torch.channels_last)

    if hasattr(model, "step"):
        return model, model.step

    def step():
        if mode == "views":
            model.draw()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(DEVICE, torch.bfloat16, enabled=bf16):
            loss = forward(inputs())
        loss.backward()
        optimizer.step()
        return loss.item()

    return model, step


def main():
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    steps = {}
    parameters = {}
    for line in sys.stdin:
        command, *arguments = line.split()
        key = tuple(arguments)
        start = time.perf_counter()
        if command == "prepare":
            try:
                model, steps[key] = prepare(*arguments)
                parameters[key] = sum(p.numel() for p in model.parameters() if p.requires_grad)
                loss = steps[key]()
            except Exception as error:  # its compiler cannot do every model on every machine
                print(json.dumps({"error": str(error).strip().splitlines()[0]}), flush=True)
                continue
        else:
            loss = steps[key]()
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "loss": loss, "torch": torch.__version__, "device": torch.cuda.get_device_name() if DEVICE == "cuda" else "", "parameters": parameters[key]}), flush=True)


main()
