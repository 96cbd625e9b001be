#!/usr/bin/env bash
# Builds the torture program with its test switches, in a scratch folder of its own, and runs it.
#   scripts/torture.sh                   every part once; MINUTES=480 spreads that time over the parts
#   scripts/torture.sh PART [ARGUMENT ...]   one part of the program
set -euo pipefail
cd "$(dirname "$0")/.."
readonly build=(swift build -c release --traits TestSwitches --scratch-path .build-torture
  --product CareTorture)
# One compiler leaves a core idle: the fuzzers are built beside.
[ $# -gt 0 ] || scripts/fuzz.sh build &
"${build[@]}" >&2
readonly program="$("${build[@]}" --show-bin-path)/CareTorture"
[ $# -eq 0 ] || exec "$program" "$@"

failed=()
readonly lines="$(mktemp)"
trap 'rm -f "$lines"' EXIT
part() { # part NAME COMMAND ...: runs it, says how long it took, and goes on when it fails
  local name=$1 began=$SECONDS
  shift
  "$@" | tee -a "$lines" || failed+=("$name")
  echo "torture: $name took $((SECONDS - began)) s"
}
# A share of MINUTES for a part that can go on for a time: its option, or nothing.
share() { [ -z "${MINUTES:-}" ] || echo "--minutes=$((MINUTES * $1 / 100))"; }

# shellcheck disable=SC2046 # an empty share is no argument
{
  part images "$program" images $(share 40)
  part faults "$program" faults
  part files "$program" files
  part flips "$program" flips
  part planted "$program" planted
  part seeds "$program" seeds $(share 40)
  part isolation "$program" isolation $(share 10)
  part leaks "$program" leaks
  part kills "$program" kills --count "$((${MINUTES:-15} * 67))"
}
wait
# A minute and a half, or its share, on both cores.
part fuzz env FUZZ_SECONDS="$((${MINUTES:-0} > 15 ? MINUTES * 6 : 90))" scripts/fuzz.sh
scripts/setup.sh disks
part disks "$(scripts/setup.sh python-path)" Tests/Torture/RealDisks/real_disks.py "$program" \
  --cuts "$((${MINUTES:-15} * 10))"
# Every class of faults was met, with at least one injected and none that went wrong.
for class in $(seq 1 18); do
  awk -v class="F$class" '
    $1 == "faults:" && $2 ~ ("^class=" class "(-|$)") {
      split($3, injected, "="); split($4, survived, "=")
      if (injected[2] == 0 || injected[2] != survived[2]) { bad = 1 }
      found = 1
    }
    END { exit found && !bad ? 0 : 1 }' "$lines" || failed+=("F$class")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "torture: failed: ${failed[*]}"
  exit 1
fi
