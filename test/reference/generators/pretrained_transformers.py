"""Outputs of small vision transformers and a BERT of torchvision, timm and Hugging Face, with weights of a formula: what encoders trained elsewhere give after import.

Needs `timm` and `transformers`; nothing is downloaded."""

import timm
import torch
import torchvision
import transformers

from common import write
from generators.pretrained import numbers

CONVENTIONS = (
    "Element i of the k-th tensor of the state dict comes from u = 2 frac(43758.5453 sin(12.9898 i + 78.233 k)) - 1: of tensors with more than one axis u sqrt(3 / n) with n elements "
    "for one of the first axis, of others whose name ends with weight 1 + u / 2, of the rest u / 5. Pictures [2, 16, 16, 3] are (1 + u) / 2 with k = 1000; tokens [2, 6] are "
    "floor(15 (1 + u)) with k = 1001. Vision: the class token after the last normalisation. Text: all tokens and the pooled one, side by side. Evaluation mode."
)


def filled(name, tensor, k):
    u = torch.from_numpy(numbers(tensor.numel(), k)).reshape(tensor.shape)
    if tensor.dim() > 1:
        return u * (3 / (tensor.numel() / tensor.shape[0])) ** 0.5
    return 1 + u / 2 if name.endswith("weight") else u / 5


def prepared(net):
    net = net.double().eval()
    state = net.state_dict()
    # Ids of positions are no weights.
    for k, (name, tensor) in enumerate(state.items()):
        if tensor.is_floating_point():
            state[name] = filled(name, tensor, k)
    net.load_state_dict(state)
    return net, {name: list(tensor.shape) for name, tensor in state.items()}


def main():
    pictures = torch.from_numpy((1 + numbers(2 * 16 * 16 * 3, 1000)) / 2).reshape(2, 16, 16, 3).permute(0, 3, 1, 2)
    tokens = torch.from_numpy((15 * (1 + numbers(12, 1001))).astype(int)).reshape(2, 6)
    size = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    vision = torchvision.models.VisionTransformer(image_size=16, patch_size=8, num_layers=2, num_heads=2, hidden_dim=8, mlp_dim=32)
    vision.heads = torch.nn.Identity()
    ours = timm.models.VisionTransformer(img_size=16, patch_size=8, embed_dim=8, depth=2, num_heads=2, num_classes=0)
    face = transformers.ViTModel(transformers.ViTConfig(image_size=16, patch_size=8, **size), add_pooling_layer=False)
    bert = transformers.BertModel(transformers.BertConfig(vocab_size=30, max_position_embeddings=10, **size))
    asked = {
        "torch_vit": (vision, lambda net: net(pictures)),
        "timm_vit": (ours, lambda net: net(pictures)),
        "hugging_face_vit": (face, lambda net: net(pixel_values=pictures).last_hidden_state[:, 0]),
        "hugging_face_bert": (bert, text(tokens)),
    }
    found = {}
    for name, (net, run) in asked.items():
        net, shapes = prepared(net)
        with torch.no_grad():
            found[name] = {"shapes": shapes, "features": run(net)}
    write("pretrained_transformers", {"conventions": CONVENTIONS, "models": found})


def text(tokens):
    def run(net):
        out = net(input_ids=tokens)
        return torch.cat([out.last_hidden_state.reshape(2, -1), out.pooler_output], 1)

    return run
