"""Latent variables, explicit energies and a world in PyTorch, the way their tutorials write them with torch.nn and torch.autograd, for bench/methods.ts."""

import copy

import torch
import torch.nn.functional as F
from torch import nn
from torch_methods import deactivate_requires_grad, mlp, small_cnn, update_momentum  # first: it makes lightly's modules importable

from lightly.loss.vicreg_loss import covariance_loss, variance_loss

PICTURES = torch.rand(128, 1, 28, 28)


def picture_decoder(inputs):
    return nn.Sequential(nn.Linear(inputs, 256), nn.ReLU(inplace=True), nn.Linear(256, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))


def smooth_cnn(width=8):
    layers, previous = [], 1
    for out, stride in [(width, 1), (2 * width, 2), (4 * width, 2), (4 * width, 2)]:
        layers += [nn.Conv2d(previous, out, 3, stride, 1), nn.SiLU()]
        previous = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.mean, self.spread, self.decode = small_cnn(), nn.Linear(64, 16), nn.Linear(64, 16), picture_decoder(16)

    def forward(self, _):
        h = self.f(PICTURES)
        mean, log_variance = self.mean(h), self.spread(h)
        z = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        reconstruction = 0.5 * (self.decode(z) - PICTURES).square().sum() / 0.1
        latent = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum()
        return (reconstruction + latent) / len(h)


class VqVae(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.g, self.decode = small_cnn(), nn.Linear(64, 64), picture_decoder(64)
        self.codes = nn.Embedding(64, 8)

    def forward(self, _):
        z = self.g(self.f(PICTURES)).view(-1, 8)
        distances = z.square().sum(1, keepdim=True) - 2 * z @ self.codes.weight.T + self.codes.weight.square().sum(1)
        code = self.codes(distances.argmin(1))
        quantized = z + (code - z).detach()
        pulled = F.mse_loss(code, z.detach()) + 0.25 * F.mse_loss(z, code.detach())
        return F.mse_loss(self.decode(quantized.view(-1, 64)), PICTURES) + pulled


class WganGp(nn.Module):
    """A step of the critic and one of the generator, on the same draws."""

    def __init__(self):
        super().__init__()
        self.critic, self.generate = nn.Sequential(smooth_cnn(), nn.Linear(32, 1)), picture_decoder(32)
        self.of_critic = torch.optim.AdamW(self.critic.parameters(), lr=1e-3, fused=True)
        self.of_generator = torch.optim.AdamW(self.generate.parameters(), lr=1e-3, fused=True)

    def step(self):
        x = PICTURES[:64]
        fake = self.generate(torch.randn(64, 32))
        share = torch.rand(64, 1, 1, 1)
        between = (share * x + (1 - share) * fake.detach()).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
        penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        loss = self.critic(x).mean() - self.critic(fake.detach()).mean() + 10 * penalty
        self.of_critic.zero_grad(set_to_none=True)
        loss.backward()
        self.of_critic.step()
        self.critic.requires_grad_(False)
        self.of_generator.zero_grad(set_to_none=True)
        self.critic(fake).mean().backward()
        self.of_generator.step()
        self.critic.requires_grad_(True)
        return loss.item()


class DenoisingScoreMatching(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(smooth_cnn(), nn.Linear(32, 16))

    def forward(self, _):
        x = PICTURES[:64]
        noise = torch.randn_like(x)
        y = (x + 0.3 * noise).requires_grad_(True)
        energy = self.f(y).square().sum() + y.square().sum() / 2
        (slope,) = torch.autograd.grad(energy, y, create_graph=True)
        return F.mse_loss(0.3 * slope, noise)


class Transition(nn.Module):
    def __init__(self):
        super().__init__()
        self.change = nn.Sequential(nn.Linear(18, 64), nn.LayerNorm(64), nn.GELU(), nn.Linear(64, 16))

    def forward(self, state, action):
        return state + self.change(torch.cat([state, action], 1))


class World(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.BatchNorm1d(4, affine=False)
        self.f, self.transition = mlp(4, 64, 16, 3), Transition()
        self.target = copy.deepcopy(self.f)
        deactivate_requires_grad(self.target)
        self.observations, self.actions = torch.randn(128, 9, 4), F.one_hot(torch.randint(2, (128, 9)), 2).float()

    def forward(self, _):
        update_momentum(self.f, self.target, m=0.99)
        seen = self.scale(self.observations.flatten(0, 1)).unflatten(0, (128, 9))
        first = state = self.f(seen[:, 0])
        path = []
        for t in range(8):
            state = self.transition(state, self.actions[:, t])
            path.append(state)
        with torch.no_grad():
            after = self.target(seen[:, 1:].flatten(0, 1)).unflatten(0, (128, 8))
        predict = F.mse_loss(torch.stack(path, 1), after)
        return 25 * predict + 25 * variance_loss(first) + covariance_loss(first)


MODELS = {
    "vae": Vae,
    "vq_vae": VqVae,
    "wgan_gp": WganGp,
    "denoising_score_matching": DenoisingScoreMatching,
    "world": World,
}
