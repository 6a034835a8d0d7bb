"""Masked models with vision transformers, as MAE's code writes them with torch.nn, for bench/methods.ts and bench/performance.ts. Networks and sizes are those of the models measured."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

BATCH = 128


def deactivate_requires_grad(model):
    for parameter in model.parameters():
        parameter.requires_grad = False


def update_momentum(model, average, m):
    """As lightly's function of this name, whose modules not every machine has."""
    with torch.no_grad():
        for new, old in zip(model.parameters(), average.parameters(), strict=True):
            old.data = old.data * m + new.data * (1.0 - m)


def patches_of(x, patch):
    """[b, c, h, w] to [b, patches, patch * patch * c]."""
    b, c, h, w = x.shape
    return x.reshape(b, c, h // patch, patch, w // patch, patch).permute(0, 2, 4, 3, 5, 1).reshape(b, -1, patch * patch * c)


def at(values, index):
    return values.gather(1, index[..., None].expand(-1, -1, values.shape[2]))


class Block(nn.Module):
    def __init__(self, dim, heads, ratio=4):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.fc1 = nn.Linear(dim, ratio * dim)
        self.fc2 = nn.Linear(ratio * dim, dim)
        self.heads = heads

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, d)
        x = x + self.proj(a)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class MAE(nn.Module):
    def __init__(self, dim=192, depth=6, heads=3, decoder_dim=96, decoder_depth=2, patch=4, size=32, channels=3):
        super().__init__()
        self.patch, self.n, self.channels = patch, (size // patch) ** 2, channels
        self.embed = nn.Linear(patch * patch * channels, dim)
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.decoder_embed = nn.Linear(dim, decoder_dim)
        self.mask_token = nn.Parameter(torch.randn(decoder_dim) * 0.02)
        self.decoder_blocks = nn.ModuleList(Block(decoder_dim, heads) for _ in range(decoder_depth))
        self.decoder_norm = nn.LayerNorm(decoder_dim, eps=1e-6)
        self.head = nn.Linear(decoder_dim, patch * patch * channels)
        self.register_buffer("positions", torch.randn(self.n, dim))
        self.register_buffer("decoder_positions", torch.randn(self.n, decoder_dim))

    def forward(self, x):
        patches = patches_of(x, self.patch)
        b, n = patches.shape[:2]
        order = torch.rand(b, n, device=x.device).argsort(1)
        visible, hidden = order[:, : n // 4], order[:, n // 4 :]
        y = self.embed(at(patches, visible)) + self.positions[visible]
        for block in self.blocks:
            y = block(y)
        y = self.decoder_embed(self.norm(y)) + self.decoder_positions[visible]
        y = torch.cat([y, self.mask_token + self.decoder_positions[hidden]], 1)
        for block in self.decoder_blocks:
            y = block(y)
        predicted = self.head(self.decoder_norm(y)[:, n // 4 :])
        target = at(patches, hidden)
        return F.mse_loss(predicted, F.layer_norm(target, target.shape[-1:], eps=1e-6))


PICTURES = torch.rand(BATCH, 1, 28, 28)


class ExampleMae(MAE):
    def __init__(self):
        super().__init__(dim=96, depth=4, heads=3, decoder_dim=48, decoder_depth=1, size=28, channels=1)

    def forward(self, _):
        return super().forward(PICTURES)


class TokenVit(nn.Module):
    """Mask tokens stand for hidden patches from the first block on; gives the patches, and the mean of the last layers, each normalised."""

    def __init__(self, dim=48, depth=4, heads=3, top=1, patch=4):
        super().__init__()
        self.embed = nn.Linear(patch * patch, dim)
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.mask_token = nn.Parameter(torch.randn(dim) * 0.02)
        self.class_token = nn.Parameter(torch.randn(1, 1, dim) * 0.02)
        self.register_buffer("positions", torch.randn((28 // patch) ** 2, dim))
        self.top = top

    def forward(self, patches, hidden=None):
        y = self.embed(patches)
        if hidden is not None:
            y = torch.where(hidden[..., None], self.mask_token, y)
        y = torch.cat([self.class_token.expand(len(y), -1, -1), y + self.positions], 1)
        layers = []
        for block in self.blocks:
            y = block(y)
            layers.append(y)
        if self.top > 1:
            width = y.shape[-1:]
            layers = [F.layer_norm(layer[:, 1:], width, eps=1e-6) for layer in layers[-self.top :]]
        return self.norm(y)[:, 1:], sum(layers) / self.top if self.top > 1 else None


def random_hidden(b, n, count):
    """Places of hidden patches, and where they are."""
    places = torch.rand(b, n).argsort(1)[:, :count]
    return places, torch.zeros(b, n, dtype=torch.bool).scatter_(1, places, True)


class Simmim(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.head = TokenVit(), nn.Linear(48, 16)

    def forward(self, _):
        patches = patches_of(PICTURES, 4)
        places, hidden = random_hidden(BATCH, 49, 30)
        return F.l1_loss(self.head(at(self.f(patches, hidden)[0], places)), at(patches, places))


class Data2vec(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.head = TokenVit(top=3, patch=7), nn.Linear(48, 48)
        self.teacher = copy.deepcopy(self.f)
        deactivate_requires_grad(self.teacher)

    def forward(self, _):
        update_momentum(self.f, self.teacher, m=0.99)
        patches = patches_of(PICTURES, 7)
        places, hidden = random_hidden(BATCH, 16, 10)
        with torch.no_grad():
            wanted = at(self.teacher(patches)[1], places)
        return F.mse_loss(self.head(at(self.f(patches, hidden)[0], places)), wanted)


class Vit(nn.Module):
    def __init__(self, inputs=49, dim=48, depth=4, heads=3):
        super().__init__()
        self.embed = nn.Linear(inputs, dim)
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.register_buffer("positions", torch.randn(16, dim))

    def forward(self, patches, places=None):
        y = self.embed(patches) + (self.positions if places is None else self.positions[places])
        for block in self.blocks:
            y = block(y)
        return self.norm(y)


class Ijepa(nn.Module):
    """Two blocks of 2 by 2 patches; those of one picture are predicted one after another, as its code does by repeating the batch."""

    def __init__(self, dim=24, depth=2):
        super().__init__()
        self.f = Vit()
        self.target = copy.deepcopy(self.f)
        deactivate_requires_grad(self.target)
        self.enter, self.leave = nn.Linear(48, dim), nn.Linear(dim, 48)
        self.mask_token = nn.Parameter(torch.randn(dim) * 0.02)
        self.blocks = nn.ModuleList(Block(dim, 3) for _ in range(depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.register_buffer("positions", torch.randn(16, dim))

    def forward(self, _):
        update_momentum(self.f, self.target, m=0.99)
        patches = patches_of(PICTURES, 7)
        corners = torch.randint(3, (BATCH, 2, 2))
        first = corners[..., 0] * 4 + corners[..., 1]
        targets = first[..., None] + torch.tensor([0, 1, 4, 5])
        taken = torch.zeros(BATCH, 16).scatter_(1, targets.flatten(1), 1.0)
        context = (taken + torch.rand(BATCH, 16) / 2).argsort(1)[:, :8]
        with torch.no_grad():
            whole = F.layer_norm(self.target(patches), (48,), eps=1e-6)
        seen = self.enter(self.f(at(patches, context), context)) + self.positions[context]
        asked = self.mask_token + self.positions[targets.transpose(0, 1).flatten(0, 1)]
        y = torch.cat([seen.repeat(2, 1, 1), asked], 1)
        for block in self.blocks:
            y = block(y)
        predicted = self.leave(self.norm(y)[:, 8:])
        wanted = torch.cat([at(whole, targets[:, i]) for i in range(2)])
        return F.mse_loss(predicted, wanted)


MODELS = {"mae": ExampleMae, "simmim": Simmim, "data2vec": Data2vec, "ijepa": Ijepa}
