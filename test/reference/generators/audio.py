"""Spectrograms, mel bands and resampling by torchaudio, on a sound with several frequencies and some noise."""

import torch
import torchaudio.functional as AF
import torchaudio.transforms as T

from common import Draw, gradients, leaf, write

CONVENTIONS = (
    "`sounds` are [n]. power: torchaudio.transforms.Spectrogram(n_fft, hop_length, power=2) (periodic Hann, centred, reflected), as [frames, bins]. mel: MelSpectrogram with HTK mel, no norm, as "
    "[frames, mels]; `gradient` is that of sum(log(max(mel, 1e-10)) * weights) by the sound. filters: melscale_fbanks [bins, mels]. resample: torchaudio.functional.resample."
)


def sound(draw, n, rate):
    t = torch.arange(n) / rate
    x = 0.4 * torch.sin(2 * torch.pi * 440 * t) + 0.2 * torch.sin(2 * torch.pi * 1800 * t * (1 + t)) + draw.normal(n, scale=0.05)
    return x.mul(1e4).round().div(1e4)


def main():
    draw = Draw(17)
    rate, size, hop, mels = 8000, 64, 24, 10
    x = leaf(sound(draw, 300, rate))
    power = T.Spectrogram(n_fft=size, hop_length=hop, power=2.0)(x).T
    transform = T.MelSpectrogram(rate, n_fft=size, hop_length=hop, n_mels=mels)
    mel = transform.to(torch.float64)(x).T
    weights = draw.normal(*mel.shape)
    loss = (mel.clamp_min(1e-10).log() * weights).sum()
    resampled = []
    for old, new in ((8000, 16000), (44100, 16000), (16000, 8000), (22050, 16000)):
        y = sound(draw, 200, old)
        resampled.append({"from": old, "to": new, "x": y, "out": AF.resample(y, old, new)})
    write(
        "audio",
        {
            "conventions": CONVENTIONS,
            "rate": rate,
            "size": size,
            "hop": hop,
            "mels": mels,
            "x": x,
            "power": power,
            "filters": AF.melscale_fbanks(size // 2 + 1, 0.0, rate / 2, mels, rate, None, "htk").to(torch.float64),
            "mel": mel,
            "weights": weights,
            "loss": loss,
            "gradients": gradients(loss, {"x": x}),
            "resampled": resampled,
        },
    )
