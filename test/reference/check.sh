#!/bin/sh
# Runs the generators again and fails on any difference (relative 1e-12) from the committed fixtures.
set -eu
cd "$(dirname "$0")/../.."
if [ ! -x .venv/bin/python ]; then
  echo "No .venv here. Make it first: sh test/reference/setup.sh" >&2
  exit 2
fi
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT
EBMC_FIXTURES="$fresh" PYTHONDONTWRITEBYTECODE=1 .venv/bin/python test/reference/generate.py
.venv/bin/python test/reference/compare.py test/reference/fixtures "$fresh"
