"""A copy of the sources in which every mutant is compiled in, each behind its number."""

import os
import re
import subprocess
import sys
from pathlib import Path

from changes import Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
SCRATCH = ROOT / ".build-mutants"
COPY = SCRATCH / "tree"
MODULES = ("PageStore", "BTree")
# What runs with the mutants, and the folders of Tests that it is made of.
TARGETS = {"PageStore", "BTree", "CareFS", "CareModel", "CareFSTestSupport", "CareTorture",
           "PageStoreTests", "BTreeTests", "CareFSTests"}  # fmt: skip
TESTS = ("Torture", "PageStoreTests", "BTreeTests", "CareFSTests/Recover", "CareFSTests/Crash",
         "CareFSTests/Maintenance", "CareFSTests/Engine/Clinic.swift")  # fmt: skip

HEADER = """#ifndef MUTANT_H
#define MUTANT_H
// The mutant that is on; 0 is none; -1 is none, and which ones are reached is noted.
extern int mutant_number;
extern unsigned char *mutant_reached;
static inline _Bool mutant(int number) {
  if (mutant_number == -1) mutant_reached[number] = 1;
  return mutant_number == number;
}
#endif
"""
MODULE_MAP = """module CMutant { header "mutant.h" export * }
"""
SOURCE = """#include "mutant.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
int mutant_number = 0;
static unsigned char nowhere[4096];
unsigned char *mutant_reached = nowhere;
__attribute__((constructor)) static void choose(void) {
  const char *text = getenv("CAREFS_MUTANT");
  if (text) mutant_number = atoi(text);
  if (mutant_number != -1) return;
  // Shared, so that a process that traps and those that it started note what they reach.
  int file = open(getenv("CAREFS_MUTANTS_REACHED"), O_RDWR);
  void *bytes = mmap(0, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (file < 0 || bytes == MAP_FAILED) abort();
  mutant_reached = bytes;
  close(file);
}
"""


def say(line: str) -> None:
    print(line, flush=True)


def put(path: Path, data: bytes) -> None:
    """Writes what has changed: what has not need not be built again."""
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def files_of(folders) -> list[Path]:
    found = []
    for folder in folders:
        path = ROOT / folder
        found += [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sorted(p for p in found if "__pycache__" not in p.parts)


def manifest() -> str:
    """The package's manifest with the targets that run, and with what switches mutants."""
    head, list_begin, tail = (ROOT / "Package.swift").read_text().partition("  targets: [\n")
    head = re.sub(r'    \.executable\(name: "carefs".*\n', "", head)
    kept = ['    .target(name: "CMutant"),\n']
    # What stands in parentheses, with two more of them within.
    inner = r"(?:[^()]|\((?:[^()]|\([^()]*\))*\))*"
    for match in re.finditer(rf"    \.(\w+)\({inner}\),\n", tail):
        text = match.group()
        name = re.search(r'name:\s*"(\w+)"', text).group(1)
        if name in MODULES:
            if "dependencies: [" in text:
                text = text.replace("dependencies: [", 'dependencies: ["CMutant", ', 1)
            else:
                text = text.replace(f'"{name}"', f'"{name}", dependencies: ["CMutant"]', 1)
        if name in TARGETS or (match.group(1) == "systemLibrary" and "path:" not in text):
            kept.append(text)
    return head + list_begin + "".join(kept) + "  ],\n  swiftLanguageModes: [.v6]\n)\n"


def with_mutants(path: Path, mutants: list[Mutant]) -> str:
    file = str(path.relative_to(ROOT))
    text = path.read_text()
    here = [mutant for mutant in mutants if mutant.file == file]
    for mutant in sorted(here, key=lambda m: -m.start):
        schema = mutant.schema.replace("NUMBER", str(mutant.number))
        text = text[: mutant.start] + schema + text[mutant.end :]
    return text + "\nimport CMutant\n" if here else text


def write(mutants: list[Mutant]) -> None:
    wanted = {}
    for path in files_of(["Sources"] + [f"Tests/{t}" for t in TESTS]):
        file = path.relative_to(ROOT)
        if file.parts[1] == "carefs":
            continue
        is_mutated = file.parts[1] in MODULES and path.suffix == ".swift"
        wanted[file] = with_mutants(path, mutants).encode() if is_mutated else path.read_bytes()
    wanted[Path("Sources/CMutant/include/mutant.h")] = HEADER.encode()
    wanted[Path("Sources/CMutant/include/module.modulemap")] = MODULE_MAP.encode()
    wanted[Path("Sources/CMutant/mutant.c")] = SOURCE.encode()
    wanted[Path("Package.swift")] = manifest().encode()
    for folder in ("Sources", "Tests"):
        for path in (COPY / folder).rglob("*"):
            if path.is_file() and path.relative_to(COPY) not in wanted:
                path.unlink()
    for file, data in wanted.items():
        put(COPY / file, data)


def swift_build(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["swift", "build", "--package-path", str(COPY), "--scratch-path", str(SCRATCH / "build"),
         "-c", "release", "--traits", "TestSwitches", "-Xswiftc", "-enable-testing", *words],
        capture_output=True, text=True)  # fmt: skip


def binaries() -> Path:
    return Path(swift_build("--show-bin-path").stdout.strip())


def check(module: str) -> subprocess.CompletedProcess:
    """Compiles a module as far as errors are told, which takes seconds."""
    out = SCRATCH / "check"
    out.mkdir(exist_ok=True)
    maps = sorted((COPY / "Sources").rglob("module.modulemap"))
    includes = [word for path in maps for word in ("-I", str(path.parent))]
    sources = [str(path) for path in sorted((COPY / "Sources" / module).rglob("*.swift"))]
    return subprocess.run(
        ["swiftc", "-emit-sil", "-wmo", "-o", str(out / f"{module}.sil"), "-swift-version", "6",
         "-package-name", "carefs", "-D", "TEST_SWITCHES", "-enable-testing",
         *includes, "-I", str(out),
         "-emit-module-path", str(out / f"{module}.swiftmodule"), "-module-name", module, *sources],
        capture_output=True, text=True)  # fmt: skip


def build(mutants: list[Mutant]) -> list[Mutant]:
    """Builds the copy; drops mutants that do not compile."""
    SCRATCH.mkdir(exist_ok=True)
    steps = [(lambda module=module: check(module)) for module in MODULES]
    steps += [lambda: swift_build("--product", "CareTorture"), lambda: swift_build("--build-tests")]
    for step in steps:
        for _ in range(30):
            write(mutants)
            done = step()
            if done.returncode == 0:
                break
            output = done.stdout + done.stderr
            bad = blamed(output, mutants)
            if not bad:
                sys.exit(f"the copy does not build:\n{output[-4000:]}")
            mutants = [m for m in mutants if m.number not in bad]
        else:
            sys.exit("the copy does not build")
    return mutants


def blamed(output: str, mutants: list[Mutant]) -> set[int]:
    """The numbers of the mutants that the compiler's errors are about."""
    places = {
        (os.path.relpath(m.group(1), COPY), int(m.group(2)))
        for m in re.finditer(r"^(/\S+?\.swift):(\d+):\d+: error", output, re.M)
    }
    bad = {m.number for m in mutants for file, line in places
           if m.file == file and covers(m, line, mutants)}  # fmt: skip
    # A deleted first assignment is told of where the variable is used, or its scope ends.
    return bad or {m.number for m in mutants for file, line in places
                   if m.file == file and m.kind == "deletion"
                   and 0 <= line - m.line < 60}  # fmt: skip


def covers(mutant: Mutant, line: int, mutants: list[Mutant]) -> bool:
    """Whether a mutant's code stands on a line of the changed file: schemata repeat line breaks."""
    shift = 0
    for other in sorted((m for m in mutants if m.file == mutant.file), key=lambda m: m.start):
        extra = other.schema.count("\n") - other.original.count("\n")
        if other is mutant:
            first = mutant.line + shift
            return first <= line <= first + mutant.schema.count("\n")
        shift += extra
    return False


