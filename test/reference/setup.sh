#!/bin/sh
# Makes .venv with the reference implementations (about 6 GB on Linux: torch's wheel needs CUDA's libraries to load).
# Only for regenerating or checking the fixtures; the tests read the committed ones.
set -eu
cd "$(dirname "$0")/../.."
python="${PYTHON:-python3}"
if [ ! -x .venv/bin/python ]; then "$python" -m venv .venv; fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r test/reference/requirements.txt
.venv/bin/python -c 'import torch, torchvision; print("torch", torch.__version__, "torchvision", torchvision.__version__)'
