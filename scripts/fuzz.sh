#!/usr/bin/env bash
# Fuzzes what takes bytes from outside, in a scratch folder of its own, and prints a line for each
# target and one for all. A crash, a finding, an input that takes too long or too much memory, or
# too few new inputs fail it.
#   scripts/fuzz.sh                     every target
#   scripts/fuzz.sh TARGET ...          these
#   scripts/fuzz.sh build               none: only builds them
#   FUZZ_SECONDS=120  the time, spread over the targets by their shares, on FUZZ_JOBS=2 processes
#   FUZZ_INPUTS=300000  the least number of new inputs in all
#   FUZZ_SANITIZE=address  with the address sanitizer as well, slower
set -euo pipefail
cd "$(dirname "$0")/.."
readonly seconds=${FUZZ_SECONDS:-120} jobs=${FUZZ_JOBS:-2} least=${FUZZ_INPUTS:-300000}
readonly sanitizer=${FUZZ_SANITIZE:-}
readonly scratch=.build-fuzz${sanitizer:+-$sanitizer}
# The backtracer waits for ever under a sanitizer.
export SWIFT_BACKTRACE=enable=no
# What a Swift global holds looks leaked: bits of its case stand beside the pointer.
export ASAN_OPTIONS=detect_leaks=0
readonly build=(swift build -c release --traits Fuzzing --scratch-path "$scratch"
  --sanitize=fuzzer ${sanitizer:+--sanitize=$sanitizer} --product CareFuzz)
"${build[@]}" >&2
[ "${1:-}" != build ] || exit 0
program="$("${build[@]}" --show-bin-path)/CareFuzz"
folder="$scratch/run"
export program folder
rm -rf "$folder"

list=$("$program" list)
[ $# -eq 0 ] || list=$(grep -E "^($(IFS='|' && echo "$*")) " <<<"$list")
shares=$(awk '{ sum += $2 } END { print sum }' <<<"$list")

one() { # one TARGET SECONDS: runs a target, and leaves what came of it in its folder
  local place="$folder/$1" status=0
  mkdir -p "$place/new" "$place/found"
  if "$program" seeds "$1" "$place/seeds" >"$place/seeds.count" 2>"$place/log"; then
    "$program" "$1" -max_total_time="$2" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
      -entropic=0 -artifact_prefix="$place/found/" "$place/new" "$place/seeds" \
      >"$place/log" 2>&1 || status=$?
  else
    status=$?
  fi
  echo "$status" >"$place/status"
}
export -f one
began=$SECONDS
# The longest begin, so that the last ones end together.
sort -k2,2nr <<<"$list" | awk -v s="$((seconds * jobs))" -v all="$shares" \
  '{ t = int(s * $2 / all); print $1, t < 1 ? 1 : t }' |
  xargs -P "$jobs" -L 1 bash -c 'one "$@"' one

total=0 crashes=0
while read -r name _; do
  place="$folder/$name"
  run=$(sed -n 's/^stat::number_of_executed_units: *//p' "$place/log" | tail -1)
  [ -n "$run" ] || run=$(sed -n 's/^#\([0-9]*\).*/\1/p' "$place/log" | tail -1)
  # What was there before is no new input.
  inputs=$((${run:-0} - $(cat "$place/seeds.count" 2>/dev/null || echo 0)))
  [ "$inputs" -gt 0 ] || inputs=0
  crash=0
  if [ "$(cat "$place/status")" -ne 0 ] || [ "$inputs" -eq 0 ]; then
    crash=1
    grep -hE 'FINDING|ERROR|Fatal error|SUMMARY' "$place/log" | head -5 || tail -3 "$place/log"
    ls "$place/found" | sed "s|^|  kept: $place/found/|"
  fi
  reached=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\).*/\1 edges, \2 features/p' "$place/log" | tail -1)
  echo "fuzz: target=$name inputs=$inputs crashes=$crash (${reached:-nothing reached})"
  total=$((total + inputs)) crashes=$((crashes + crash))
done <<<"$list"
echo "fuzz: $total inputs, $crashes crashes"
echo "fuzz: took $((SECONDS - began)) s without the build" >&2
[ "$crashes" -eq 0 ] && [ "$total" -ge "$least" ]
