"""Small changes to text, archives and command lines that a parser may not have thought of."""

# ruff: noqa: E501
from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

ODD = (
    "", "~", "null", "yes", "0", "-1", "1e999", "nan", "inf", "0x1F", "1_000", "12:30:45", "9" * 400,
    "1" * 30, "2025", "2025-13", "2025-02-30", "0000", "0000-00-00", "9999-12-31", "10000-01-01",
    "２０２５", "'", '"', "''", "|", "||", "a|", ",", "\t", "&a", "*a", "<<", "!!python/name:os.system",
    "!x", "---", "...", "%YAML 1.1", "[", "]", "{", "}", "[]", "{}", "? ", "- ", ": ", "# ", ">", "|+",
    "\u202e", "\ufeff", "\x00", "\x07", "\x1b[31m", "\x85", "\u2028", "\ud7ff", "\U0001f600", "é́",
    "=1+1", "{0}", "{x!r}", "%s", "{", "\\", "..", "../x", "a" * 65, "甲" * 300, "probe", "steel", "ore",
    "f1", "s1", "需要", "toy", "wafer", "\r", "\r\n", "\n", "　", "\xa0", "1.5.2", "+", "-", "1,000",
    "亿元", "万吨", "A", "D", "weak", "missing", "any", "optional", "production", "none_found",
)  # fmt: skip
_TOKEN = re.compile(r"[\w.+-]+|[^\w\s]")
_XML = re.compile(rb'="([^"]*)"|>([^<>]+)<')
Mutate = Callable[[bytes, int], bytes]


def text(data: bytes, chance: random.Random) -> bytes:
    """A text with one to four of its lines or words changed."""
    try:
        found, code = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        found, code = data.decode("latin-1"), "latin-1"
    for _ in range(chance.choice((1, 1, 2, 3, 4))):
        found = chance.choice(_CHANGES)(found, chance)
    return found.encode(code, "ignore" if code == "latin-1" else "surrogatepass")


def _word(found: str, chance: random.Random) -> str:
    tokens = list(_TOKEN.finditer(found))
    if not tokens:
        return chance.choice(ODD)
    one = chance.choice(tokens)
    other = chance.choice(ODD) if chance.random() < 0.7 else chance.choice(tokens).group()
    return found[: one.start()] + other + found[one.end() :]


def _insert(found: str, chance: random.Random) -> str:
    at = chance.randint(0, len(found))
    return found[:at] + chance.choice(ODD) + found[at:]


def _lines(found: str, chance: random.Random) -> str:
    lines = found.split("\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines.insert(to, lines[at])
        case 1:
            lines[at], lines[to] = lines[to], lines[at]
        case 2:
            del lines[at : at + chance.choice((1, 1, 5))]
        case 3:
            lines[at] = " " * chance.choice((1, 2, 4)) + lines[at]
        case _:
            lines[at] = lines[at].removeprefix("  ")
    return "\n".join(lines)


def _cut(found: str, chance: random.Random) -> str:
    at = chance.randint(0, len(found))
    size = chance.choice((1, 1, 2, 8, 64))
    return found[:at] + found[at + size :]


def _repeat(found: str, chance: random.Random) -> str:
    at = chance.randint(0, len(found))
    piece = found[at : at + chance.choice((1, 2, 10, 100))]
    return found[:at] + piece * chance.choice((2, 2, 3, 20)) + found[at:]


_CHANGES = (_word, _word, _word, _insert, _insert, _lines, _lines, _cut, _repeat)


def archive(data: bytes, chance: random.Random, mutate: Mutate) -> bytes:
    """A workbook with one part changed: an attribute, a text, bytes, or the part as a whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
    except Exception:
        return mutate(data, len(data) + 100)
    if not parts or chance.random() < 0.05:
        return mutate(data, len(data) + 100)
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice([*parts, *(p for p in parts if "sheet" in p or "shared" in p)])
        parts[name] = _part(parts[name], chance, mutate)
        if chance.random() < 0.05:
            del parts[name]
        if chance.random() < 0.02:
            parts[chance.choice(("../x", "/x", "xl\\y", name + "x"))] = b"<a/>"
        if not parts:
            break
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, body in parts.items():
            new.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


def _part(body: bytes, chance: random.Random, mutate: Mutate) -> bytes:
    spots = list(_XML.finditer(body))
    if spots and chance.random() < 0.6:
        one = chance.choice(spots)
        start, end = one.span(1) if one.group(1) is not None else one.span(2)
        other = chance.choice(
            [w.encode() for w in ("-1", "0", "1048577", "99999999999", "XFD1048576", "ZZZZZZ9", "A0",
                                  "s", "n", "d", "b", "e", "str", "inlineStr", "1e308", "NaN", "#REF!",
                                  "&#0;", "&x;", "2026-01-01", "60", "-5", "3000000", "A1:B2", "")]
            + [w.encode("utf-8", "ignore") for w in ODD[:40]]
        )  # fmt: skip
        return body[:start] + other.replace(b"<", b"&lt;").replace(b'"', b"") + body[end:]
    if chance.random() < 0.5:
        return text(body, chance)
    return mutate(body, len(body) + 64)


def words(data: bytes, chance: random.Random) -> bytes:
    """A command line with a word more, less or another."""
    lines = data.split(b"\n")
    for _ in range(chance.choice((1, 1, 2))):
        at = chance.randrange(len(lines) + 1)
        odd = chance.choice(ODD[:90]).replace("\n", " ").encode("utf-8", "ignore")
        known = chance.choice(
            (b"toy", b"toy/steel", b"toy/steel/beta", b"--format", b"json", b"csv", b"md", b"-o",
             b"x.json", b"x.csv", b"x.xlsx", b"x", b"--lang", b"en", b"--as-of", b"2025-06", b"beta",
             b"--top", b"-1", b"0", b"99999999999", b"now", b"rev:HEAD", b"kpi/x", b"data/x.csv",
             b"--draws", b"--help", b"east", b"--yes", b"../../x", b".", b"data", b"")
        )  # fmt: skip
        word = odd if chance.random() < 0.4 else known
        match chance.randrange(4):
            case 0 if at < len(lines):
                lines[at] = word
            case 1 if at < len(lines) and len(lines) > 1:
                del lines[at]
            case _:
                lines.insert(at, word)
    return b"\n".join(lines[:14])
