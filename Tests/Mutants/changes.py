"""Finds the small changes that can be made to a source file, and chooses some of them."""

import dataclasses
import random
import re

from swift_reader import LEFT, RIGHT, RANK, STOP, blanked, is_binary, operand_left, operand_right
from swift_reader import pairs_of, tokens_of


@dataclasses.dataclass
class Mutant:
    file: str
    line: int  # from 1
    start: int  # in the file's text
    end: int
    original: str
    changed: str
    kind: str
    schema: str  # with NUMBER where its number goes
    line_text: str
    number: int = 0

    def key(self) -> tuple[str, str, str]:
        """What stays when lines move."""
        change = f"{squeeze(self.original)} -> {squeeze(self.changed)}"
        return (self.file, self.line_text, change.rstrip())

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {squeeze(self.original)} -> {squeeze(self.changed)}"


def squeeze(text: str) -> str:
    return " ".join(text.split())


SWAPS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "==": ["!="], "!=": ["=="], "+": ["-"], "-": ["+"], "&+": ["&-"], "&-": ["&+"],
    "&&": ["||"], "||": ["&&"],
}  # fmt: skip


def mutants_of(file: str, text: str) -> list[Mutant]:
    code = blanked(text)
    tokens = tokens_of(code)
    pairs = pairs_of(tokens)
    lines = text.split("\n")
    found: list[Mutant] = []

    def add(start: int, end: int, original: str, changed: str, kind: str, schema: str) -> None:
        line = text.count("\n", 0, start) + 1
        found.append(
            Mutant(file, line, start, end, original, changed, kind, schema, lines[line - 1].strip())
        )

    for i, token in enumerate(tokens):
        if token.text in SWAPS and is_binary(tokens, i):
            rank = RANK[token.text]
            a = operand_left(tokens, pairs, i, rank)
            b = operand_right(tokens, pairs, i, rank)
            if a is None or b is None:
                continue
            start, end = tokens[a].start, tokens[b].end
            original = text[start:end]
            for other in SWAPS[token.text]:
                changed = text[start : token.start] + other + text[token.end : end]
                add(start, end, original, changed, token.text,
                    f"(mutant(NUMBER) ? ({changed}) : ({original}))")
        elif token.text in ("if", "guard", "while") and i + 1 < len(tokens):
            negate(text, tokens, pairs, i, add)
        elif token.text in ("true", "false") and i > 0 and tokens[i - 1].text in ("return", "="):
            other = "false" if token.text == "true" else "true"
            add(token.start, token.end, token.text, other, "bool",
                f"(mutant(NUMBER) ? {other} : {token.text})")
        elif re.fullmatch(r"\d+", token.text) and i > 0:
            before = tokens[i - 1].text
            after = tokens[i + 1].text if i + 1 < len(tokens) else ""
            if before in (".", "case", "$", "..<", "...") or after in (":", "..<", "..."):
                continue
            if before == "-" and not tokens[i - 1].spaced_after:
                continue
            for other in (str(int(token.text) + 1), str(int(token.text) - 1)):
                if other.startswith("-"):
                    continue
                add(token.start, token.end, token.text, other, "constant",
                    f"(mutant(NUMBER) ? {other} : {token.text})")
        if token.newline_before:
            delete(text, tokens, pairs, i, add)
    return [m for m in found if m.original]


def negate(text, tokens, pairs, i, add) -> None:
    j = i + 1
    if tokens[j].text in ("let", "var", "case", "#") or tokens[j].text == "try":
        return
    while j < len(tokens):
        word = tokens[j].text
        if word in (",", "{", "else") or (word in RIGHT):
            break
        j = pairs.get(j, j) + 1 if word in LEFT else j + 1
    start, end = tokens[i + 1].start, tokens[j - 1].end
    original = text[start:end]
    if original in ("", "true") or "{" in original:
        return
    add(start, end, original, f"!({original})", "negation",
        f"(mutant(NUMBER) ? !({original}) : ({original}))")


def delete(text, tokens, pairs, i, add) -> None:
    """A statement on lines of its own: a call whose result is not used, or an assignment."""
    first = tokens[i]
    if not re.match(r"[A-Za-z_(]", first.text) or (first.text in STOP and first.text != "try"):
        return
    if first.text in (
        "func", "struct", "class", "enum", "extension", "init", "deinit", "import", "static",
        "public", "private", "fileprivate", "internal", "package", "final", "package", "protocol",
        "break", "continue", "lazy", "mutating", "nonisolated", "subscript", "override", "default",
        "typealias", "unowned", "weak", "get", "set", "didSet", "indirect", "self",
    ):  # fmt: skip
        return
    before = tokens[i - 1].text if i else "{"
    if before not in ("{", "}", ")", "]", "else") and not re.match(r"[\w\"]", before):
        return
    if before in STOP or before == "in":
        return
    j, hasCall, hasAssignment = i, False, False
    while j < len(tokens):
        token = tokens[j]
        if j > i and token.newline_before:
            joins = is_binary(tokens, j) or token.text in (".", "=", "?", ":", "else", "where")
            if not joins and not is_binary(tokens, j - 1) and tokens[j - 1].text not in ("=", ",", "("):
                break
        if token.text in (";", "}") or token.text == "{":
            break
        if token.text in ("=", "+=", "-=", "&+=", "&-=", "|=", "&="):
            hasAssignment = True
        if token.text == "(" and j > i:
            hasCall = True
        j = pairs.get(j, j) + 1 if token.text in LEFT else j + 1
    if j < len(tokens) and tokens[j].text == "{":
        return
    if not (hasAssignment or (hasCall and tokens[j - 1].text == ")")):
        return
    # Alone in its braces it may be what a function returns.
    if before == "{" and j < len(tokens) and tokens[j].text == "}":
        return
    start, end = first.start, tokens[j - 1].end
    original = text[start:end]
    if "\n" in original and original.count("\n") > 4:
        return
    add(start, end, original, "", "deletion", f"if !mutant(NUMBER) {{ {original} }}")


def choose(candidates: dict[str, list[Mutant]], count: int, seed: int) -> list[Mutant]:
    """Spread over the files by their size, over kinds by turns; none overlaps another.

    What is chosen of a file does not depend on the other files' text.
    """
    total = sum(len(found) for found in candidates.values())
    chosen: list[Mutant] = []
    for file in sorted(candidates):
        rng = random.Random(f"{seed} {file}")
        wanted = max(2, round(count * len(candidates[file]) / total))
        kinds: dict[str, list[Mutant]] = {}
        for mutant in candidates[file]:
            kinds.setdefault(mutant.kind, []).append(mutant)
        order = sorted(kinds)
        for kind in order:
            rng.shuffle(kinds[kind])
        rng.shuffle(order)
        here: list[Mutant] = []
        while len(here) < wanted and any(kinds.values()):
            for kind in order:
                if len(here) >= wanted or not kinds[kind]:
                    continue
                mutant = kinds[kind].pop()
                if all(mutant.end <= other.start or other.end <= mutant.start for other in here):
                    here.append(mutant)
        chosen += sorted(here, key=lambda mutant: mutant.start)
    for number, mutant in enumerate(chosen, start=1):
        mutant.number = number
    return chosen
