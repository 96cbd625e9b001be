#!/usr/bin/env python3
"""Changes the page store and the trees in small ways, one at a time, and counts what tests notice.

    mutants.py [--count N] [--seed N] [--threads N] [--fresh] [--only NUMBER ...] [--list]

All mutants are compiled once, into a copy of the sources: each changed expression becomes
`mutant(17) ? changed : original`, and a variable of the environment says which one is on. Each test
runs alone once, to learn how long it takes and which mutants it reaches. Then each mutant gets the
tests that reach it, the quick ones first, up to the first that fails, crashes or does not end.

Survivors are printed with their place and change. Those that no test can notice stand in
equivalent.txt with a reason; they get the tests all the same, and one that is noticed after all is
a failure. So is it when of all others less than nine in ten are killed. What was found stays in
.build-mutants: the same sources and tests go on where they were interrupted; after a change, each
mutant first meets the test that killed it before.
"""

import argparse
import concurrent.futures
import hashlib
import json
import sys
import time
from pathlib import Path

from changes import Mutant, choose, mutants_of
from judge import Judge
from mutated_copy import COPY, MODULES, ROOT, SCRATCH, build, say

# What only tests use.
SKIPPED = {"PlantedBug.swift", "SystemCallFilter.swift", "ThreadSchedule.swift",
           "TreeSwitches.swift"}  # fmt: skip
LEAST_SHARE = 90
LEAST_COUNT = 300


def all_candidates() -> dict[str, list[Mutant]]:
    candidates = {}
    for module in MODULES:
        for path in sorted((ROOT / "Sources" / module).rglob("*.swift")):
            file = str(path.relative_to(ROOT))
            found = mutants_of(file, path.read_text()) if path.name not in SKIPPED else []
            if found:
                candidates[file] = found
    return candidates


def equivalents() -> dict[tuple[str, str, str], str]:
    """What equivalent.txt says: a file and its line, the change, and the reason, in paragraphs."""
    known = {}
    text = (Path(__file__).parent / "equivalent.txt").read_text()
    for paragraph in text.split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if not line.startswith("#")]
        if not lines:
            continue
        if len(lines) < 4:
            sys.exit(f"equivalent.txt: a paragraph lacks something: {lines[0]}")
        known[(lines[0], lines[1], lines[2])] = " ".join(lines[3:])
    return known


def digest_of_copy() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in COPY.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(COPY)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Record:
    """What was found about each mutant, a line each, so that an interrupted run goes on."""

    def __init__(self, digest: str) -> None:
        self.path = SCRATCH / "results.jsonl"
        self.digest = digest
        self.hints: dict[str, str] = {}
        self.found: dict[str, list] = {}
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            entry = json.loads(line)
            if entry["killer"]:
                self.hints[entry["mutant"]] = entry["killer"][0]
            if entry["digest"] == digest:
                self.found[entry["mutant"]] = entry["killer"]

    def add(self, mutant: str, killer) -> None:
        entry = {"digest": self.digest, "mutant": mutant, "killer": killer}
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


def judge_all(mutants: list[Mutant], threads: int, fresh: bool) -> dict[int, list | None]:
    """The killer of each mutant, by its number: the test and what it said, or None."""
    digest = digest_of_copy()
    record = Record(digest)
    judge = Judge()
    began = time.monotonic()
    judge.learn(digest)
    took = sum(check.seconds for check in judge.checks)
    say(f"  {len(judge.checks)} tests pass without any; one by one they take {took:.0f} s"
        f" ({time.monotonic() - began:.0f} s now)")  # fmt: skip
    places: dict[str, int] = {}
    names = {}
    for mutant in mutants:
        key = " | ".join(mutant.key())
        places[key] = places.get(key, 0) + 1
        names[mutant.number] = f"{key} | {places[key]}"

    def find(mutant: Mutant):
        name = names[mutant.number]
        if name in record.found and not fresh:
            return record.found[name]
        killer = judge.killer(mutant.number, record.hints.get(name))
        record.add(name, killer)
        if not killer:
            unreached = "" if judge.is_reached(mutant.number) else " (reached by no test)"
            say(f"  not killed: {mutant.number} {mutant}{unreached}")
        return killer

    # Those whose killer is known come first: they take the least time.
    order = sorted(mutants, key=lambda mutant: names[mutant.number] not in record.hints)
    verdicts = {}
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for mutant, killer in zip(order, pool.map(find, order)):
            verdicts[mutant.number] = killer
            if len(verdicts) % 50 == 0:
                say(f"  {len(verdicts)} of {len(mutants)} after {time.monotonic() - began:.0f} s")
    return verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=380)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="use nothing that was found before")
    parser.add_argument("--only", type=int, nargs="*", help="judge only these, by their numbers")
    parser.add_argument("--list", action="store_true", help="only print the chosen ones")
    options = parser.parse_args()
    began = time.monotonic()
    candidates = all_candidates()
    known = equivalents()
    stale = known.keys() - {m.key() for found in candidates.values() for m in found}
    if stale:
        sys.exit("equivalent.txt tells of what is not there: " + "; ".join(map(str, sorted(stale))))
    mutants = choose(candidates, options.count, options.seed)
    if options.list:
        for mutant in mutants:
            say(f"{mutant.number} {mutant}")
        return
    mutants = build(mutants)
    say(f"  {len(mutants)} mutants of {sum(map(len, candidates.values()))} small changes, "
        f"built in {time.monotonic() - began:.0f} s")  # fmt: skip
    if options.only:
        mutants = [m for m in mutants if m.number in options.only]
    verdicts = judge_all(mutants, options.threads, options.fresh)

    killed = [m for m in mutants if verdicts[m.number]]
    equivalent = [m for m in mutants if not verdicts[m.number] and m.key() in known]
    survived = [m for m in mutants if not verdicts[m.number] and m.key() not in known]
    if options.only:
        for mutant in killed:
            say(f"killed: {mutant.number} {mutant}\n  {verdicts[mutant.number]}")
    noticed = [m for m in killed if m.key() in known]
    for mutant in noticed:
        say(f"in equivalent.txt, and noticed: {mutant}\n  {verdicts[mutant.number]}")
    for mutant in survived:
        say(f"survived: {mutant.number} {mutant}")
    say(f"mutants took {(time.monotonic() - began) / 60:.0f} minutes")
    say(f"mutants: {len(mutants)} mutants, {len(killed)} killed, {len(equivalent)} equivalent, "
        f"{len(survived)} survived")  # fmt: skip
    is_enough = len(killed) * 100 >= LEAST_SHARE * (len(mutants) - len(equivalent))
    if not is_enough or noticed or (len(mutants) < LEAST_COUNT and not options.only):
        sys.exit(1)


if __name__ == "__main__":
    main()
