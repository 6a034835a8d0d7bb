"""wav2vec 2.0's convolutions of a waveform, its relative positions and its contrast within one sound, by torch's own functions; without alike distractors, by transformers' model."""

from unittest import mock

import torch
import torch.nn.functional as F
from transformers import Wav2Vec2Config, Wav2Vec2ForPreTraining

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "encoder: x [n] standardised as F.layer_norm over n without weights (eps 1e-7), then F.conv1d without bias, F.layer_norm over channels (eps 1e-5), F.gelu, with kernels 10, 3, 3, 3, 3, 2, 2 "
    "and strides 5, 2, 2, 2, 2, 2, 2; `kernels` are [kernel, 1, in, out]; `out` [steps, width]. positions: x + F.gelu(F.conv1d(x, padding 1)). contrast: of hidden steps, F.cross_entropy of "
    "F.cosine_similarity / 0.1 with all hidden steps as candidates, mean over hidden steps. "
    "contrast_unlike: `contrastive_loss` of transformers' Wav2Vec2ForPreTraining over the number of hidden steps, with all other hidden steps as negatives, of which it leaves out what is quantised like the "
    "positive; what its two projections give is put in their place. `loss` of the first two is sum(out * weights)."
)


def encoder(draw):
    x = leaf(draw.normal(1040, scale=0.3) + 0.1)
    kernels, width = [], 4
    y = F.layer_norm(x, x.shape, eps=1e-7).reshape(1, 1, -1)
    for size, stride in ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)):
        kernel = leaf(draw.normal(size, 1, y.shape[1], width, scale=0.5))
        y = F.conv1d(y, kernel[:, 0].permute(2, 1, 0), stride=stride)
        y = F.gelu(F.layer_norm(y.transpose(1, 2), (width,), eps=1e-5)).transpose(1, 2)
        kernels.append(kernel)
    out = y[0].T
    weights = draw.normal(*out.shape)
    loss = (out * weights).sum()
    leaves = {"x": x} | {f"kernel{i + 1}": k for i, k in enumerate(kernels)}
    return {"x": x, "kernels": kernels, "weights": weights, "out": out, "loss": loss, "gradients": gradients(loss, leaves)}


def positions(draw):
    x, kernel, bias = leaf(draw.normal(5, 4)), leaf(draw.normal(3, 1, 4, 4, scale=0.5)), leaf(draw.normal(4))
    y = F.conv1d(x.T[None], kernel[:, 0].permute(2, 1, 0), bias, padding=1)[0].T
    out = x + F.gelu(y)
    return {"x": x, "kernel": kernel, "bias": bias, "out": out}


def contrast(draw):
    c, q = leaf(draw.normal(7, 4)), leaf(draw.normal(7, 4))
    hidden = torch.tensor([1.0, 1, 0, 0, 1, 1, 1])
    at = hidden.nonzero()[:, 0]
    similarity = F.cosine_similarity(c[at][:, None], q[at][None], dim=-1)
    loss = F.cross_entropy(similarity / 0.1, torch.arange(len(at)))
    return {"context": c, "quantised": q, "hidden": hidden, "loss": loss, "gradients": gradients(loss, {"context": c, "quantised": q})}


class Given(torch.nn.Module):
    """A layer that gives a value whatever it is given."""

    def __init__(self, value):
        super().__init__()
        # The model asks for its type.
        self.weight = value

    def forward(self, _):
        return self.weight


def contrast_unlike(draw):
    config = Wav2Vec2Config(
        hidden_size=4, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, conv_dim=(4,), conv_kernel=(10,), conv_stride=(5,), num_feat_extract_layers=1,
        num_conv_pos_embeddings=2, num_conv_pos_embedding_groups=1, codevector_dim=4, num_codevectors_per_group=2, proj_codevector_dim=4, contrastive_logits_temperature=0.1,
    )
    model = Wav2Vec2ForPreTraining(config).double().train()
    codes = draw.normal(3, 4)
    context, quantised = leaf(draw.normal(7, 4)), leaf(codes[[0, 1, 1, 2, 0, 0, 2]])
    model.project_hid, model.project_q = Given(context[None]), Given(quantised[None])
    hidden = torch.tensor([True, True, False, False, True, True, True])
    at = hidden.nonzero()[:, 0]
    # Where a step is not hidden, what is drawn for it does not count.
    negatives = torch.stack([at[at != step] if hidden[step] else at[1:] for step in range(7)])
    # It takes cosines in float32, whatever it is given.
    with mock.patch.object(torch.Tensor, "float", torch.Tensor.double):
        result = model(draw.normal(1, 40), mask_time_indices=hidden[None], sampled_negative_indices=negatives[None])
    loss = result.contrastive_loss / hidden.sum()
    return {"context": context, "quantised": quantised, "hidden": hidden.double(), "loss": loss, "gradients": gradients(loss, {"context": context, "quantised": quantised})}


def main():
    draw = Draw(23)
    write("speech", {"conventions": CONVENTIONS, "encoder": encoder(draw), "positions": positions(draw), "contrast": contrast(draw), "contrast_unlike": contrast_unlike(draw)})
