"""Steps in float16 with torch.amp's autocast and GradScaler, on the processor: gradients that overflow, steps that are left out, a scale that grows again."""

import torch

from common import Draw, write

CONVENTIONS = (
    "x [6] -> w1 [6, 5], b1 -> relu -> w2 [5, 4], b2, the loss is the mean over examples and outputs of the squared difference from y. Matrices are [in, out]. float32 parameters, autocast to float16, SGD "
    "with rate and momentum as given, GradScaler's defaults but for the scale and the count of good steps that it starts with. `steps` gives for each what goes in, the loss, the scale it is taken with, whether it was left "
    "out (a gradient was not finite), and scale, count and parameters after it."
)


def main():
    draw = Draw(11)
    start = {"w1": draw.normal(6, 5, scale=0.5), "b1": draw.normal(5, scale=0.1), "w2": draw.normal(5, 4, scale=0.5), "b2": draw.normal(4, scale=0.1)}
    scale, good = 2.0**13, 1997
    w = {name: torch.nn.Parameter(value.float()) for name, value in start.items()}
    optimizer = torch.optim.SGD(w.values(), lr=0.02, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu")
    scaler.scale(torch.zeros(1))
    scaler.load_state_dict({**scaler.state_dict(), "scale": scale, "_growth_tracker": good})
    steps = []
    # Targets of 200 make gradients that float16 does not hold at such a scale.
    for height in [1, 1, 1, 1, 1, 200, 200, 200, 1, 1]:
        x, y = draw.normal(4, 6), draw.normal(4, 4, scale=height)
        taken = scaler.get_scale()
        optimizer.zero_grad()
        with torch.amp.autocast("cpu", dtype=torch.float16):
            hidden = torch.nn.functional.linear(x.float(), w["w1"].T, w["b1"]).relu()
            output = torch.nn.functional.linear(hidden, w["w2"].T, w["b2"])
        loss = (output.float() - y.float()).square().mean()
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        skipped = not all(bool(p.grad.isfinite().all()) for p in w.values())
        scaler.step(optimizer)
        scaler.update()
        steps.append(
            {
                "x": x, "y": y, "loss": loss, "scale": taken, "skipped": skipped, "next": scaler.get_scale(),
                "good": scaler.state_dict()["_growth_tracker"], "states": {name: p.detach().clone() for name, p in w.items()},
            }
        )
    write("loss_scale", {"conventions": CONVENTIONS, "rate": 0.02, "momentum": 0.9, "scale": scale, "good": good, "start": start, "steps": steps})
