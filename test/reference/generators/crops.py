"""Image operations by torchvision.transforms.functional on two pictures; channels-last in the fixture."""

import torch
import torchvision.transforms._functional_tensor as FT
import torchvision.transforms.functional as F

from common import Draw, write

CONVENTIONS = (
    "Pictures are [h, w, c] floats in 0..1. resized_crop: box (top, left, height, width) in pixels, bilinear, half-pixel centres; with antialias the triangle's half-width is "
    "max(scale, 1), scale = length / size, weights are normalised and pixels outside the box take no part. adjust_*: blends with black, with the mean of the grey picture, "
    "with the grey picture, clamped to 0..1; hue in turns, added modulo 1, by torchvision's own HSV functions kept in float64 (adjust_hue itself goes through float32). grey: 0.2989 r + 0.587 g + 0.114 b in "
    "three equal channels. gaussian_blur: odd kernel, same sigma on both axes, reflected at the edges (edge pixel not repeated). solarize: 1 - x where x >= threshold."
)


def main():
    draw = Draw(6)
    pictures = draw.uniform(2, 14, 12, 3)
    # A grey pixel, a black one, a white one and ties between channels, for the hue.
    pictures[0, 0, 0] = 0.5
    pictures[0, 0, 1] = 0.0
    pictures[0, 0, 2] = 1.0
    pictures[0, 0, 3] = torch.tensor([0.8, 0.8, 0.2])
    pictures[0, 0, 4] = torch.tensor([0.2, 0.7, 0.7])
    first = pictures.permute(0, 3, 1, 2)

    def last(x):
        return x.permute(0, 2, 3, 1)

    resized_crop = []
    boxes = [((0, 0, 14, 12), 8), ((2, 3, 11, 7), 8), ((5, 1, 4, 6), 12), ((1, 2, 13, 10), 5), ((3, 3, 8, 8), 8)]
    for (top, left, height, width), size in boxes:
        out = {
            name: last(
                F.resized_crop(first, top, left, height, width, [size, size], F.InterpolationMode.BILINEAR, antialias=flag)
            )
            for name, flag in (("antialias", True), ("plain", False))
        }
        resized_crop.append({"top": top, "left": left, "height": height, "width": width, "size": size, **out})

    def hue(x, turns):
        h, s, v = FT._rgb2hsv(x).unbind(dim=-3)
        return FT._hsv2rgb(torch.stack(((h + turns) % 1.0, s, v), dim=-3))

    def cases(name, values, function):
        return [{name: value, "out": last(function(value))} for value in values]

    write(
        "crops",
        {
            "conventions": CONVENTIONS,
            "pictures": pictures,
            "resized_crop": resized_crop,
            "flip": last(F.hflip(first)),
            "adjust_brightness": cases("factor", [0.6, 1.4], lambda value: F.adjust_brightness(first, value)),
            "adjust_contrast": cases("factor", [0.6, 1.4], lambda value: F.adjust_contrast(first, value)),
            "adjust_saturation": cases("factor", [0.6, 1.4], lambda value: F.adjust_saturation(first, value)),
            "adjust_hue": cases("factor", [-0.1, 0.3], lambda value: hue(first, value)),
            "grayscale": last(F.rgb_to_grayscale(first, 3)),
            "gaussian_blur": [
                {"kernel": kernel, "sigma": sigma, "out": last(F.gaussian_blur(first, [kernel, kernel], [sigma, sigma]))}
                for kernel, sigma in ((3, 0.8), (7, 1.7))
            ],
            "solarize": [{"threshold": 0.5, "out": last(F.solarize(first, 0.5))}],
        },
    )
