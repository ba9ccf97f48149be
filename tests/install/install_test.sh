#!/usr/bin/env bash
# Installs volseg, builds a consumer that finds it, runs the consumer and the installed program.
# Usage: install_test.sh BUILD_FOLDER
set -euo pipefail
build="$(realpath "$1")"
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >/dev/null
cmake -S "$here" -B "$work/consumer" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
cmake --build "$work/consumer" >/dev/null
found="$("$work/consumer/consumer")"
version="$(sed -n 's/#define VOLSEG_VERSION "\(.*\)"/\1/p' "$here/../../volseg/core/version.h")"
expected="volseg $version: 3 1 24 1"
[[ "$found" == "$expected" ]] || { echo "expected '$expected', found '$found'"; exit 1; }
[[ "$("$work/prefix/bin/volseg" --version)" == "volseg $version" ]]
if [[ -e "$build/apps/volseg/libvolseg_learn.so" ]]; then
  code=0
  "$work/prefix/bin/volseg" predict "$work/no-run" "$work/no-input" -o "$work/out" 2>"$work/errors" || code=$?
  [[ $code -eq 4 ]] || { echo "predict with a missing run exited with $code"; cat "$work/errors"; exit 1; }
fi
echo "install: consumer found, linked and ran volseg $version"
