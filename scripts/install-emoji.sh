#!/bin/sh
# Emoji pictures and their names for examples/emoji.ebm and its tests, from npm: emoji-datasource-google (pictures of 64 pixels, MIT) and
# emojibase-data (names, MIT). Kept in the user's cache folder, 22 MB; examples/data/emoji leads there.
set -e
cd "$(dirname "$0")/.."
. scripts/kept-download.sh
fetch() {
  npm pack --silent emoji-datasource-google@16.0.0 emojibase-data@16.0.3 >/dev/null
  tar -xzf emoji-datasource-google-*.tgz package/img/google/64 package/emoji.json
  mv package/img/google/64 package/emoji.json .
  tar -xzf emojibase-data-*.tgz package/en/data.json
  mv package/en/data.json names.json
  rm -r package ./*.tgz
}
kept_download emoji 16 names.json
