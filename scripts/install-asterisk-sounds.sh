#!/bin/sh
# Recorded speech for the tests and examples/compare/speech.ebm, from Debian's packages: prompts at 8,000 samples a second, in English, or in the
# languages that are given: sh scripts/install-asterisk-sounds.sh en es fr it ru
set -e
missing=
for language in "${@:-en}"; do
  dpkg -s "asterisk-core-sounds-$language-wav" >/dev/null 2>&1 || missing="$missing asterisk-core-sounds-$language-wav"
done
test -z "$missing" && exit 0
# shellcheck disable=SC2086
apt-get install -y -qq $missing || { apt-get update -qq && apt-get install -y -qq $missing; }
