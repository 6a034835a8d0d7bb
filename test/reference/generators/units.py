"""Cepstra, k-means, units predicted by cosine, choices of codes, recognition of a frozen copy: torchaudio, scipy and torch."""

import torch
import torch.nn.functional as F
import torchaudio.functional
from scipy.cluster.vq import kmeans2
from torch.distributions import Categorical, kl_divergence

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "cepstra: `bands` [n, 40] times torchaudio's create_dct(13, 40, ortho), with compute_deltas(win_length 5) once and twice beside them. k_means: scipy's kmeans2 from `start`, `rounds` "
    "iterations, in which no cluster is empty. units: F.cross_entropy of F.cosine_similarity(outputs, codes) / 0.1 with `targets`, mean over hidden steps (Hsu et al. 2021, equation 3). "
    "entropy: torch.distributions: 1 - entropy of the mean choice / log k of each group (Baevski et al. 2020, equation 4), and the divergence of each choice from the uniform one. "
    "quantised: codes of the largest logits of each group, side by side; the logits are so far apart that noise changes nothing. recognition: F.cross_entropy of normalised products / 0.2, both ways."
)


def cepstra(draw):
    bands = draw.normal(9, 40)
    c = bands @ torchaudio.functional.create_dct(13, 40, "ortho").double()
    delta = torchaudio.functional.compute_deltas(c.T).T
    return {"bands": bands, "cepstra": c, "deltas": delta, "second": torchaudio.functional.compute_deltas(delta.T).T}


def k_means(draw, rounds=4):
    points = draw.normal(60, 3)
    start = points[draw.permutation(60)[:4]]
    centres, labels = kmeans2(points.numpy(), start.numpy(), iter=rounds, minit="matrix", missing="raise")
    assert len(set(labels)) == 4
    return {"points": points, "start": start, "rounds": rounds, "centres": torch.tensor(centres)}


def units(draw):
    outputs, codes = leaf(draw.normal(7, 4)), leaf(draw.normal(5, 4))
    targets = torch.tensor([0, 3, 1, 1, 4, 2, 0])
    hidden = torch.tensor([1.0, 1, 0, 0, 1, 1, 0])
    at = hidden.nonzero()[:, 0]
    similarity = F.cosine_similarity(outputs[at][:, None], codes[None], dim=-1)
    loss = F.cross_entropy(similarity / 0.1, targets[at])
    named = {"outputs": outputs, "codes": codes}
    return {**named, "targets": targets, "hidden": hidden, "loss": loss, "gradients": gradients(loss, named)}


def entropy(draw):
    logits = leaf(draw.normal(3, 7, 2, 5))
    mean = Categorical(logits=logits).probs.mean((0, 1))
    diversity = 1 - (Categorical(probs=mean).entropy() / torch.tensor(5.0).log()).mean()
    divergence = kl_divergence(Categorical(logits=logits), Categorical(logits=torch.zeros(5))).mean()
    named = {"logits": logits}
    return {
        "logits": logits,
        "diversity": {"loss": diversity, "gradients": gradients(diversity, named)},
        "divergence": {"loss": divergence, "gradients": gradients(divergence, named)},
    }


def quantised(draw):
    x, codes, weights = draw.normal(6, 4), leaf(draw.normal(2, 3, 2)), draw.normal(6, 4)
    kernel, bias = draw.normal(4, 6, scale=1000.0), draw.normal(6)
    logits = (x @ kernel + bias).reshape(6, 2, 3)
    assert (logits.topk(2, -1).values.diff(dim=-1).abs() > 50).all()
    chosen = torch.cat([codes[g][logits[:, g].argmax(-1)] for g in range(2)], dim=1)
    loss = (chosen * weights).sum()
    return {"x": x, "kernel": kernel, "bias": bias, "codes": codes, "weights": weights, "loss": loss, "gradients": gradients(loss, {"codes": codes})}


def recognition(draw):
    named = {name: leaf(draw.normal(8, 6)) for name in ("now_a", "now_b", "before_a", "before_b")}
    now = F.normalize(torch.cat([named["now_a"], named["now_b"]]), dim=1)
    before = F.normalize(torch.cat([named["before_a"], named["before_b"]]), dim=1)
    logits, own = now @ before.T / 0.2, torch.arange(16)
    loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
    return {**named, "loss": loss, "gradients": gradients(loss, named)}


def main():
    draw = Draw(31)
    cases = {f.__name__: f(draw) for f in (cepstra, k_means, units, entropy, quantised, recognition)}
    write("units", {"conventions": CONVENTIONS, **cases})
