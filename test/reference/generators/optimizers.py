"""Five steps of each optimizer on a fixed quadratic: torch.optim's AdamW and SGD, lightly's LARS."""

import torch
from lightly.utils.lars import LARS

from common import Draw, write

CONVENTIONS = (
    "The gradient of both parameters at every step is curvature * (p - target). p is the parameter, g its gradient, t counts from 1; all state starts at 0. `steps` gives the parameters after each step. "
    "adamw (decoupled): p *= 1 - rate * decay; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; "
    "p -= rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps). sgd (torch): g += decay * p; b = g at the first step, else momentum * b + g; p -= rate * b. lars (lightly, after "
    "Lightning Bolts; torch's order of momentum): where decay != 0 and both norms != 0, local = eta * |p| / (|g| + decay * |p| + eps) with norms over the whole tensor and eps 1e-8, "
    "g = local * (g + decay * p); b = g at the first step, else momentum * b + g; p -= rate * b. With decay = 0 neither scaling nor decay happens: so norms and biases are excluded, "
    "here the bias, which takes decay 0 in the lars and in the `excluded` cases and the same decay as the matrix otherwise."
)


def main():
    draw = Draw(5)
    start = {"matrix": draw.normal(3, 4), "bias": draw.normal(4)}
    curvature = {"matrix": draw.uniform(3, 4) * 2 + 0.1, "bias": draw.uniform(4) * 2 + 0.1}
    target = {"matrix": draw.normal(3, 4), "bias": draw.normal(4)}

    def run(settings, excluded, make):
        named = {name: torch.nn.Parameter(value.clone()) for name, value in start.items()}
        groups = [
            {"params": [named["matrix"]]},
            {"params": [named["bias"]], **({"weight_decay": 0.0} if excluded else {})},
        ]
        optimizer = make(groups)
        steps = []
        for _ in range(5):
            for name, parameter in named.items():
                parameter.grad = curvature[name] * (parameter.detach() - target[name])
            optimizer.step()
            steps.append({name: parameter.detach().clone() for name, parameter in named.items()})
        return {"settings": settings, "bias_excluded_from_decay": excluded, "steps": steps}

    def adamw(beta1, beta2, rate, decay, excluded):
        settings = {"rate": rate, "beta1": beta1, "beta2": beta2, "eps": 1e-8, "decay": decay}
        return run(
            settings, excluded, lambda groups: torch.optim.AdamW(groups, lr=rate, betas=(beta1, beta2), eps=1e-8, weight_decay=decay)
        )

    def sgd(rate, momentum, decay, excluded):
        settings = {"rate": rate, "momentum": momentum, "decay": decay}
        return run(settings, excluded, lambda groups: torch.optim.SGD(groups, lr=rate, momentum=momentum, weight_decay=decay))

    def lars(rate, momentum, decay, eta):
        settings = {"rate": rate, "momentum": momentum, "decay": decay, "eta": eta, "eps": 1e-8}
        return run(
            settings,
            True,
            lambda groups: LARS(groups, lr=rate, momentum=momentum, weight_decay=decay, trust_coefficient=eta, eps=1e-8),
        )

    write(
        "optimizers",
        {
            "conventions": CONVENTIONS,
            "start": start,
            "curvature": curvature,
            "target": target,
            "adamw": [adamw(0.9, 0.999, 1e-3, 0.01, False), adamw(0.9, 0.95, 1e-2, 0.05, True)],
            "sgd": [sgd(0.1, 0.9, 1e-4, False), sgd(0.1, 0.9, 1e-4, True)],
            "lars": [lars(0.3, 0.9, 1e-4, 0.001), lars(0.3, 0.9, 1e-4, 0.02)],
        },
    )
