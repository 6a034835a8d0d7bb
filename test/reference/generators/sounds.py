"""A quarter of a second of two tones, stereo, as WAV, FLAC, Ogg Vorbis and MP3 by libsndfile: `python generators/sounds.py` (needs PyPI's soundfile)."""

from pathlib import Path

import numpy
import soundfile

FOLDER = Path(__file__).resolve().parents[2] / "runtime" / "fixtures" / "sounds"
RATE = 16000

t = numpy.arange(RATE // 4) / RATE
stereo = numpy.stack([0.5 * numpy.sin(2 * numpy.pi * 500 * t), 0.25 * numpy.sin(2 * numpy.pi * 1200 * t)], axis=1)
FOLDER.mkdir(parents=True, exist_ok=True)
for name, options in {
    "tones16.wav": {"subtype": "PCM_16"},
    "tones24.wav": {"subtype": "PCM_24", "format": "WAVEX"},
    "tonesfloat.wav": {"subtype": "FLOAT"},
    "tones.flac": {"subtype": "PCM_16"},
    "tones.ogg": {"subtype": "VORBIS"},
    "tones.mp3": {"subtype": "MPEG_LAYER_III", "format": "MP3"},
}.items():
    soundfile.write(FOLDER / name, stereo, RATE, **options)
