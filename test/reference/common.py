"""What every generator shares: lightly's modules, random inputs, and fixtures written and compared."""

import json
import os
import sys
from pathlib import Path

import lightly_modules  # noqa: F401
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

HERE = Path(__file__).resolve().parent


class Draw:
    """Random tensors that are written to the fixture with four decimals, so that what is read back is what was used."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape, scale=1.0):
        return (torch.randn(*shape, generator=self.generator) * scale).mul(1e4).round().div(1e4)

    def uniform(self, *shape):
        return torch.rand(*shape, generator=self.generator).mul(1e4).round().div(1e4)

    def permutation(self, n):
        return torch.randperm(n, generator=self.generator)


def leaf(tensor):
    return tensor.detach().clone().requires_grad_(True)


def gradients(loss, named):
    """{name: d loss / d tensor} for leaf tensors."""
    values = torch.autograd.grad(loss, list(named.values()), retain_graph=True, allow_unused=True)
    return {
        name: torch.zeros_like(tensor) if value is None else value
        for (name, tensor), value in zip(named.items(), values)
    }


def plain(value):
    """Tensors as nested lists, down through dictionaries and lists."""
    if isinstance(value, torch.Tensor):
        return value.detach().tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def write(name, fixture):
    folder = Path(os.environ.get("EBMC_FIXTURES", HERE / "fixtures"))
    folder.mkdir(parents=True, exist_ok=True)
    # One line for each top-level entry keeps differences readable.
    body = ",\n".join(f"{json.dumps(key)}:{json.dumps(plain(value), separators=(',', ':'))}" for key, value in fixture.items())
    (folder / f"{name}.json").write_text("{\n" + body + "\n}\n")
