"""wav2vec 2.0's convolutions of a waveform, its relative positions and its contrast within one sound, by torch's own functions."""

import torch
import torch.nn.functional as F

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "encoder: x [n] standardised as F.layer_norm over n without weights (eps 1e-7), then F.conv1d without bias, F.layer_norm over channels (eps 1e-5), F.gelu, with kernels 10, 3, 3, 3, 3, 2, 2 "
    "and strides 5, 2, 2, 2, 2, 2, 2; `kernels` are [kernel, 1, in, out]; `out` [steps, width]. positions: x + F.gelu(F.conv1d(x, padding 1)). contrast: of hidden steps, F.cross_entropy of "
    "F.cosine_similarity / 0.1 with all hidden steps as candidates, mean over hidden steps. `loss` of the first two is sum(out * weights)."
)


def encoder(draw):
    x = leaf(draw.normal(1040, scale=0.3) + 0.1)
    kernels, width = [], 4
    y = F.layer_norm(x, x.shape, eps=1e-7).reshape(1, 1, -1)
    for size, stride in ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)):
        kernel = leaf(draw.normal(size, 1, y.shape[1], width, scale=0.5))
        y = F.conv1d(y, kernel[:, 0].permute(2, 1, 0), stride=stride)
        y = F.gelu(F.layer_norm(y.transpose(1, 2), (width,), eps=1e-5)).transpose(1, 2)
        kernels.append(kernel)
    out = y[0].T
    weights = draw.normal(*out.shape)
    loss = (out * weights).sum()
    leaves = {"x": x} | {f"kernel{i + 1}": k for i, k in enumerate(kernels)}
    return {"x": x, "kernels": kernels, "weights": weights, "out": out, "loss": loss, "gradients": gradients(loss, leaves)}


def positions(draw):
    x, kernel, bias = leaf(draw.normal(5, 4)), leaf(draw.normal(3, 1, 4, 4, scale=0.5)), leaf(draw.normal(4))
    y = F.conv1d(x.T[None], kernel[:, 0].permute(2, 1, 0), bias, padding=1)[0].T
    out = x + F.gelu(y)
    return {"x": x, "kernel": kernel, "bias": bias, "out": out}


def contrast(draw):
    c, q = leaf(draw.normal(7, 4)), leaf(draw.normal(7, 4))
    hidden = torch.tensor([1.0, 1, 0, 0, 1, 1, 1])
    at = hidden.nonzero()[:, 0]
    similarity = F.cosine_similarity(c[at][:, None], q[at][None], dim=-1)
    loss = F.cross_entropy(similarity / 0.1, torch.arange(len(at)))
    return {"context": c, "quantised": q, "hidden": hidden, "loss": loss, "gradients": gradients(loss, {"context": c, "quantised": q})}


def main():
    draw = Draw(23)
    write("speech", {"conventions": CONVENTIONS, "encoder": encoder(draw), "positions": positions(draw), "contrast": contrast(draw)})
