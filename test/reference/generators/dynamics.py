"""Training steps with what outlives a step: moving-average copies, a queue, a centre, two groups of parameters. Plain PyTorch, SGD with momentum."""

import math

import torch
import torch.nn.functional as F

from common import Draw, write

N, STEPS = 4, 5
RATE, MOMENTUM = 0.1, 0.9


def linear(x, w, b):
    return x @ w + b


class Sgd:
    def __init__(self, parameters):
        self.velocity = {name: torch.zeros_like(p) for name, p in parameters.items()}

    def step(self, parameters, gradients):
        for name, g in gradients.items():
            self.velocity[name] = MOMENTUM * self.velocity[name] + g
            parameters[name] = (parameters[name] - RATE * self.velocity[name]).detach().requires_grad_(True)


def targets(draw):
    """A predictor regresses a moving-average copy minus a centre; keys of a copy of the copy wait in a queue."""
    p = {
        "f/weight": draw.normal(6, 4, scale=0.5),
        "f/shift_1/bias": draw.normal(4, scale=0.1),
        "q/weight": draw.normal(4, 4, scale=0.5),
        "q/shift_1/bias": draw.normal(4, scale=0.1),
    }
    t = {"weight": draw.normal(6, 4, scale=0.5), "shift_1/bias": draw.normal(4, scale=0.1)}
    u = {"weight": draw.normal(6, 4, scale=0.5), "shift_1/bias": draw.normal(4, scale=0.1)}
    queue, centre = F.normalize(draw.normal(10, 4), dim=1), draw.normal(4, scale=0.1)

    def states():
        return {
            **p,
            **{f"t/{k}": v for k, v in t.items()},
            **{f"u/{k}": v for k, v in u.items()},
            "queue": queue,
            "centre": centre,
        }

    start = {k: v.clone() for k, v in states().items()}
    p = {k: v.requires_grad_(True) for k, v in p.items()}
    sgd = Sgd(p)
    steps = []
    for step in range(STEPS):
        x, y = draw.normal(N, 6), draw.normal(N, 6)
        z = linear(x, p["f/weight"], p["f/shift_1/bias"])
        key = linear(y, t["weight"], t["shift_1/bias"]).detach()
        other = linear(y, u["weight"], u["shift_1/bias"]).detach()
        predicted = F.normalize(linear(z, p["q/weight"], p["q/shift_1/bias"]), dim=1)
        distill = (predicted - F.normalize(key - centre, dim=1)).square().sum(1).mean()
        zn, kn = F.normalize(z, dim=1), F.normalize(other, dim=1)
        logits = torch.cat([(zn * kn).sum(1, keepdim=True), zn @ F.normalize(queue, dim=1).t()], 1) / 0.5
        contrast = F.cross_entropy(logits, torch.zeros(N, dtype=torch.long))
        loss = distill + contrast
        g = dict(zip(p, torch.autograd.grad(loss, list(p.values()))))
        sgd.step(p, g)
        decay = 1.0 - (1.0 - 0.8) * (math.cos(math.pi * step / (STEPS - 1)) + 1) / 2
        t = {k: decay * v + (1 - decay) * p[f"f/{k}"].detach() for k, v in t.items()}
        u = {k: 0.5 * v + 0.5 * t[k] for k, v in u.items()}
        queue = torch.cat([F.normalize(key, dim=1), queue])[:10]
        centre = 0.7 * centre + 0.3 * key.mean(0)
        steps.append({"x": x, "y": y, "loss": loss, "states": {k: v.clone() for k, v in states().items()}})
    return {"start": start, "steps": steps}


def rivals(draw):
    """A critic with a gradient penalty (Gulrajani et al. 2017, equation 3) against a generator; both move at once."""
    p = {
        "g/weight": draw.normal(3, 6, scale=0.5),
        "g/shift_1/bias": draw.normal(6, scale=0.1),
        "d/weight": draw.normal(6, 5, scale=0.5),
        "d/shift_1/bias": draw.normal(5, scale=0.1),
    }
    start = {k: v.clone() for k, v in p.items()}
    p = {k: v.requires_grad_(True) for k, v in p.items()}
    sgd = Sgd(p)
    steps = []

    def critic(x):
        return torch.tanh(linear(x, p["d/weight"], p["d/shift_1/bias"])).sum(1)

    for _ in range(STEPS):
        x, z, w = draw.normal(N, 6), draw.normal(N, 3), draw.uniform(N, 1)
        fake = linear(z, p["g/weight"], p["g/shift_1/bias"])
        between = w * x + (1 - w) * fake.detach()
        point = between.clone().requires_grad_(True)
        (slope,) = torch.autograd.grad(critic(point).sum(), point, create_graph=True)
        penalty = 0.5 * (slope.square().sum(1).sqrt() - 1).square().mean()
        d_loss = (critic(x) - critic(fake.detach())).mean() + penalty
        g_loss = critic(fake).mean()
        d_names, g_names = [k for k in p if k.startswith("d/")], [k for k in p if k.startswith("g/")]
        g = dict(zip(d_names, torch.autograd.grad(d_loss, [p[k] for k in d_names], retain_graph=True)))
        g |= dict(zip(g_names, torch.autograd.grad(g_loss, [p[k] for k in g_names])))
        sgd.step(p, g)
        steps.append({"x": x, "z": z, "w": w.reshape(N), "loss": d_loss + g_loss, "states": {k: v.clone() for k, v in p.items()}})
    return {"start": start, "steps": steps}


def elastic(draw):
    """InfoNCE in a second stage of training: what mattered before is held where it was (Kirkpatrick et al. 2017, equation 3), and what matters now is followed as the squares
    of the objective's gradient over the batch."""
    shapes = {"weight": (6, 4), "shift_1/bias": (4,)}
    p = {f"{f}/{k}": draw.normal(*shape, scale=0.5) for f in ("f", "g") for k, shape in shapes.items()}
    n = sum(math.prod(shape) for shape in shapes.values())
    old = draw.normal(n, scale=0.5)
    before, fisher = draw.uniform(n), draw.uniform(n)
    importance = draw.uniform(n)

    def vector(of):
        return torch.cat([of[k].reshape(-1) for k in ("f/weight", "f/shift_1/bias")])

    def states():
        frozen = {"old/weight": old[:24].reshape(6, 4), "old/shift_1/bias": old[24:], "0/frozen/stage/importance": before}
        return {**p, **frozen, "fisher": fisher, "importance": importance}

    start = {k: v.clone() for k, v in states().items()}
    p = {k: v.requires_grad_(True) for k, v in p.items()}
    sgd = Sgd(p)
    steps = []
    for _ in range(STEPS):
        x, y = draw.normal(N, 6), draw.normal(N, 6)
        u = F.normalize(torch.tanh(linear(x, p["f/weight"], p["f/shift_1/bias"])), dim=1)
        v = F.normalize(linear(y, p["g/weight"], p["g/shift_1/bias"]), dim=1)
        contrast = F.cross_entropy(u @ v.t() / 0.5, torch.arange(N))
        kept = (before * (vector(p) - old).square()).sum() / 2
        slope = dict(zip(p, torch.autograd.grad(contrast, list(p.values()), retain_graph=True)))
        g = dict(zip(p, torch.autograd.grad(contrast + 3 * kept, list(p.values()))))
        fisher = 0.9 * fisher + 0.1 * vector(slope).square()
        importance = before + fisher
        sgd.step(p, g)
        loss = contrast + 3 * kept
        steps.append({"x": x, "y": y, "loss": loss, "states": {k: v.clone() for k, v in states().items()}})
    return {"start": start, "steps": steps}


def main():
    draw = Draw(31)
    write(
        "dynamics",
        {
            "conventions": "start: states; steps: the batch, the loss, and the states after it; SGD of rate 0.1 and momentum 0.9. Regenerate with generate.py dynamics.",
            "targets": targets(draw),
            "rivals": rivals(draw),
            "elastic": elastic(Draw(32)),
        },
    )
