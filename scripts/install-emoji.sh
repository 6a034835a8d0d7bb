#!/bin/sh
# Emoji pictures and their names for examples/emoji.ebm and its tests, from npm: emoji-datasource-google (pictures of 64 pixels, MIT) and
# emojibase-data (names, MIT). Kept in the user's cache folder, 22 MB; examples/data/emoji leads there.
set -e
cd "$(dirname "$0")/.."
kept="${XDG_CACHE_HOME:-$HOME/.cache}/ebmc/emoji-16"
if ! test -f "$kept/names.json"; then
  mkdir -p "$(dirname "$kept")"
  fresh=$(mktemp -d "$kept.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  (
    cd "$fresh"
    npm pack --silent emoji-datasource-google@16.0.0 emojibase-data@16.0.3 >/dev/null
    tar -xzf emoji-datasource-google-*.tgz package/img/google/64 package/emoji.json
    mv package/img/google/64 package/emoji.json .
    tar -xzf emojibase-data-*.tgz package/en/data.json
    mv package/en/data.json names.json
    rm -r package ./*.tgz
  )
  mv "$fresh" "$kept"
  # Of two at once one is enough: the second one's is moved into the first one's.
  rm -rf "${kept:?}/$(basename "$fresh")"
  test -f "$kept/names.json"
fi
test -e examples/data/emoji || ln -s "$kept" examples/data/emoji
