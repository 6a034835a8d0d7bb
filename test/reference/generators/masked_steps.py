"""One step each of I-JEPA (Assran et al. 2023), data2vec (Baevski et al. 2022) and iBOT (Zhou et al. 2022) with small transformers, in plain torch after the papers: the loss,
the gradient by which all parameters move, and the teacher, which follows them."""

import torch
import torch.nn.functional as F

from common import Draw, gradients, leaf, write
from generators.mae_step import positions

N, PATCHES, PIXELS, DIM, HEADS = 5, 16, 6, 8, 2
RATE, DECAY = 1.0, 0.9

CONVENTIONS = (
    "`start` are states by name before the step, weights [in, out], the product that gives q, k and v in one. `keys` order the patches: argsort gives places, of which the first are shown. `after` are the states after "
    "plain gradient descent with rate 1: parameters - gradient; then the teacher, 0.9 old + 0.1 of what it follows, as that is after the step; centres 0.9 old + 0.1 of the batch's mean. Blocks as in mae_step.json. "
    "ijepa: 7 patches are context, two blocks of 4 are predicted, each by its own pass of the predictor; targets are layer-normalised without weights (eps 1e-6). data2vec: 10 of 16 patches are mask tokens; the target is the mean "
    "of the teacher's last two blocks' outputs, each layer-normalised, squared error. ibot: the student sees the first view with 5 mask tokens; class token against the teacher's of the second view, hidden patches against the teacher's of "
    "the first, cross-entropies with temperatures 0.04 and 0.1; 0.1 times KoLeo on the student's class tokens; heads with batch norm, of each call its own statistics."
)


class Net:
    """Functions of a dictionary of parameters, whose names begin with an instance's."""

    def __init__(self, values, instance):
        self.values, self.instance = values, instance

    def __getitem__(self, name):
        return self.values[f"{self.instance}/{name}"]

    def linear(self, name, x):
        return x @ self[f"{name}/weight"] + self[f"{name}/shift_1/bias"]

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self[f"{name}/scale"], self[f"{name}/bias"], 1e-6)

    def block(self, name, x, heads):
        q, k, v = self.linear(f"{name}/attention_1/linear_1", self.norm(f"{name}/layer_norm_1", x)).chunk(3, dim=-1)
        q, k, v = (part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in (q, k, v))
        out = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(-2)
        x = x + self.linear(f"{name}/attention_1/linear_2", out)
        return x + self.linear(f"{name}/linear_2", F.gelu(self.linear(f"{name}/linear_1", self.norm(f"{name}/layer_norm_2", x))))


class Parameters(dict):
    def __init__(self, draw):
        super().__init__()
        self.draw = draw

    def linear(self, name, inputs, outputs):
        self[f"{name}/weight"] = self.draw.normal(inputs, outputs, scale=0.4)
        self[f"{name}/shift_1/bias"] = self.draw.normal(outputs, scale=0.1)

    def norm(self, name, dim):
        self[f"{name}/scale"] = 1 + self.draw.normal(dim, scale=0.2)
        self[f"{name}/bias"] = self.draw.normal(dim, scale=0.1)

    def block(self, name, dim):
        self.norm(f"{name}/layer_norm_1", dim)
        self.linear(f"{name}/attention_1/linear_1", dim, 3 * dim)
        self.linear(f"{name}/attention_1/linear_2", dim, dim)
        self.norm(f"{name}/layer_norm_2", dim)
        self.linear(f"{name}/linear_1", dim, 4 * dim)
        self.linear(f"{name}/linear_2", 4 * dim, dim)

    def vit(self, name, depth, tokens):
        if tokens:
            self[f"{name}/mask_token"] = self.draw.normal(DIM, scale=0.3)
            self[f"{name}/extra"] = self.draw.normal(1, DIM, scale=0.3)
        self.linear(f"{name}/linear_1", PIXELS, DIM)
        for k in range(depth):
            self.block(f"{name}/block_{k + 1}", DIM)
        self.norm(f"{name}/layer_norm_1", DIM)

    def head(self, name, hidden, out):
        self.linear(f"{name}/linear_1", DIM, hidden)
        self.norm(f"{name}/batch_norm_1", hidden)
        self.linear(f"{name}/linear_2", hidden, out)


def rows(x, at):
    return torch.gather(x, 1, at.unsqueeze(-1).expand(-1, -1, x.shape[-1]))


def plain_norm(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


def square(a, b):
    return (a - b).square().mean()


def token_vit(net, x, shown, depth, top=1):
    seen = shown.unsqueeze(-1)
    y = seen * net.linear("linear_1", x) + (1 - seen) * net["mask_token"] + positions(4, 4, DIM)
    y = torch.cat([net["extra"].expand(len(x), 1, DIM), y], dim=1)
    layers = []
    for k in range(depth):
        y = net.block(f"block_{k + 1}", y, HEADS)
        layers.append(plain_norm(y[:, 1:]))
    y = net.norm("layer_norm_1", y)
    return y[:, 0], y[:, 1:], sum(layers[-top:]) / top


def shown(order, count):
    return torch.zeros(N, PATCHES).scatter(1, order[:, :count], 1.0)


def step(start, terms, follows, centres=None):
    """`terms` of the parameters and of all states; the copies are what does not follow a gradient."""
    copied = {f"{copy}/" for copy in follows}
    p = {k: leaf(v) for k, v in start.items() if not any(k.startswith(c) for c in copied) and k not in (centres or {})}
    states = {**start, **p}
    found = terms(states)
    loss = sum(found.values())
    moved = {k: p[k] - RATE * g for k, g in gradients(loss, p).items()}
    after = dict(moved)
    for copy, source in follows.items():
        for name, old in start.items():
            if name.startswith(f"{copy}/"):
                after[name] = DECAY * old + (1 - DECAY) * moved[source + name[len(copy):]]
    for name, value in (centres or {}).items():
        after[name] = 0.9 * start[name] + 0.1 * value(states)
    return {"start": start, "terms": found, "loss": loss, "after": after}


def ijepa(draw):
    start = Parameters(draw)
    start.vit("f", 2, tokens=False)
    start.vit("target", 2, tokens=False)
    start["predictor/mask_token"] = draw.normal(4, scale=0.3)
    start.linear("predictor/linear_1", DIM, 4)
    start.block("predictor/block_1", 4)
    start.norm("predictor/layer_norm_1", 4)
    start.linear("predictor/linear_2", 4, DIM)
    p, order = draw.uniform(N, PATCHES, PIXELS), torch.stack([draw.permutation(PATCHES) for _ in range(N)])
    context, blocks = order[:, :7], (order[:, 8:12], order[:, 12:16])

    def encode(net, at):
        y = rows(net.linear("linear_1", p) + positions(4, 4, DIM), at)
        for k in (1, 2):
            y = net.block(f"block_{k}", y, HEADS)
        return net.norm("layer_norm_1", y)

    def terms(states):
        f, target, predictor = (Net(states, name) for name in ("f", "target", "predictor"))
        whole = plain_norm(encode(target, torch.arange(PATCHES).expand(N, -1))).detach()
        seen = encode(f, context)
        table = positions(4, 4, 4).expand(N, -1, -1)
        losses = []
        for at in blocks:
            y = torch.cat([predictor.linear("linear_1", seen) + rows(table, context), predictor["mask_token"] + rows(table, at)], dim=1)
            y = predictor.norm("layer_norm_1", predictor.block("block_1", y, 2))[:, 7:]
            losses.append(square(predictor.linear("linear_2", y), rows(whole, at)))
        return {"predict": sum(losses) / 2}

    return {"inputs": {"p": p, "keys": order.argsort(dim=1)}, **step(start, terms, {"target": "f"})}


def data2vec(draw):
    start = Parameters(draw)
    start.vit("f", 3, tokens=True)
    start.vit("teacher", 3, tokens=True)
    start["head/weight"], start["head/shift_1/bias"] = draw.normal(DIM, DIM, scale=0.4), draw.normal(DIM, scale=0.1)
    p, order = draw.uniform(N, PATCHES, PIXELS), torch.stack([draw.permutation(PATCHES) for _ in range(N)])
    hidden = order[:, 6:]

    def terms(states):
        _, patches, _ = token_vit(Net(states, "f"), p, shown(order, 6), 3)
        _, _, layers = token_vit(Net(states, "teacher"), p, torch.ones(N, PATCHES), 3, top=2)
        predicted = rows(patches, hidden) @ states["head/weight"] + states["head/shift_1/bias"]
        return {"regress": square(predicted, rows(layers, hidden).detach())}

    return {"inputs": {"p": p, "keys": order.argsort(dim=1)}, **step(start, terms, {"teacher": "f"})}


def ibot(draw):
    start = Parameters(draw)
    for f, g in (("f", "g"), ("teacher_f", "teacher_g")):
        start.vit(f, 1, tokens=True)
        start.head(g, 10, 7)
    start["class_centre"], start["patch_centre"] = draw.normal(7, scale=0.1), draw.normal(7, scale=0.1)
    p, q = draw.uniform(N, PATCHES, PIXELS), draw.uniform(N, PATCHES, PIXELS)
    order = torch.stack([draw.permutation(PATCHES) for _ in range(N)])
    hidden = order[:, 11:]
    whole = torch.ones(N, PATCHES)

    def head(net, x):
        y = net.linear("linear_1", x)
        flat = F.batch_norm(y.flatten(0, -2), None, None, net["batch_norm_1/scale"], net["batch_norm_1/bias"], training=True, eps=1e-5)
        return net.linear("linear_2", F.relu(flat.reshape(y.shape)))

    def teach(states, view):
        return token_vit(Net(states, "teacher_f"), view, whole, 1)

    def class_of(states):
        return head(Net(states, "teacher_g"), teach(states, q)[0]).detach()

    def cross_entropy(teacher, student, centre):
        return -(((teacher - centre) / 0.04).softmax(-1) * (student / 0.1).log_softmax(-1)).sum(-1).mean()

    def terms(states):
        g = Net(states, "g")
        token, patches, _ = token_vit(Net(states, "f"), p, shown(order, 11), 1)
        taught = head(Net(states, "teacher_g"), rows(teach(states, p)[1], hidden)).detach()
        unit = F.normalize(token, dim=1)
        cosines = (unit @ unit.t()).masked_fill(torch.eye(N, dtype=torch.bool), -2)
        distance = (2 - 2 * cosines.max(dim=1).values).sqrt()
        return {
            "class": cross_entropy(class_of(states), head(g, token), states["class_centre"]),
            "patches": cross_entropy(taught, head(g, rows(patches, hidden)), states["patch_centre"]),
            "spread": -0.1 * (distance + 1e-8).log().mean(),
        }

    centres = {
        "class_centre": lambda states: class_of(states).mean(0),
        "patch_centre": lambda states: head(Net(states, "teacher_g"), teach(states, p)[1]).detach().mean((0, 1)),
    }
    inputs = {"p": p, "q": q, "keys": order.argsort(dim=1)}
    return {"inputs": inputs, **step(start, terms, {"teacher_f": "f", "teacher_g": "g"}, centres)}


def main():
    draw = Draw(31)
    write("masked_steps", {"conventions": CONVENTIONS, "ijepa": ijepa(draw), "data2vec": data2vec(draw), "ibot": ibot(draw)})
