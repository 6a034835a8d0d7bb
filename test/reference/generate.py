"""Writes every fixture: `python generate.py`, or some of them: `python generate.py nt_xent vicreg`."""

import importlib
import sys

import common  # noqa: F401  (first: it makes lightly's modules importable)

NAMES = ["nt_xent", "vicreg", "layers", "mae_step", "masked_steps", "optimizers", "crops", "flops", "methods", "dynamics", "transformers", "tokenizers", "audio", "views", "speech", "units", "measures", "events", "pretrained", "pretrained_transformers", "pictures", "loss_scale"]

for name in sys.argv[1:] or NAMES:
    importlib.import_module(f"generators.{name}").main()
