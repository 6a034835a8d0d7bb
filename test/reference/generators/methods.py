"""Losses of published methods on given points: lightly's, open_clip's, and equations written out in PyTorch where there is no such code."""

import math
import sys
import types

import torch
import torch.nn.functional as F
from lightly.loss.barlow_twins_loss import BarlowTwinsLoss
from lightly.loss.dcl_loss import DCLLoss
from lightly.loss.dino_loss import DINOLoss
from lightly.loss.koleo_loss import KoLeoLoss
from lightly.loss.mmcr_loss import MMCRLoss
from lightly.loss.negative_cosine_similarity import NegativeCosineSimilarity
from lightly.loss.swav_loss import SwaVLoss
from lightly.loss.tico_loss import TiCoLoss
from open_clip import loss as clip

from common import Draw, gradients, leaf, write

N, D, K = 8, 6, 12


def case(loss, named):
    value = loss(**named)
    return {"loss": value, "gradients": gradients(value, named)}


def moco(z, key, queue, temperature):
    """He et al. 2020, algorithm 1."""
    q, k = F.normalize(z, dim=1), F.normalize(key, dim=1)
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.t()], dim=1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(z), dtype=torch.long))


def sigreg(z, a, points=17):
    """The code of Balestriero and Lecun 2025, appendix, with the directions given."""
    t = torch.linspace(0, 3, points)
    dt = 3 / (points - 1)
    weights = torch.full((points,), 2 * dt)
    weights[[0, -1]] = dt
    window = torch.exp(-t.square() / 2.0)
    a = a / a.norm(p=2, dim=0)
    x_t = (z @ a).unsqueeze(-1) * t
    err = (x_t.cos().mean(-3) - window).square() + x_t.sin().mean(-3).square()
    return ((err @ (weights * window)) * z.size(-2)).mean()


def coding_rate(z, eps=0.5):
    """The code of Tong et al. 2023, `TotalCodingRate`: z of unit vectors, negated as their loss has it."""
    w = F.normalize(z, dim=1).T
    d, n = w.shape
    return -torch.logdet(torch.eye(d) + d / (n * eps) * (w @ w.T)) / 2.0


def vector_quantized(z, codes):
    """van den Oord et al. 2017, equation 3, with a linear decoder of ones."""
    nearest = torch.cdist(z, codes).argmin(1)
    e = codes[nearest]
    straight = z + (e - z).detach()
    return ((z.detach() - e) ** 2).mean() + 0.25 * ((z - e.detach()) ** 2).mean() + straight.sum(1).mean()


def main():
    draw = Draw(23)
    z_a, z_b = leaf(draw.normal(N, D)), leaf(draw.normal(N, D))
    p_a, p_b = leaf(draw.normal(N, K, scale=0.5)), leaf(draw.normal(N, K, scale=0.5))
    p_c = leaf(draw.normal(N, K, scale=0.5))
    queue = draw.normal(K, D)
    codes = leaf(draw.normal(K, D))
    centre = draw.normal(K, scale=0.2)
    directions = draw.normal(D, 5)
    pair = {"z_a": z_a, "z_b": z_b}
    scores = {"p_a": p_a, "p_b": p_b, "p_c": p_c}

    def clip_loss(z_a, z_b):
        return clip.ClipLoss()(F.normalize(z_a, dim=1), F.normalize(z_b, dim=1), torch.tensor(1 / 0.07))

    def siglip_loss(z_a, z_b):
        return clip.SigLipLoss()(F.normalize(z_a, dim=1), F.normalize(z_b, dim=1), torch.tensor(10.0), torch.tensor(-10.0))

    cosine = NegativeCosineSimilarity()

    def dino(p_a, p_b, p_c):
        loss = DINOLoss(output_dim=K, warmup_teacher_temp_epochs=1)
        loss.center.data = centre.reshape(1, 1, K).clone()
        return loss([p_a.detach(), p_b.detach()], [p_a, p_b, p_c])

    loss = DINOLoss(output_dim=K, warmup_teacher_temp_epochs=1)
    loss.center.data = centre.reshape(1, 1, K).clone()
    loss([p_a.detach(), p_b.detach()], [p_a, p_b, p_c])

    def tico(z_a, z_b):
        return TiCoLoss()(z_a, z_b)

    def mmcr(z_a, z_b):
        views = torch.stack([F.normalize(z_a, dim=1), F.normalize(z_b, dim=1)], dim=1)
        return MMCRLoss()(views[:, :1], views[:, 1:])

    def energy(z_a):
        """A small energy whose gradient is in the loss."""
        x = z_a
        value = torch.tanh(x @ codes.detach().t()).square().sum(1)
        (slope,) = torch.autograd.grad(value.sum(), x, create_graph=True)
        return (0.5 * slope.square().sum(1)).mean()

    def descent(z_a):
        """Four steps of descent on |tanh(C z) - z_a|² from 0, then its value there, differentiated through all of them."""
        matrix = codes.detach()[:D]
        z = torch.zeros_like(z_a)
        if not z.requires_grad:
            z.requires_grad_(True)
        for _ in range(4):
            value = (torch.tanh(z @ matrix.t()) - z_a).square().sum()
            (slope,) = torch.autograd.grad(value, z, create_graph=True)
            z = z - 0.1 * slope
        return (torch.tanh(z @ matrix.t()) - z_a).square().sum(1).mean()

    write(
        "methods",
        {
            "conventions": "z_*: points [8, 6]; p_*: scores of 12 prototypes; gradients of the loss by name. Regenerate with generate.py methods.",
            "z_a": z_a,
            "z_b": z_b,
            "p_a": p_a,
            "p_b": p_b,
            "p_c": p_c,
            "queue": F.normalize(queue, dim=1),
            "codes": codes,
            "centre": centre,
            "next_centre": loss.center.data.reshape(K),
            "directions": directions,
            "open_clip, ClipLoss": case(clip_loss, pair),
            "open_clip, SigLipLoss": case(siglip_loss, pair),
            "MoCo": case(lambda z_a, z_b: moco(z_a, z_b.detach(), F.normalize(queue, dim=1), 0.2), {"z_a": z_a, "z_b": z_b}),
            "lightly, DCLLoss": case(lambda z_a, z_b: DCLLoss(temperature=0.1)(z_a, z_b), pair),
            "lightly, BarlowTwinsLoss": case(lambda z_a, z_b: BarlowTwinsLoss()(z_a, z_b), pair),
            "lightly, NegativeCosineSimilarity both ways": case(
                lambda z_a, z_b: 0.5 * (cosine(z_a, z_b.detach()) + cosine(z_b, z_a.detach())), pair
            ),
            "lightly, KoLeoLoss": case(lambda z_a: KoLeoLoss()(z_a), {"z_a": z_a}),
            "lightly, TiCoLoss": case(tico, pair),
            "lightly, MMCRLoss": case(mmcr, pair),
            "lightly, DINOLoss": case(dino, scores),
            "lightly, SwaVLoss": case(lambda p_a, p_b, p_c: SwaVLoss()([p_a, p_b], [p_c])[0], scores),
            "LeJEPA, SIGReg": case(lambda z_a: sigreg(z_a, directions), {"z_a": z_a}),
            "EMP-SSL, total coding rate": case(lambda z_a: coding_rate(z_a, 0.25), {"z_a": z_a}),
            "VQ-VAE": case(lambda z_a, codes: vector_quantized(z_a, codes), {"z_a": z_a, "codes": codes}),
            "VAE, KL": case(
                lambda z_a, z_b: -0.5 * torch.sum(1 + z_b - z_a.pow(2) - z_b.exp(), dim=1).mean(), pair
            ),
            "slope in the loss": case(energy, {"z_a": z_a}),
            "descent in the loss": case(descent, {"z_a": z_a}),
            "free energy": case(
                lambda z_a, codes: (-torch.logsumexp(-2.0 * torch.cdist(z_a, codes) ** 2, 1) / 2.0).mean(),
                {"z_a": z_a, "codes": codes},
            ),
        },
    )
