"""NT-Xent by lightly's NTXentLoss; one-directional InfoNCE by torch's cross entropy."""

import torch
from lightly.loss.ntx_ent_loss import NTXentLoss

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "NTXentLoss normalises both inputs to length 1 (torch.nn.functional.normalize, eps 1e-12). For each of the 2n vectors "
    "the logits are its cosine similarities, divided by the temperature, with the n vectors of the other view (its positive among "
    "them) and the n - 1 other vectors of its own view; itself is left out. The loss is the mean over the 2n rows of cross entropy. "
    "info_nce: row i holds the cosine similarities of x_i with all n vectors of y divided by the temperature; the loss is the mean over "
    "the n rows of cross entropy with label i."
)


def main():
    draw = Draw(1)
    z_a, z_b = leaf(draw.normal(8, 16)), leaf(draw.normal(8, 16))
    named = {"z_a": z_a, "z_b": z_b}

    nt_xent = []
    for temperature in (0.5, 0.1):
        loss = NTXentLoss(temperature=temperature)(z_a, z_b)
        nt_xent.append({"temperature": temperature, "loss": loss, "gradients": gradients(loss, named)})

    info_nce = []
    for temperature in (0.1, 0.5):
        unit_a, unit_b = (torch.nn.functional.normalize(z, dim=1) for z in (z_a, z_b))
        loss = torch.nn.functional.cross_entropy(unit_a @ unit_b.T / temperature, torch.arange(8))
        info_nce.append({"temperature": temperature, "loss": loss, "gradients": gradients(loss, named)})

    write("nt_xent", {"conventions": CONVENTIONS, "z_a": z_a, "z_b": z_b, "nt_xent": nt_xent, "info_nce": info_nce})
