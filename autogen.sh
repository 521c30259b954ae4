#!/bin/sh
# Makes configure from a checkout. Needs autoconf, automake, gettext (autopoint) and pkg-config.
set -e
cd "$(dirname "$0")"
exec autoreconf --force --install --warnings=all "$@"
