# Sourced by scripts that fetch data once. What they fetch is kept in the user's cache folder, and a link in examples/data leads there.
# kept_download NAME VERSION LAST: calls `fetch` in a new folder; LAST is the file that says that all is there.
kept_download() {
  kept="${XDG_CACHE_HOME:-$HOME/.cache}/ebmc/$1-$2"
  if ! test -f "$kept/$3"; then
    mkdir -p "$(dirname "$kept")"
    fresh=$(mktemp -d "$kept.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    (
      cd "$fresh"
      fetch
    )
    mv "$fresh" "$kept"
    # Of two at once one is enough: the second one's is moved into the first one's.
    rm -rf "${kept:?}/$(basename "$fresh")"
    test -f "$kept/$3"
  fi
  test -e "examples/data/$1" || ln -s "$kept" "examples/data/$1"
}
