#!/usr/bin/env bash
# Builds the benchmarks in release, in a scratch folder of their own, and runs them.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly build=(swift build -c release --package-path Benchmarks --scratch-path .build-bench
  --product CareBench)
# The build plan of a nested package misses files that were added to the package that it lies in.
rm -f .build-bench/release.yaml
"${build[@]}" >&2
exec "$("${build[@]}" --show-bin-path)/CareBench" "$@"
