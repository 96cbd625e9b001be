"""Reads Swift as far as its tokens and the operands of an operator."""

import dataclasses
import re


def blanked(text: str) -> str:
    """The text with comments, strings and code that is not compiled here replaced by blanks."""
    out = list(text)

    def blank(a: int, b: int) -> None:
        for i in range(a, b):
            if out[i] != "\n":
                out[i] = " "

    at = 0
    while at < len(text):
        if text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            blank(at, end)
            at = end
        elif text[at] == '"':
            end = at + 1
            depth = 0
            while end < len(text) and (text[end] != '"' or depth > 0):
                if text.startswith("\\(", end):
                    depth += 1
                    end += 1
                elif text[end] == "\\":
                    end += 1
                elif depth and text[end] == "(":
                    depth += 1
                elif depth and text[end] == ")":
                    depth -= 1
                end += 1
            # A string stays one token: quotes around blanks.
            blank(at + 1, end)
            at = end + 1
        else:
            at += 1
    result = "".join(out)
    # Of conditional compilation: the switches of tests and other systems are no part of the engine.
    lines, kept, stack = result.split("\n"), [], []
    for line in lines:
        word = line.strip()
        if word.startswith("#if"):
            stack.append("TEST_SWITCHES" not in word and "Darwin" not in word and "arch" not in word)
            kept.append(" " * len(line))
        elif word.startswith(("#else", "#elseif")):
            stack[-1] = True if word == "#else" else False
            kept.append(" " * len(line))
        elif word.startswith("#endif"):
            stack.pop()
            kept.append(" " * len(line))
        else:
            kept.append(line if all(stack) else " " * len(line))
    return "\n".join(kept)


TOKEN = re.compile(
    r"\s+|[A-Za-z_$][A-Za-z_0-9]*|0x[0-9A-Fa-f_]+|\d[\d_]*(?:\.\d+)?|\"[^\"]*\""
    r"|\.\.\.|\.\.<|&&|\|\||&\+=|&-=|&\*=|&>>|&<<|&\+|&-|&\*|->|==|!=|<=|>=|\+=|-=|\*=|/=|\|=|&=|\^="
    r"|>>|<<|\?\?|[-+*/%<>=!?:;,.(){}\[\]&|^~@#\\`']"
)
LEFT = {"(": ")", "[": "]", "{": "}"}
RIGHT = {v: k for k, v in LEFT.items()}
RANK = {
    "||": 1, "&&": 2,
    "<": 3, "<=": 3, ">": 3, ">=": 3, "==": 3, "!=": 3,
    "??": 4, "...": 6, "..<": 6,
    "+": 7, "-": 7, "&+": 7, "&-": 7, "|": 7, "^": 7,
    "*": 8, "/": 8, "%": 8, "&*": 8, "&": 8,
    "<<": 9, ">>": 9, "&<<": 9, "&>>": 9,
}  # fmt: skip
STOP = {
    "=", "+=", "-=", "&+=", "&-=", "*=", "/=", "&*=", "|=", "&=", "^=", ",", ":", "?", ";", "->",
    "if", "guard", "while", "return", "where", "in", "let", "var", "else", "case", "try", "throw",
    "is", "as", "switch", "for", "repeat", "do", "catch", "defer",
}  # fmt: skip


@dataclasses.dataclass
class Token:
    text: str
    start: int
    end: int
    spaced_before: bool
    spaced_after: bool = False
    newline_before: bool = False


def tokens_of(code: str) -> list[Token]:
    found: list[Token] = []
    at, spaced, newline = 0, True, True
    while at < len(code):
        match = TOKEN.match(code, at)
        if match is None:
            at += 1
            continue
        text = match.group()
        if text.isspace():
            spaced = True
            newline = newline or "\n" in text
            if found:
                found[-1].spaced_after = True
        else:
            found.append(Token(text, at, match.end(), spaced, False, newline))
            spaced = newline = False
        at = match.end()
    return found


def pairs_of(tokens: list[Token]) -> dict[int, int]:
    pairs, stack = {}, []
    for i, token in enumerate(tokens):
        if token.text in LEFT:
            stack.append(i)
        elif token.text in RIGHT and stack:
            j = stack.pop()
            pairs[i], pairs[j] = j, i
    return pairs


def is_binary(tokens: list[Token], i: int) -> bool:
    token = tokens[i]
    return token.text in RANK and token.spaced_before and token.spaced_after


def operand_left(tokens: list[Token], pairs: dict[int, int], i: int, rank: int) -> int | None:
    """The first token of what stands left of the operator `i`; it binds what ranks as high."""
    j = i - 1
    while j >= 0:
        text = tokens[j].text
        if text in RIGHT:
            if text == "}":
                break
            j = pairs.get(j, -1) - 1
            continue
        if text in LEFT or text in STOP:
            break
        if is_binary(tokens, j) and RANK[text] < rank:
            break
        # A statement ends where a line does, unless an operator joins it to the next.
        if tokens[j + 1].newline_before and not is_binary(tokens, j + 1) and not is_binary(tokens, j):
            if tokens[j + 1].text != ".":
                break
        j -= 1
    return j + 1 if j + 1 < i else None


def operand_right(tokens: list[Token], pairs: dict[int, int], i: int, rank: int) -> int | None:
    """The last token of what stands right of the operator `i`; it ends where one ranks as low."""
    j = i + 1
    while j < len(tokens):
        token = tokens[j]
        if token.text == "{" or token.text in RIGHT or token.text in STOP:
            break
        if is_binary(tokens, j) and RANK[token.text] <= rank:
            break
        if j > i + 1 and token.newline_before and not is_binary(tokens, j) and token.text != ".":
            if not is_binary(tokens, j - 1):
                break
        if token.text in LEFT:
            j = pairs.get(j, j) + 1
            continue
        j += 1
    return j - 1 if j - 1 > i else None
