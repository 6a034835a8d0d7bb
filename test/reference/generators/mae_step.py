"""One step of a small masked autoencoder (He et al. 2021), written in torch after the paper's published code."""

import torch
import torch.nn.functional as F

from common import Draw, gradients, leaf, write

BATCH, PATCHES, PIXELS, VISIBLE = 4, 16, 12, 4
ENCODER, DECODER = 12, 8

CONVENTIONS = (
    "Weights are [in, out], no class token. tokens = patches @ embed.weight + embed.bias + encoder_positions, for all 16 patches; the visible ones are "
    "gathered in the order given; one pre-norm block: x += attention(layer_norm(x)); x += mlp(layer_norm(x)), attention as in layers.json with q, k, v and out, mlp = linear to 4 * dim, "
    "gelu (erf), linear; then layer_norm (encoder.norm). Decoder: @ decoder.embed; a sequence of 16 in the patches' own order that holds each visible token "
    "at its place and decoder.mask_token elsewhere; + decoder_positions; one block; layer_norm (decoder.norm); linear to 12 (decoder.head). The loss is the mean over examples, hidden patches and their 12 values of "
    "(prediction - target)^2, target = (patch - mean) / sqrt(var + 1e-6) for each patch. The published code's torch.var is unbiased (divided by 11): that is `unbiased`, and "
    "`biased` divides by 12. All layer norms have eps 1e-6. Positions are the published code's fixed sine-cosine table: for a patch in row r and column c of "
    "the 4 x 4 grid, with w_i = 10000^(-i / (dim / 4)), the entries are sin(c w_i), cos(c w_i), sin(r w_i), cos(r w_i) in that order, columns first."
)


def positions(rows, columns, dim):
    frequency = 1.0 / 10000 ** (torch.arange(dim // 4) / (dim / 4.0))
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    parts = []
    for place in (column, row):  # The published code makes its grid with 'w goes first'.
        angle = place.reshape(-1, 1) * frequency
        parts += [angle.sin(), angle.cos()]
    return torch.cat(parts, dim=1)


def parameters(draw):
    named = {}

    def linear(name, inputs, outputs):
        named[f"{name}.weight"] = leaf(draw.normal(inputs, outputs, scale=0.4))
        named[f"{name}.bias"] = leaf(draw.normal(outputs, scale=0.1))

    def norm(name, dim):
        named[f"{name}.scale"] = leaf(1 + draw.normal(dim, scale=0.2))
        named[f"{name}.shift"] = leaf(draw.normal(dim, scale=0.1))

    def block(name, dim):
        norm(f"{name}.norm1", dim)
        for part in ("q", "k", "v", "out"):
            linear(f"{name}.attention.{part}", dim, dim)
        norm(f"{name}.norm2", dim)
        linear(f"{name}.mlp.first", dim, 4 * dim)
        linear(f"{name}.mlp.second", 4 * dim, dim)

    linear("encoder.embed", PIXELS, ENCODER)
    block("encoder.block", ENCODER)
    norm("encoder.norm", ENCODER)
    linear("decoder.embed", ENCODER, DECODER)
    named["decoder.mask_token"] = leaf(draw.normal(DECODER, scale=0.3))
    block("decoder.block", DECODER)
    norm("decoder.norm", DECODER)
    linear("decoder.head", DECODER, PIXELS)
    return named


def main():
    draw = Draw(4)
    patches = draw.uniform(BATCH, PATCHES, PIXELS)
    order = torch.stack([draw.permutation(PATCHES) for _ in range(BATCH)])
    visible, hidden = order[:, :VISIBLE], order[:, VISIBLE:]
    named = parameters(draw)
    encoder_positions, decoder_positions = positions(4, 4, ENCODER), positions(4, 4, DECODER)

    def linear(name, x):
        return x @ named[f"{name}.weight"] + named[f"{name}.bias"]

    def norm(name, x):
        return F.layer_norm(x, x.shape[-1:], named[f"{name}.scale"], named[f"{name}.shift"], 1e-6)

    def attention(name, x, heads):
        def split(part):
            return linear(f"{name}.{part}", x).unflatten(-1, (heads, -1)).transpose(1, 2)

        out = F.scaled_dot_product_attention(split("q"), split("k"), split("v"))
        return linear(f"{name}.out", out.transpose(1, 2).flatten(-2))

    def block(name, x, heads):
        x = x + attention(f"{name}.attention", norm(f"{name}.norm1", x), heads)
        return x + linear(f"{name}.mlp.second", F.gelu(linear(f"{name}.mlp.first", norm(f"{name}.norm2", x))))

    def rows(x, indices):
        return torch.gather(x, 1, indices.unsqueeze(-1).expand(-1, -1, x.shape[-1]))

    encoded = rows(linear("encoder.embed", patches) + encoder_positions, visible)
    encoded = norm("encoder.norm", block("encoder.block", encoded, heads=3))

    sequence = torch.cat(
        [linear("decoder.embed", encoded), named["decoder.mask_token"].expand(BATCH, PATCHES - VISIBLE, DECODER)], dim=1
    )
    sequence = rows(sequence, torch.argsort(order, dim=1)) + decoder_positions
    decoded = norm("decoder.norm", block("decoder.block", sequence, heads=2))
    predicted = rows(linear("decoder.head", decoded), hidden)

    target = rows(patches, hidden)
    losses = {}
    for name, correction in (("unbiased", 1), ("biased", 0)):
        centred = target - target.mean(dim=-1, keepdim=True)
        standardised = centred / (target.var(dim=-1, keepdim=True, correction=correction) + 1e-6).sqrt()
        loss = ((predicted - standardised) ** 2).mean(dim=-1).mean()
        losses[name] = {"loss": loss, "gradients": gradients(loss, named)}

    write(
        "mae_step",
        {
            "conventions": CONVENTIONS,
            "patches": patches,
            "visible": visible,
            "hidden": hidden,
            "encoder_positions": encoder_positions,
            "decoder_positions": decoder_positions,
            "parameters": named,
            "encoded": encoded,
            "predicted": predicted,
            **losses,
        },
    )
