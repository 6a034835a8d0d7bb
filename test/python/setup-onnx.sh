#!/bin/sh
# Makes .venv-onnx, in which the tests check and run exported ONNX models (about 200 MB). Does nothing where it is there.
set -eu
cd "$(dirname "$0")/../.."
python="${PYTHON:-python3}"
venv=.venv-onnx
if [ -f "$venv/ready" ] && cmp -s "$venv/ready" test/python/requirements-onnx.txt; then exit 0; fi
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r test/python/requirements-onnx.txt
cp test/python/requirements-onnx.txt "$venv/ready"
