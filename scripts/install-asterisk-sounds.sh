#!/bin/sh
# Recorded speech for the tests, from Debian's packages: prompts at 8,000 samples a second.
set -e
test -d /usr/share/asterisk/sounds/en_US_f_Allison && exit 0
apt-get install -y -qq asterisk-core-sounds-en-wav || { apt-get update -qq && apt-get install -y -qq asterisk-core-sounds-en-wav; }
