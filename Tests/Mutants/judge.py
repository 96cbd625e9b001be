"""Runs tests with a mutant switched on, and says which one notices it."""

import dataclasses
import json
import os
import re
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from mutated_copy import COPY, SCRATCH, binaries

REACHED_SIZE = 4096
TICK = 0.5
# Seconds without a word after which a run counts as hung, at the least.
PATIENCE = 15.0
ISSUE = r"Test (?:case passing .*? to )?(\S+\(.*?\)) recorded an issue.*"
# Tests that take at most so long run together, the quick ones first.
TIERS = (0.03, 0.2, 1.0, float("inf"))


@dataclasses.dataclass
class Check:
    """One test, or a part of the torture programme."""

    name: str
    seconds: float = 0.0
    reached: frozenset[int] = frozenset()


@dataclasses.dataclass
class Outcome:
    """How a run ended: what failed in it, or None."""

    failure: str | None
    culprit: str | None = None
    seconds: float = 0.0
    output: str = ""


def environment(number: int, folder: Path) -> dict[str, str]:
    return dict(os.environ, CAREFS_MUTANT=str(number), SWIFT_BACKTRACE="enable=no",
                SWIFT_DETERMINISTIC_HASHING="1", TMPDIR=str(folder),
                CAREFS_MUTANTS_REACHED=str(folder / "reached"))  # fmt: skip


def bounded() -> None:
    """A mutant that goes on for ever must not take the machine with it."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 30, 64 << 30))


def is_stopped(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"
    except (OSError, IndexError):
        return False


def unmount(folder: Path) -> None:
    """What a test that was ended has left mounted."""
    try:
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return
    for mount in mounts:
        if mount.startswith(f"{folder}/"):
            subprocess.run(["umount", mount], capture_output=True)


def run(command: list[str], number: int, patience: float) -> Outcome:
    """Runs until the end, the first failure, or so many seconds without a word.

    Time in which the process or this one was stopped does not count.
    """
    folder = SCRATCH / "tmp" / f"{number}-{time.monotonic_ns()}"
    folder.mkdir(parents=True)
    (folder / "reached").write_bytes(bytes(REACHED_SIZE))
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment(number, folder), preexec_fn=bounded,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, cwd=COPY)  # fmt: skip
    os.set_blocking(process.stdout.fileno(), False)
    text, failure, culprit, silent = "", None, None, 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while failure is None:
            if not selector.select(TICK):
                silent += 0 if is_stopped(process.pid) else TICK
                if process.poll() is not None:
                    break
                if silent > patience:
                    failure = "did not end"
                continue
            data = process.stdout.read()
            if not data:
                break
            silent = 0.0
            text += data.decode(errors="replace")
            issue = re.search(ISSUE, text)
            if issue:
                failure, culprit = issue.group(0), issue.group(1)
    if failure:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    elif (code := process.wait()) != 0:
        failure = f"ended with {code}"
    elif "caught" in text:
        failure = " ".join(text.split())
    if failure and not culprit:
        started = re.findall(r"Test (\S+\(.*?\)) started", text)
        culprit = started[-1] if started else None
    seconds = time.monotonic() - began
    unmount(folder)
    reached = (folder / "reached").read_bytes()
    shutil.rmtree(folder, ignore_errors=True)
    outcome = Outcome(failure, culprit, seconds, text)
    outcome.reached = frozenset(i for i, byte in enumerate(reached) if byte)
    return outcome


class Judge:
    def __init__(self) -> None:
        where = binaries()
        self.program = where / "CareTorture"
        self.bundle = next(where.glob("*.xctest"))
        self.checks: list[Check] = []

    def command(self, names: list[str]) -> list[str]:
        if names == ["planted"]:
            return [str(self.program), "planted", "--bug", "none", "--rungs", "1"]
        return [str(self.bundle), "--testing-library", "swift-testing", "--no-parallel",
                "--filter", "^(" + "|".join(re.escape(name) for name in names) + ")"]  # fmt: skip

    def learn(self, digest: str) -> None:
        """Runs each test alone, without any mutant: its time, and which mutants it reaches."""
        cache = SCRATCH / "reached.json"
        if cache.exists() and (known := json.loads(cache.read_text()))["digest"] == digest:
            self.checks = [Check(n, s, frozenset(r)) for n, s, r in known["checks"]]
            return
        listing = [str(self.bundle), "--testing-library", "swift-testing", "--list-tests"]
        done = subprocess.run(listing, capture_output=True, text=True)
        names = [line.strip() for line in done.stdout.splitlines() if "/" in line]
        if not names:
            sys.exit(f"no tests are listed:\n{done.stdout}{done.stderr}")
        for name in [*names, "planted"]:
            outcome = run(self.command([name]), -1, 300)
            if outcome.failure:
                sys.exit(f"{name} fails without any mutant: {outcome.failure}\n{outcome.output}")
            self.checks.append(Check(name, outcome.seconds, outcome.reached))
        rows = [[c.name, c.seconds, sorted(c.reached)] for c in self.checks]
        cache.write_text(json.dumps({"digest": digest, "checks": rows}))

    def is_reached(self, number: int) -> bool:
        return any(number in check.reached for check in self.checks)

    def killer(self, number: int, hint: str | None) -> tuple[str, str] | None:
        """The test that notices the mutant, and what it says; None when none does."""
        reaching = [check for check in self.checks if number in check.reached]
        groups = [[check for check in reaching if check.name == hint]]
        tests = [check for check in reaching if check.name not in ("planted", hint)]
        least = 0.0
        for most in TIERS:
            groups.append([check for check in tests if least < check.seconds <= most])
            least = most
        groups.append([check for check in reaching if check.name == "planted" != hint])
        for group in filter(None, groups):
            patience = PATIENCE + 10 * max(check.seconds for check in group)
            outcome = run(self.command([check.name for check in group]), number, patience)
            if outcome.failure:
                names = [check.name for check in group
                         if outcome.culprit and f"/{outcome.culprit}" in check.name]  # fmt: skip
                return (names or [group[0].name if len(group) == 1 else ""])[0], outcome.failure
        return None
