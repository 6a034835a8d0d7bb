"""Masked attention, transformer blocks and token cross-entropy by torch's own modules: values and gradients."""

import torch
import torch.nn.functional as F
from torch import nn

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "All arrays are [batch, positions, width]. `loss` is sum(out * weights), over examples too. Weights of linear maps are [in, out]; a fused qkv is the concatenation of q, k and v "
    "along the last axis. `allowed` is 1 where a position may look; in `present` 0 is padding. block: nn.TransformerEncoderLayer (norm_first for pre), gelu exact or by tanh; cross_block: "
    "nn.TransformerDecoderLayer, causal, with key padding of the memory. cross_entropy: F.cross_entropy with reduction none times weight, divided by the sum of the weights of each example; "
    "its `loss` is the sum over examples."
)


def draw_module(draw, module, scale=0.3):
    for name, p in module.named_parameters():
        with torch.no_grad():
            # Scales of normalisations around 1.
            p.copy_(draw.normal(*p.shape, scale=scale) + (1 if "norm" in name and "weight" in name else 0))
    return module


def linear(module, prefix=""):
    return {f"{prefix}weight": module.weight.T, f"{prefix}bias": module.bias}


def attention(module, prefix):
    return {
        f"{prefix}in.weight": module.in_proj_weight.T,
        f"{prefix}in.bias": module.in_proj_bias,
        f"{prefix}out.weight": module.out_proj.weight.T,
        f"{prefix}out.bias": module.out_proj.bias,
    }


def parameters_of(module):
    found = attention(module.self_attn, "self.")
    if hasattr(module, "multihead_attn"):
        found |= attention(module.multihead_attn, "cross.")
    found |= linear(module.linear1, "first.") | linear(module.linear2, "second.")
    for k in (1, 2, 3):
        if hasattr(module, f"norm{k}"):
            norm = getattr(module, f"norm{k}")
            found |= {f"norm{k}.scale": norm.weight, f"norm{k}.shift": norm.bias}
    return found


def case(draw, module, out, inputs, **more):
    weights = draw.normal(*out.shape)
    loss = (out * weights).sum()
    raw = dict(module.named_parameters())
    grads = torch.autograd.grad(loss, list(raw.values()) + list(inputs.values()))
    values = parameters_of(module)
    # The gradients in the same layout as the values.
    for p, g in zip(raw.values(), grads):
        p.grad = g
    by_name = {}
    for name, tensor in raw.items():
        by_name[name] = tensor.grad
    with torch.no_grad():
        saved = {name: tensor.clone() for name, tensor in raw.items()}
        for name, tensor in raw.items():
            tensor.copy_(by_name[name])
        grad_values = {name: tensor.clone() for name, tensor in parameters_of(module).items()}
        for name, tensor in raw.items():
            tensor.copy_(saved[name])
    given = dict(zip(inputs, grads[len(raw):]))
    return {
        **more,
        "inputs": inputs,
        "parameters": {name: tensor.clone() for name, tensor in values.items()},
        "weights": weights,
        "out": out,
        "loss": loss,
        "gradients": {**given, **grad_values},
    }


def main():
    draw = Draw(11)
    n, m, d, heads, batch = 5, 4, 8, 2, 2

    causal = torch.tril(torch.ones(n, n))
    present = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], dtype=torch.float64)
    blocks = []
    for norm in ("pre", "post"):
        for activation in ("gelu", "gelu_tanh", "relu"):
            for mask in ("causal", "padding"):
                act = {"gelu": F.gelu, "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "relu": F.relu}[activation]
                if (norm, activation, mask) not in (
                    ("pre", "gelu_tanh", "causal"),
                    ("post", "gelu", "padding"),
                    ("pre", "relu", "padding"),
                ):
                    continue
                layer = nn.TransformerEncoderLayer(d, heads, 3 * d, 0.0, act, 1e-5, True, norm == "pre")
                draw_module(draw, layer)
                x = leaf(draw.normal(batch, n, d))
                if mask == "causal":
                    out = layer(x, src_mask=causal == 0)
                else:
                    # In training mode torch does not take its fused path, which zeroes padding.
                    out = layer(x, src_key_padding_mask=present == 0)
                blocks.append(case(draw, layer, out, {"x": x}, norm=norm, activation=activation, mask=mask))

    cross = []
    memory_present = torch.tensor([[1, 1, 0, 1], [1, 1, 1, 1]], dtype=torch.float64)
    for norm in ("pre", "post"):
        layer = nn.TransformerDecoderLayer(d, heads, 3 * d, 0.0, F.relu, 1e-5, True, norm == "pre")
        draw_module(draw, layer)
        x, memory = leaf(draw.normal(batch, n, d)), leaf(draw.normal(batch, m, d))
        out = layer(x, memory, tgt_mask=causal == 0, memory_key_padding_mask=memory_present == 0)
        cross.append(case(draw, layer, out, {"x": x, "memory": memory}, norm=norm))

    logits, y = leaf(draw.normal(batch, n, 7, scale=2.0)), torch.tensor([[0, 6, 2, 2, 1], [3, 3, 5, 4, 0]])
    each = F.cross_entropy(logits.reshape(-1, 7), y.reshape(-1), reduction="none").reshape(batch, n)
    loss = ((each * present).sum(1) / present.sum(1)).sum()
    cross_entropy = {"logits": logits, "y": y, "present": present, "loss": loss, "gradients": gradients(loss, {"logits": logits})}

    write(
        "transformers",
        {
            "conventions": CONVENTIONS,
            "heads": heads,
            "present": present,
            "memory_present": memory_present,
            "blocks": blocks,
            "cross_blocks": cross,
            "cross_entropy": cross_entropy,
        },
    )
