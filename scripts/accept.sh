#!/usr/bin/env bash
# Runs the acceptance suite three times with different seeds on a release build.
#   scripts/accept.sh SHARED-FOLDER [CASE ...]
set -euo pipefail
cd "$(dirname "$0")/.."
readonly suite="$1/accept/accept.py"
shift
if [ ! -f "$suite" ]; then
  echo "accept: skipped, there is no $suite here"
  exit 0
fi
scripts/setup.sh python
swift build -c release --product carefs
readonly binary="$(swift build -c release --product carefs --show-bin-path)/carefs"
readonly python="$(scripts/setup.sh python-path)"
for seed in ${ACCEPT_SEEDS:-1 20260131 $RANDOM}; do
  "$python" "$suite" "$binary" "$@" --reader Spec/reader.py --seed "$seed"
done
