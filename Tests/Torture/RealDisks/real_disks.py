#!/usr/bin/env python3
"""Full disks, a failed sync and power cuts on real file systems.

    real_disks.py PROGRAM [--cuts N] [--seed N]

PROGRAM is CareTorture: its `worker` writes and says what was acknowledged, its `verify` compares.
Needs root, loop devices and FUSE; what cannot run here is counted as skipped, with the reason.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from blocklog import BlockLog, PowerCuts, mount  # noqa: E402

MIB = 1 << 20


class Cannot(Exception):
    """Something that this machine does not let us do."""


def system(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise Cannot(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


@contextlib.contextmanager
def mounted(folder: Path, *words: str):
    folder.mkdir(exist_ok=True)
    system("mount", *words, str(folder))
    try:
        yield folder
    finally:
        for _ in range(50):
            if subprocess.run(["umount", str(folder)], capture_output=True).returncode == 0:
                break
            time.sleep(0.05)


def make_ext4(path: Path, size: int) -> None:
    with open(path, "wb") as file:
        file.truncate(size)
    layout = ["-b", "4096", "-J", "size=4", "-E", "lazy_itable_init=0,lazy_journal_init=0"]
    system("mkfs.ext4", "-q", "-F", *layout, str(path))


@contextlib.contextmanager
def loop_of_single_pages(image: Path):
    """A loop device that writes 4 KiB at a time.

    Linux's loop driver takes a short write for a whole one: of a larger request that runs out of
    room half-way the rest would be lost without an error, and no program could know.
    """
    device = system("losetup", "--find", "--show", str(image))
    try:
        limit = Path("/sys/block") / Path(device).name / "queue" / "max_sectors_kb"
        limit.write_text("4")
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], capture_output=True)


class Report:
    def __init__(self):
        self.failed = 0

    def line(self, name: str, injected: int, problems: list[str]) -> None:
        print(f"faults: class={name} injected={injected} survived={injected - len(problems)}")
        for problem in problems[:10]:
            print(f"  failed: {problem}")
        self.failed += len(problems) + (injected == 0)


def verify(program: str, path: Path, acknowledged: int, begun: int | None = None) -> str | None:
    words = [program, "verify", str(path), "--acknowledged", str(acknowledged)]
    if begun is not None:
        words += ["--begun", str(begun)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    return None if done.returncode == 0 else (done.stdout + done.stderr).strip()


def run_worker(program: str, path: Path, *options: str) -> tuple[int, int, str]:
    """Runs a worker to its end: exit status, last acknowledged transaction, what it said."""
    words = [program, "worker", str(path), *options]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    numbers = [int(line) for line in done.stdout.split("\n") if line.isdigit()]
    return done.returncode, numbers[-1] if numbers else 0, done.stderr.strip()


def full_disks(program: str, folder: Path, report: Report) -> None:
    """Writes until a small disk is full; nothing acknowledged may be lost, with and without room."""
    problems, injected = [], 0
    image = folder / "small.img"
    make_ext4(image, 16 * MIB)
    for name, words in [
        ("tmpfs of 1 MiB", ["-t", "tmpfs", "-o", "size=1m", "none"]),
        ("tmpfs of 3 MiB", ["-t", "tmpfs", "-o", "size=3m", "none"]),
        ("ext4 of 16 MiB", ["-o", "loop", str(image)]),
    ]:
        with mounted(folder / "full", *words) as disk:
            path = disk / "a.carefs"
            status, acknowledged, said = run_worker(program, path, "--count", "20000")
            injected += 1
            if status == 0 or "full" not in said.lower():
                problems.append(f"{name}: the worker ended with {status}: {said}")
            elif problem := verify(program, path, acknowledged):
                problems.append(f"{name}, still full: {problem}")
    report.line("F2-real-disk-full", injected, problems)


def failed_sync(program: str, folder: Path, report: Report) -> None:
    """ext4 on a sparse image on a tmpfs that is too small: writes succeed, a sync fails."""
    problems, injected = [], 0
    with mounted(folder / "thin", "-t", "tmpfs", "-o", "size=12m", "none") as thin:
        image = thin / "disk.img"
        make_ext4(image, 200 * MIB)
        path = folder / "ext4" / "a.carefs"
        with loop_of_single_pages(image) as device:
            with mounted(folder / "ext4", "-o", "errors=continue", device):
                status, acknowledged, said = run_worker(program, path, "--count", "200000")
                injected += 1
                if status == 0 or "sync" not in said:
                    problems.append(f"no sync failed: the worker ended with {status}: {said}")
        # What the system still remembers goes with the mount; the disk gets its room.
        system("mount", "-o", "remount,size=256m", str(thin))
        subprocess.run(["e2fsck", "-fy", str(image)], capture_output=True)
        with mounted(folder / "ext4", "-o", "loop", str(image)):
            if problem := verify(program, path, acknowledged):
                problems.append(f"after {acknowledged} transactions and `{said}`: {problem}")
    report.line("F3-real-failed-sync", injected, problems)


def power_cuts(program: str, folder: Path, count: int, seed: int, report: Report) -> None:
    """Cuts the power under ext4 while a worker writes, checkpoints and compacts."""
    chance = random.Random(seed)
    image = folder / "cut.img"
    make_ext4(image, 24 * MIB)
    disk = BlockLog(image.read_bytes())
    fuse, ext4 = folder / "fuse", folder / "cut"
    fuse.mkdir()
    thread = mount(disk, fuse)
    acknowledged: list[tuple[int, int]] = []
    try:
        with mounted(ext4, "-o", "loop", str(fuse / "disk")):
            words = [program, "worker", str(ext4 / "a.carefs"), "--compact-every", "60"]
            worker = subprocess.Popen(
                [*words, "--count", "250"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for line in worker.stdout:
                acknowledged.append((disk.position(), int(line)))
            if worker.wait() != 0:
                raise RuntimeError(f"the worker failed: {worker.stderr.read()}")
    finally:
        subprocess.run(["umount", str(fuse)], capture_output=True)
        thread.join(5)
    begun = acknowledged[-1][1]
    end = acknowledged[-1][0]
    first = acknowledged[0][0]
    positions = sorted(chance.randrange(first // 2, end) for _ in range(count))
    cuts, problems = PowerCuts(disk), []
    with mounted(folder / "images", "-t", "tmpfs", "-o", "size=128m", "none") as images:
        for number, position in enumerate(positions):
            (images / "disk.img").write_bytes(cuts.image(position, chance))
            known = max((n for at, n in acknowledged if at <= position), default=0)
            with mounted(ext4, "-o", "loop", str(images / "disk.img")):
                path = ext4 / "a.carefs"
                if problem := verify(program, path, known, begun):
                    where = f"seed {seed}, cut {number} after entry {position} of {end}"
                    problems.append(f"{where}, {known} acknowledged: {problem}")
    report.line("F4-real-power-cut", len(positions), problems)
    print(f"cuts: {len(positions)}, {len(problems)} lost")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--cuts", type=int, default=150)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    given = parser.parse_args()
    report, skipped = Report(), 0
    with tempfile.TemporaryDirectory(prefix="carefs-disks-") as name:
        folder = Path(name)
        for part, cost in [
            (lambda: full_disks(given.program, folder, report), 3),
            (lambda: failed_sync(given.program, folder, report), 1),
            (lambda: power_cuts(given.program, folder, given.cuts, given.seed, report), given.cuts),
        ]:
            try:
                if os.geteuid() != 0:
                    raise Cannot("not root")
                part()
            except (Cannot, ImportError, OSError) as error:
                skipped += cost
                print(f"disks: skipped {cost}: {error}")
    print(f"disks: {skipped} skipped")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
