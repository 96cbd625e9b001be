#!/usr/bin/env bash
# Runs the tests with coverage, in a scratch folder of its own, and reports the regions that they
# reach in the engine, folder by folder. Fails on a region of a strict file that no test reaches and
# that has no reason in scripts/coverage-reasons.txt, on a reason there that excuses nothing, and when
# less than 95 % of the engine is reached.
#   scripts/coverage.sh           build, run, report
#   scripts/coverage.sh report    report what the last run reached
set -euo pipefail
cd "$(dirname "$0")/.."
readonly scratch=.build-coverage
# Counters that threads share must not lose counts: what is reached on one side of a branch is told from
# the difference of two.
readonly flags=(
  --enable-code-coverage --scratch-path "$scratch"
  -Xswiftc -Xllvm -Xswiftc -instrprof-atomic-counter-update-all
)
if [ "${1:-}" != report ]; then
  scripts/setup.sh lz4 python
  CAREFS_PYTHON="$(scripts/setup.sh python-path)" swift test "${flags[@]}"
  # One for each process that the tests have started; what they hold has been merged.
  find "$scratch" -name '*.profraw' -delete
fi
readonly bin="$(swift build "${flags[@]}" --show-bin-path)"
if command -v xcrun >/dev/null 2>&1; then
  readonly tool=(xcrun llvm-cov)
  readonly tests="$bin/CareFSPackageTests.xctest/Contents/MacOS/CareFSPackageTests"
else
  readonly tool=("$(dirname "$(readlink -f "$(command -v swift)")")/llvm-cov")
  readonly tests="$bin/CareFSPackageTests.xctest"
fi
"${tool[@]}" export "$tests" -object "$bin/carefs" \
  -instr-profile "$bin/codecov/default.profdata" Sources/PageStore Sources/BTree Sources/CareFS \
  >"$scratch/coverage.json"
python3 scripts/coverage.py "$scratch/coverage.json" scripts/coverage-reasons.txt
