#!/bin/sh
# Makes .venv-tensorflow, in which the tests load SavedModels with TensorFlow's own Python (about 1.3 GB). Does nothing where it is there.
set -eu
cd "$(dirname "$0")/../.."
python="${PYTHON:-python3}"
venv=.venv-tensorflow
if [ -f "$venv/ready" ] && cmp -s "$venv/ready" test/python/requirements.txt; then exit 0; fi
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r test/python/requirements.txt
cp test/python/requirements.txt "$venv/ready"
