"""The methods of examples/ whose losses lightly or open_clip has, written the way their documentation does, for bench/methods.ts.

Networks, batch and optimizer are those of the example files. The views are made once; `draw` makes them anew, as a loader without
workers would, with torchvision's transforms on each picture.
"""

import copy
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.transforms import v2

sys.path.append(str(Path(__file__).resolve().parent.parent / "test" / "reference"))
import lightly_modules  # noqa: E402, F401
from lightly.loss.barlow_twins_loss import BarlowTwinsLoss  # noqa: E402
from lightly.loss.dino_loss import DINOLoss  # noqa: E402
from lightly.loss.mmcr_loss import MMCRLoss  # noqa: E402
from lightly.loss.negative_cosine_similarity import NegativeCosineSimilarity  # noqa: E402
from lightly.loss.ntx_ent_loss import NTXentLoss  # noqa: E402
from lightly.loss.swav_loss import SwaVLoss  # noqa: E402
from lightly.loss.tico_loss import TiCoLoss  # noqa: E402
from lightly.loss.vicreg_loss import VICRegLoss  # noqa: E402
from lightly.models.utils import deactivate_requires_grad, update_momentum  # noqa: E402
from open_clip.loss import ClipLoss, SigLipLoss  # noqa: E402

BATCH = 128


def small_cnn(width=16):
    layers, previous = [], 1
    for out, stride in [(width, 1), (2 * width, 2), (4 * width, 2), (4 * width, 2)]:
        layers += [nn.Conv2d(previous, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
        previous = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def mlp(inputs, hidden, out, layers=2):
    parts = []
    for _ in range(layers - 1):
        parts += [nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden), nn.ReLU(inplace=True)]
        inputs = hidden
    return nn.Sequential(*parts, nn.Linear(inputs, out))


PICTURES = torch.rand(BATCH, 1, 28, 28)


def crops(size, scale, jitter=True):
    jittered = [v2.RandomApply([v2.ColorJitter(0.4, 0.4)], p=0.8)] if jitter else []
    transform = v2.Compose([v2.RandomResizedCrop(size, scale=scale, antialias=True), *jittered])
    return torch.stack([transform(picture) for picture in PICTURES]).to(memory_format=torch.channels_last)


class TwoViews(nn.Module):
    def __init__(self, head):
        super().__init__()
        self.f, self.g = small_cnn(), head
        self.draw()

    def draw(self):
        self.a, self.b = crops(28, (0.7, 1.0)), crops(28, (0.7, 1.0))


class Simclr(TwoViews):
    def __init__(self):
        super().__init__(mlp(64, 128, 64))
        self.loss = NTXentLoss(temperature=0.2)

    def forward(self, _):
        return self.loss(self.g(self.f(self.a)), self.g(self.f(self.b)))


class BarlowTwins(TwoViews):
    def __init__(self):
        super().__init__(mlp(64, 256, 256, 3))
        self.loss = BarlowTwinsLoss()

    def forward(self, _):
        return self.loss(self.g(self.f(self.a)), self.g(self.f(self.b)))


class Vicreg(BarlowTwins):
    def __init__(self):
        super().__init__()
        self.loss = VICRegLoss()


class Simsiam(TwoViews):
    def __init__(self):
        super().__init__(nn.Sequential(mlp(64, 256, 256, 3), nn.BatchNorm1d(256)))
        self.q = mlp(256, 64, 256)
        self.loss = NegativeCosineSimilarity()

    def forward(self, _):
        z_a, z_b = self.g(self.f(self.a)), self.g(self.f(self.b))
        return (self.loss(self.q(z_a), z_b.detach()) + self.loss(self.q(z_b), z_a.detach())) / 2


class WithTarget(TwoViews):
    def __init__(self, head):
        super().__init__(head)
        self.target_f, self.target_g = copy.deepcopy(self.f), copy.deepcopy(self.g)
        deactivate_requires_grad(self.target_f)
        deactivate_requires_grad(self.target_g)

    def follow(self):
        update_momentum(self.f, self.target_f, m=0.99)
        update_momentum(self.g, self.target_g, m=0.99)

    @torch.no_grad()
    def target(self, x):
        return self.target_g(self.target_f(x))


class Byol(WithTarget):
    def __init__(self):
        super().__init__(mlp(64, 128, 64))
        self.q = mlp(64, 128, 64)
        self.loss = NegativeCosineSimilarity()

    def forward(self, _):
        self.follow()
        a, b = self.q(self.g(self.f(self.a))), self.q(self.g(self.f(self.b)))
        return self.loss(a, self.target(self.b)) + self.loss(b, self.target(self.a))


class Moco(WithTarget):
    def __init__(self):
        super().__init__(mlp(64, 128, 64))
        self.loss = NTXentLoss(temperature=0.2, memory_bank_size=(2048, 64))

    def forward(self, _):
        self.follow()
        return self.loss(self.g(self.f(self.a)), self.target(self.b))


class Tico(WithTarget):
    def __init__(self):
        super().__init__(mlp(64, 128, 64))
        self.loss = TiCoLoss()

    def forward(self, _):
        self.follow()
        return self.loss(self.g(self.f(self.a)), self.target(self.b))


class MultiCrop(nn.Module):
    """Two crops of 28 and four of 16; each size goes through the encoder at once, as multi-crop code does."""

    def __init__(self, head):
        super().__init__()
        self.f, self.g = small_cnn(), head
        self.draw()

    def draw(self):
        self.large = [crops(28, (0.6, 1.0), jitter=False) for _ in range(2)]
        self.small = [crops(16, (0.2, 0.6), jitter=False) for _ in range(4)]

    def students(self):
        of = [self.g(self.f(torch.cat(views))).chunk(len(views)) for views in (self.large, self.small)]
        return [z for group in of for z in group]


class Swav(MultiCrop):
    def __init__(self):
        super().__init__(mlp(64, 128, 64))
        self.prototypes = nn.Linear(64, 100, bias=False)
        self.loss = SwaVLoss(sinkhorn_epsilon=0.05)

    def forward(self, _):
        with torch.no_grad():
            self.prototypes.weight.copy_(F.normalize(self.prototypes.weight, dim=1))
        scores = [self.prototypes(F.normalize(z, dim=1)) for z in self.students()]
        return self.loss(scores[:2], scores[2:])


class Dino(MultiCrop):
    def __init__(self):
        super().__init__(mlp(64, 256, 256))
        self.teacher_f, self.teacher_g = copy.deepcopy(self.f), copy.deepcopy(self.g)
        deactivate_requires_grad(self.teacher_f)
        deactivate_requires_grad(self.teacher_g)
        self.loss = DINOLoss(output_dim=256)

    def forward(self, _):
        update_momentum(self.f, self.teacher_f, m=0.99)
        update_momentum(self.g, self.teacher_g, m=0.99)
        with torch.no_grad():
            teachers = list(self.teacher_g(self.teacher_f(torch.cat(self.large))).chunk(2))
        return self.loss(teachers, self.students(), epoch=0)


class WMse(TwoViews):
    """As lightly's code, which does not run with this PyTorch, whitens: by Cholesky's factor."""

    def __init__(self):
        super().__init__(mlp(64, 128, 32))

    def whitened(self, view):
        z = self.g(self.f(view))
        z = z - z.mean(0)
        covariance = z.T @ z / (len(z) - 1) + 1e-3 * torch.eye(32)
        return torch.linalg.solve_triangular(torch.linalg.cholesky(covariance), z.T, upper=False).T

    def forward(self, _):
        return 2 - 2 * F.cosine_similarity(self.whitened(self.a), self.whitened(self.b)).mean()


class Mmcr(nn.Module):
    """Four views; lightly's loss takes them as two of one network and two of another."""

    def __init__(self):
        super().__init__()
        self.f, self.g = small_cnn(), mlp(64, 128, 32)
        self.loss = MMCRLoss(lmda=0.05)
        self.draw()

    def draw(self):
        self.views = [crops(28, (0.7, 1.0)) for _ in range(4)]

    def forward(self, _):
        z = torch.stack([F.normalize(self.g(self.f(view)), dim=1) for view in self.views], 1)
        return self.loss(z[:, :2], z[:, 2:])


class TwoEncoders(nn.Module):
    def __init__(self, scale, bias=None):
        super().__init__()
        self.f, self.g = nn.Sequential(small_cnn(), mlp(64, 128, 64)), nn.Sequential(small_cnn(), mlp(64, 128, 64))
        self.scale = nn.Parameter(torch.tensor(scale).log())
        self.bias = None if bias is None else nn.Parameter(torch.tensor(bias))
        self.loss = ClipLoss() if bias is None else SigLipLoss()

    def forward(self, _):
        left, right = (half.contiguous(memory_format=torch.channels_last) for half in PICTURES.chunk(2, dim=3))
        u, v = F.normalize(self.f(left), dim=1), F.normalize(self.g(right), dim=1)
        return self.loss(u, v, self.scale.exp(), *([] if self.bias is None else [self.bias]))


MODELS = {
    "simclr": Simclr,
    "barlow_twins": BarlowTwins,
    "vicreg": Vicreg,
    "simsiam": Simsiam,
    "byol": Byol,
    "moco": Moco,
    "tico": Tico,
    "swav": Swav,
    "dino": Dino,
    "w_mse": WMse,
    "mmcr": Mmcr,
    "clip": lambda: TwoEncoders(1 / 0.07),
    "siglip": lambda: TwoEncoders(10.0, -10.0),
}
