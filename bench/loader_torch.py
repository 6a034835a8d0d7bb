"""Examples a second of torchvision's loader: `loader_torch.py FOLDER SIZE VIEWS WORKERS BATCH`; a line a pass, for each line read."""

import sys
import time

import torch
import torchvision
from torchvision import datasets, transforms

torch.set_num_threads(1)
folder, size, views, workers, batch = sys.argv[1], *map(int, sys.argv[2:6])

if views == 0:
    transform = transforms.Compose([transforms.Resize(size), transforms.CenterCrop(size), transforms.ToTensor()])
else:
    jitter = transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)
    one = transforms.Compose(
        [
            transforms.RandomResizedCrop(size),
            transforms.RandomHorizontalFlip(),
            transforms.RandomApply([jitter], 0.8),
            transforms.RandomGrayscale(0.2),
            transforms.ToTensor(),
        ]
    )

    def transform(image):
        return torch.stack([one(image) for _ in range(views)])


data = datasets.ImageFolder(folder, transform)
loader = torch.utils.data.DataLoader(
    data, batch, shuffle=True, drop_last=True, num_workers=workers, persistent_workers=workers > 0
)
for _ in loader:
    pass
print(f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    count = sum(len(labels) for _, labels in loader)
    print(count / (time.perf_counter() - start), flush=True)
