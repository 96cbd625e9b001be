#!/usr/bin/env bash
# Builds the torture program with its test switches, in a scratch folder of its own, and runs it.
#   scripts/torture.sh [ARGUMENT ...]
set -euo pipefail
cd "$(dirname "$0")/.."
readonly build=(swift build -c release --traits TestSwitches --scratch-path .build-torture
  --product CareTorture)
"${build[@]}" >&2
exec "$("${build[@]}" --show-bin-path)/CareTorture" "$@"
