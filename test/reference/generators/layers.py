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


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def channels_last(x):
    return x.permute(0, 2, 3, 1)


def u_net(draw):
    """Of width 4, depth 2, group norm in 2 groups and swish after each 3 by 3 convolution, 1 channel out."""
    parameters = {}

    def double_conv(x, name, out):
        for k in (1, 2):
            kernel = parameters[f"{name}.conv{k}"] = leaf(draw.normal(3, 3, x.shape[1], out, scale=0.3))
            scale = parameters[f"{name}.scale{k}"] = leaf(draw.normal(out, scale=0.3) + 1)
            shift = parameters[f"{name}.shift{k}"] = leaf(draw.normal(out, scale=0.3))
            x = F.silu(F.group_norm(F.conv2d(x, kernel.permute(3, 2, 0, 1), padding=1), 2, scale, shift))
        return x

    picture = leaf(draw.normal(2, 4, 8, 2))
    x = double_conv(channels_first(picture), "1", 4)
    seen = [x]
    for i in range(2):
        x = double_conv(F.max_pool2d(x, 2), str(i + 2), 8 * 2**i)
        seen.append(x)
    for i in range(2):
        x = torch.cat([seen[1 - i], F.interpolate(x, scale_factor=2, mode="nearest")], dim=1)
        x = double_conv(x, str(i + 4), 8 // 2**i)
    last = parameters["last.weight"] = leaf(draw.normal(1, 1, 4, 1))
    bias = parameters["last.bias"] = leaf(draw.normal(1))
    out = channels_last(F.conv2d(x, last.permute(3, 2, 0, 1), bias))
    return case(out, draw.normal(*out.shape), {"x": picture}, parameters)


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

    x, scale, shift = leaf(draw.normal(3, 4, 5, 6) * 2 + 0.5), leaf(draw.normal(6) + 1), leaf(draw.normal(6))
    out = channels_last(F.group_norm(channels_first(x), 3, scale, shift, eps=1e-5))
    group_norm = case(out, draw.normal(*out.shape), {"x": x}, {"scale": scale, "shift": shift}, groups=3, eps=1e-5)

    x = leaf(draw.normal(2, 3, 2, 4))
    out = channels_last(F.interpolate(channels_first(x), scale_factor=3, mode="nearest"))
    upsample = case(out, draw.normal(*out.shape), {"x": x}, {}, factor=3)

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
            "group_norm": group_norm,
            "upsample": upsample,
            "u_net": u_net(draw),
        },
    )
