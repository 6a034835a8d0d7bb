"""Layers by torch: the forward value and the gradients of sum(out * weights) with respect to the input and the parameters."""

import torch
import torch.nn.functional as F

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "All arrays are channels-last. `loss` is sum(out * weights). linear: x @ weight + bias, weight [in, out]. conv2d: filter [kh, kw, in, out], no bias, "
    "zero padding of 1 on every side (also with stride 2: `same` as TensorFlow pads an even size with stride 2 is another result), cross-correlation. batch_norm: training "
    "mode, the mean and the biased variance over all axes but the last, eps 1e-5; `running` is torch's moving average after one step from mean 0 and "
    "variance 1 with momentum 0.1 (it takes the unbiased variance). layer_norm: over the last axis, biased variance. gelu: exact, by erf. attention: q = x @ q.weight + q.bias and so on, "
    "heads split the last axis into [heads, dim / heads] (heads first), softmax(q k^T / sqrt(dim / heads)) v, heads joined, then @ out.weight + out.bias. "
    "A fused qkv matrix is the concatenation of q, k and v along the last axis. cross_entropy: mean over rows of logsumexp(logits) - logits[label]; its loss is not weighted."
)


def case(out, weights, inputs, parameters, **more):
    loss = (out * weights).sum()
    return {
        **more,
        **inputs,
        "parameters": parameters,
        "weights": weights,
        "out": out,
        "loss": loss,
        "gradients": gradients(loss, {**inputs, **parameters}),
    }


def main():
    draw = Draw(3)

    x, weight, bias = leaf(draw.normal(6, 5)), leaf(draw.normal(5, 7, scale=0.5)), leaf(draw.normal(7))
    linear = case(F.linear(x, weight.T, bias), draw.normal(6, 7), {"x": x}, {"weight": weight, "bias": bias})

    conv2d = []
    for stride, size in ((1, 6), (2, 6), (2, 7)):
        x, kernel = leaf(draw.normal(2, size, size, 3)), leaf(draw.normal(3, 3, 3, 4, scale=0.3))
        out = F.conv2d(x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=stride, padding=1).permute(0, 2, 3, 1)
        conv2d.append(case(out, draw.normal(*out.shape), {"x": x}, {"filter": kernel}, stride=stride, padding=1))

    x, scale, shift = leaf(draw.normal(8, 5, 5, 4) * 2 + 0.5), leaf(draw.normal(4) + 1), leaf(draw.normal(4))
    mean, variance = torch.zeros(4), torch.ones(4)
    out = F.batch_norm(x.permute(0, 3, 1, 2), mean, variance, scale, shift, training=True, momentum=0.1, eps=1e-5)
    batch_norm = case(
        out.permute(0, 2, 3, 1),
        draw.normal(8, 5, 5, 4),
        {"x": x},
        {"scale": scale, "shift": shift},
        eps=1e-5,
        running={"momentum": 0.1, "mean": mean, "variance": variance},
    )

    layer_norm = []
    for eps in (1e-6, 1e-5):
        # A nearly constant row makes eps matter.
        x = draw.normal(5, 12)
        x[0] = 0.3 + x[0] * 1e-3
        x, scale, shift = leaf(x), leaf(draw.normal(12) + 1), leaf(draw.normal(12))
        out = F.layer_norm(x, (12,), scale, shift, eps)
        layer_norm.append(case(out, draw.normal(5, 12), {"x": x}, {"scale": scale, "shift": shift}, eps=eps))

    x = leaf(draw.normal(4, 9, scale=2.0))
    gelu = case(F.gelu(x), draw.normal(4, 9), {"x": x}, {})

    dim, heads = 12, 3
    x = leaf(draw.normal(2, 5, dim))
    parts = ("q", "k", "v", "out")
    parameters = {}
    for part in parts:
        parameters[f"{part}.weight"] = leaf(draw.normal(dim, dim, scale=0.4))
        parameters[f"{part}.bias"] = leaf(draw.normal(dim, scale=0.4))
    # torch.nn.functional's own multi-head attention, sequence first.
    transposed = x.transpose(0, 1)
    out, _ = F.multi_head_attention_forward(
        transposed,
        transposed,
        transposed,
        dim,
        heads,
        torch.cat([parameters[f"{part}.weight"].T for part in parts[:3]]),
        torch.cat([parameters[f"{part}.bias"] for part in parts[:3]]),
        None,
        None,
        False,
        0.0,
        parameters["out.weight"].T,
        parameters["out.bias"],
        need_weights=False,
    )
    attention = case(out.transpose(0, 1), draw.normal(2, 5, dim), {"x": x}, parameters, heads=heads)

    logits, labels = leaf(draw.normal(6, 5, scale=2.0)), torch.tensor([0, 4, 2, 2, 1, 3])
    loss = F.cross_entropy(logits, labels)
    cross_entropy = {"logits": logits, "labels": labels, "loss": loss, "gradients": gradients(loss, {"logits": logits})}

    write(
        "layers",
        {
            "conventions": CONVENTIONS,
            "linear": linear,
            "conv2d": conv2d,
            "batch_norm": batch_norm,
            "layer_norm": layer_norm,
            "gelu": gelu,
            "attention": attention,
            "cross_entropy": cross_entropy,
        },
    )
