"""Files of pictures as Pillow writes and decodes them, and pictures scaled and cut by torchvision."""

import base64
import io

import torch
import torchvision.transforms.functional as F
from PIL import Image, ImageOps

from common import Draw, write

CONVENTIONS = (
    "Pixels are bytes in base64, row after row, channels last. files: the file as written, and its pixels in red, green and blue, upright, by Pillow (libjpeg-turbo's default, "
    "accurate transform); grey ones also as one channel. covered: torchvision's resize (bilinear, antialias, on bytes) of the shorter side, then its centre crop."
)


def text(data):
    return base64.b64encode(data).decode()


def waves(height, width, draw):
    """Smooth colours with some noise, so that JPEG keeps most of it."""
    y, x = torch.meshgrid(torch.linspace(0, 6, height), torch.linspace(0, 6, width), indexing="ij")
    colours = torch.stack([torch.sin(x + y), torch.cos(y * 2), torch.sin(x - 2 * y)]) * 90 + 128
    noise = draw.uniform(3, height, width) * 20 - 10
    return (colours + noise).clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


def encoded(image, format, **options):
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def main():
    draw = Draw(11)
    colours = Image.fromarray(waves(24, 36, draw))
    grey = colours.convert("L")
    turned = Image.Exif()
    turned[0x0112] = 6
    upright = Image.Exif()
    upright[0x0112] = 1
    upright[0x010E] = "a description"
    files = {
        "colours.jpg": encoded(colours, "JPEG", quality=90),
        "fine.jpg": encoded(colours, "JPEG", quality=95, subsampling=0),
        "progressive.jpg": encoded(colours, "JPEG", quality=90, progressive=True),
        "grey.jpg": encoded(grey, "JPEG", quality=90),
        "turned.jpg": encoded(colours, "JPEG", quality=90, exif=turned),
        "upright.jpg": encoded(colours, "JPEG", quality=90, exif=upright, comment="a comment"),
        "colours.png": encoded(colours, "PNG"),
        "grey.png": encoded(grey, "PNG"),
        "palette.png": encoded(colours.quantize(64), "PNG"),
        "large.png": encoded(Image.fromarray(waves(70, 72, draw)), "PNG"),
    }
    written = []
    for name, data in files.items():
        image = Image.open(io.BytesIO(data))
        mode = image.mode
        image = ImageOps.exif_transpose(image)
        entry = {"name": name, "file": text(data), "height": image.height, "width": image.width}
        entry["colours"] = text(image.convert("RGB").tobytes())
        if mode == "L":
            entry["grey"] = text(image.tobytes())
        written.append(entry)

    covered = []
    for height, width, channels, size in [(24, 36, 3, 8), (48, 20, 1, 16), (20, 30, 3, 40), (40, 40, 4, 15), (90, 60, 3, 4)]:
        picture = (draw.uniform(channels, height, width) * 255.99).to(torch.uint8)
        resized = F.resize(picture, [size], F.InterpolationMode.BILINEAR, antialias=True)
        cut = F.center_crop(resized, [size, size])
        covered.append(
            {
                "height": height,
                "width": width,
                "channels": channels,
                "size": size,
                "pixels": text(picture.permute(1, 2, 0).contiguous().numpy().tobytes()),
                "out": text(cut.permute(1, 2, 0).contiguous().numpy().tobytes()),
            }
        )
    write("pictures", {"conventions": CONVENTIONS, "files": written, "covered": covered})
