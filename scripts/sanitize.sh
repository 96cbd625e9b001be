#!/usr/bin/env bash
# Runs tests under a sanitizer, in a scratch folder of its own.
#   scripts/sanitize.sh thread [FILTER]    lists that one thread appends to and others read, then the
#                                          tests of threads
#   scripts/sanitize.sh address [FILTER]   pages, trees, and what decodes rows, keys, documents and
#                                          JSON; memory that is left over at the end is a failure
set -euo pipefail
cd "$(dirname "$0")/.."
readonly sanitizer=${1:?usage: scripts/sanitize.sh thread|address [FILTER]}
readonly flags=(--sanitize="$sanitizer" --scratch-path ".build-$sanitizer")
# The backtracer waits for ever under a sanitizer.
export SWIFT_BACKTRACE=enable=no
case "$sanitizer" in
  thread)
    export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:exitcode=66}
    swift build "${flags[@]}" --product CareTorture >&2
    "$(swift build "${flags[@]}" --show-bin-path)/CareTorture" isolation \
      --reads "${ISOLATION_READS:-10000}"
    swift test "${flags[@]}" --filter "${2:-Hermitage|Concurrency|WriterThread|Snapshot}"
    ;;
  address)
    export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:exitcode=66}
    # What the system's own libraries leave over: the buffer of an empty file that was read, and the
    # references to a process that was run. The runner of XCTest, which no test needs, does too.
    readonly others=.build-address/leaks-of-others.txt
    mkdir -p .build-address
    printf 'leak:%s\n' FoundationEssentials17readBytesFromFile '10Foundation7ProcessC3run' >"$others"
    export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/$others:print_suppressions=0}
    swift test "${flags[@]}" --disable-xctest --filter \
      "${2:-^PageStoreTests\.|^BTreeTests\.|^CareFSTests\..*(JSON|Row|Record|Document|Key|Block|Gzip)}"
    ;;
  *)
    echo "sanitize: thread or address, not $sanitizer" >&2
    exit 2
    ;;
esac
