"""VICReg by lightly, whole and term by term, and the terms with both conventions of the variance."""

import torch
from lightly.loss.vicreg_loss import VICRegLoss, covariance_loss, invariance_loss, variance_loss

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "n examples, d dimensions. lightly's loss is 25 * invariance + 25 * variance + 1 * covariance, where invariance is the mean over n * d of "
    "(a - b)^2; variance is HALF the sum over the two views, (v(a) + v(b)) / 2, with v(z) the mean over d of relu(1 - sqrt(var + 1e-4)) and "
    "var unbiased (divided by n - 1); covariance is the SUM over the two views, c(a) + c(b), with c(z) the sum of the squared off-diagonal entries of the "
    "covariance matrix (divided by n - 1, eps absent) divided by d. The paper's equation 6, and `25 * (v(a) + v(b))` in this project, have no half: that "
    "variance term is twice lightly's. The paper's published code has the half, and divides invariance by n * d, as lightly does; the paper's equation 5 divides by n alone. `terms` gives v and c of each view alone, with var and "
    "cov unbiased (n - 1) and biased (n). `without_half` is 25 * invariance + 25 * (v(a) + v(b)) + c(a) + c(b), for both."
)


def terms(z, correction):
    n, d = z.shape
    variance = torch.mean(torch.relu(1.0 - torch.sqrt(z.var(dim=0, correction=correction) + 1e-4)))
    centred = z - z.mean(dim=0)
    cov = centred.T @ centred / (n - correction)
    covariance = cov[~torch.eye(d, dtype=torch.bool)].pow(2).sum() / d
    return {"variance": variance, "covariance": covariance}


def main():
    draw = Draw(2)
    # Columns of different spread, some above 1 and some below: the hinge is met on both sides.
    spread = torch.linspace(0.25, 2.0, 16)
    z_a = leaf((draw.normal(8, 16) * spread).mul(1e4).round().div(1e4))
    z_b = leaf((z_a.detach() * 0.7 + draw.normal(8, 16) * 0.6 * spread).mul(1e4).round().div(1e4))
    named = {"z_a": z_a, "z_b": z_b}

    def entry(loss, wrt=None):
        return {"loss": loss, "gradients": gradients(loss, wrt or named)}

    lightly = {
        "loss": entry(VICRegLoss(lambda_param=25.0, mu_param=25.0, nu_param=1.0)(z_a, z_b)),
        "invariance": entry(invariance_loss(z_a, z_b)),
        "variance": entry(0.5 * (variance_loss(z_a) + variance_loss(z_b))),
        "covariance": entry(covariance_loss(z_a) + covariance_loss(z_b)),
    }

    by_correction, without_half = {}, {}
    for name, correction in (("unbiased", 1), ("biased", 0)):
        of_a, of_b = terms(z_a, correction), terms(z_b, correction)
        by_correction[name] = {
            "z_a": {term: entry(value, {"z_a": z_a}) for term, value in of_a.items()},
            "z_b": {term: entry(value, {"z_b": z_b}) for term, value in of_b.items()},
        }
        without_half[name] = entry(
            25 * torch.mean((z_a - z_b) ** 2)
            + 25 * (of_a["variance"] + of_b["variance"])
            + of_a["covariance"]
            + of_b["covariance"]
        )
    assert torch.allclose(terms(z_a, 1)["variance"], variance_loss(z_a), rtol=1e-14)
    assert torch.allclose(terms(z_a, 1)["covariance"], covariance_loss(z_a), rtol=1e-14)

    write(
        "vicreg",
        {
            "conventions": CONVENTIONS,
            "z_a": z_a,
            "z_b": z_b,
            "lightly": lightly,
            "terms": by_correction,
            "without_half": without_half,
        },
    )
