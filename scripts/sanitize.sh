#!/usr/bin/env bash
# Runs what has threads under a sanitizer, in a scratch folder of its own: lists that one thread
# appends to and others read, then the tests of threads.
#   scripts/sanitize.sh thread [FILTER]
set -euo pipefail
cd "$(dirname "$0")/.."
readonly sanitizer=${1:?usage: scripts/sanitize.sh thread [FILTER]}
readonly filter=${2:-Hermitage|Concurrency|WriterThread|Snapshot}
readonly flags=(--sanitize="$sanitizer" --scratch-path ".build-$sanitizer")
# The backtracer waits for ever under a sanitizer.
export SWIFT_BACKTRACE=enable=no
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:exitcode=66}
swift build "${flags[@]}" --product CareTorture >&2
"$(swift build "${flags[@]}" --show-bin-path)/CareTorture" isolation \
  --reads "${ISOLATION_READS:-10000}"
swift test "${flags[@]}" --filter "$filter"
