#!/usr/bin/env python3
"""Reports which regions of the engine the tests reach, and judges those that they do not.

    coverage.py EXPORT REASONS

EXPORT is what `llvm-cov export` printed. REASONS lists the strict files, where every region must be
reached or excused, and the excuses; its head says how.
"""
import collections
import fnmatch
import json
import os
import re
import sys

ENGINE = ("Sources/PageStore/", "Sources/BTree/", "Sources/CareFS/")
LEAST = 95.0
DECLARATION = re.compile(
    r"\b(?:func\s+(`?\w+`?|[^\s\w(]+)|(init)\b\??\s*[(<]|(deinit)\b|(subscript)\b|"
    r"var\s+(\w+)[^=]*\{|case\s+\.?(\w+)\s*=)"
)


class Region:
    def __init__(self, path, where, lines):
        self.path, self.where = path, where
        l1, c1, l2, c2 = where
        head = lines[l1 - 1]
        if l1 == l2:
            inside = head[c1 - 1 : c2 - 1]
        else:
            inside = "\n".join([head[c1 - 1 :], *lines[l1 : l2 - 1], lines[l2 - 1][: c2 - 1]])
        # The end of a loop that only returns leave is a region of its own, and holds nothing.
        self.is_code = re.search(r"\w", inside) is not None
        # What stands before it on its line tells two `else { return nil }` apart.
        self.text = " ".join((head[: c1 - 1] + inside).split())
        self.function = function_at(lines, l1 - 1, c1 - 1)

    def holds(self, other):
        a, b = self.where, other.where
        return self.path == other.path and a[:2] <= b[:2] and b[2:] <= a[2:]


def function_at(lines, at, column):
    """The name of the declaration around a place, by the indentation that the house format has."""
    depth = None
    for i in range(at, -1, -1):
        line = lines[i]
        if not line.strip() or line.lstrip().startswith("//"):
            continue
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent >= depth:
            continue
        found = DECLARATION.search(line)
        if found and (i < at or found.start() <= column):
            return next(name for name in found.groups() if name)
        # The head of a declaration may take several lines: it begins where its last one stands.
        depth = indent + line.lstrip().startswith(")")
    return "-"


def read_regions(export):
    """The count of every region of the engine: of several copies of a function the highest."""
    counts = collections.defaultdict(int)
    root = os.getcwd() + os.sep
    for data in export["data"]:
        for function in data["functions"]:
            names = [n[len(root) :] if n.startswith(root) else n for n in function["filenames"]]
            for l1, c1, l2, c2, count, file, _, kind in function["regions"]:
                if kind == 0 and names[file].startswith(ENGINE):
                    key = (names[file], (l1, c1, l2, c2))
                    counts[key] = max(counts[key], count)
    return counts


class Reasons:
    def __init__(self, path):
        self.strict, self.entries = [], []
        reason, may_be_stale = None, False
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            line = line.rstrip("\n")
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("strict: "):
                self.strict.append(line[8:].strip())
            elif line.startswith(("reason: ", "sometimes: ")):
                may_be_stale = line.startswith("sometimes: ")
                reason = line.partition(": ")[2].strip()
            else:
                parts = [part.strip() for part in line.split(" | ", 2)]
                if reason is None or len(parts) != 3 or not parts[2]:
                    sys.exit(f"{path}:{number}: not FILE | FUNCTION | TEXT under a reason")
                self.entries.append((number, may_be_stale, *parts))

    def is_strict(self, path):
        return any(fnmatch.fnmatch(path, pattern) for pattern in self.strict)


def main():
    export_path, reasons_path = sys.argv[1:]
    with open(export_path, encoding="utf-8") as file:
        counts = read_regions(json.load(file))
    reasons = Reasons(reasons_path)
    sources = {}
    missed = []
    folders = collections.defaultdict(lambda: [0, 0, 0])
    for (path, where), count in sorted(counts.items()):
        if path not in sources:
            with open(path, encoding="utf-8") as file:
                sources[path] = file.read().split("\n")
        region = Region(path, where, sources[path])
        if not region.is_code:
            continue
        total = folders[os.path.dirname(path)]
        total[0] += 1
        total[1] += count > 0
        if count == 0:
            missed.append(region)

    used = set()
    excused = []
    for region in missed:
        for number, _, path, function, text in reasons.entries:
            same = path == region.path and function == region.function
            if same and region.text.startswith(" ".join(text.split())):
                used.add(number)
                excused.append(region)
    bad = []
    for region in missed:
        if any(other.holds(region) for other in excused):
            folders[os.path.dirname(region.path)][2] += 1
        elif reasons.is_strict(region.path):
            bad.append(region)

    if "--missed" in os.environ.get("COVERAGE", ""):
        for region in missed:
            if not any(other is not region and other.holds(region) for other in missed):
                mark = "strict" if region in bad else "-"
                where = f"{region.path}:{region.where[0]}:{region.where[1]}"
                print(f"{mark} {where} | {region.function} | {region.text[:110]}")
    print(f"{'regions':>8} {'reached':>8} {'excused':>8} {'share':>8}  folder")
    whole = [0, 0, 0]
    for folder, total in sorted(folders.items()):
        whole = [a + b for a, b in zip(whole, total)]
        share = 100 * total[1] / total[0]
        print(f"{total[0]:8} {total[1]:8} {total[2]:8} {share:7.2f}%  {folder}")
    share = 100 * whole[1] / max(whole[0], 1)
    print(f"{whole[0]:8} {whole[1]:8} {whole[2]:8} {share:7.2f}%  all of the engine")

    failures = 0
    for region in bad:
        failures += 1
        where = f"{region.path}:{region.where[0]}:{region.where[1]}"
        print(f"failed: not reached: {where} | {region.function} | {region.text[:100]}")
    for number, may_be_stale, path, function, text in reasons.entries:
        if number not in used and not may_be_stale:
            failures += 1
            print(f"failed: {reasons_path}:{number} excuses nothing: {path} | {function} | {text}")
    if share < LEAST:
        failures += 1
        print(f"failed: {share:.2f} % of the engine's regions are reached, {LEAST} must be")
    print(f"coverage: {share:.2f} % of {whole[0]} regions, {len(bad)} without a reason")
    sys.exit(1 if failures else 0)


main()
