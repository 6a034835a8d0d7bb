#!/bin/sh
# A browser for the tests of pages, from Debian's packages.
set -e
for found in "$CHROMIUM" /usr/bin/chromium /usr/bin/chromium-browser; do test -n "$found" && test -x "$found" && exit 0; done
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -qq --no-install-recommends chromium || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }
