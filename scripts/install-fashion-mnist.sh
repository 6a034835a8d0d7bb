#!/bin/sh
# The second real data set of the tests, from Debian's packages.
set -e
test -d /usr/share/datasets/fashion-mnist && exit 0
apt-get install -y -qq dataset-fashion-mnist || { apt-get update -qq && apt-get install -y -qq dataset-fashion-mnist; }
