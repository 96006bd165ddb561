"""Builds the damaged workspaces of tests/cases/bad, as its cases.yaml describes them."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from chainmap.core.problems import CATALOGUE

ROOM = Path(__file__).parent / "cases" / "bad"
SOUND = ROOM / "_sound"


@dataclass(frozen=True)
class Case:
    """One damaged input: how it is made and every problem that must be reported."""

    name: str
    expect: tuple[str, ...]
    without: tuple[str, ...]
    make: dict[str, str]
    exit: int


def cases() -> list[Case]:
    """Every case of the manifest, in its order."""
    listed = yaml.safe_load((ROOM / "cases.yaml").read_text(encoding="utf-8"))
    return [
        Case(
            entry["case"],
            tuple(entry["expect"]),
            tuple(entry.get("without", ())),
            dict(entry.get("make", {})),
            entry.get("exit", int(_has_error(entry["expect"]))),
        )
        for entry in listed
    ]


def _has_error(expect: list[str]) -> bool:
    return any(CATALOGUE[line.split()[0]].severity == "error" for line in expect)


def build(case: Case, directory: Path) -> Path:
    """The workspace of a case, written into a new directory."""
    shutil.copytree(SOUND, directory)
    own = ROOM / case.name
    if own.is_dir():
        shutil.copytree(own, directory, dirs_exist_ok=True)
    for name in case.without:
        target = directory / name
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    for name, word in case.make.items():
        target = directory / name
        sound = target.read_bytes() if target.is_file() else b""
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
        WORDS[word](target, sound)
    return directory


def _written(content: Callable[[bytes], bytes]) -> Callable[[Path, bytes], None]:
    """A maker that writes what it makes of the sound file."""

    def make(target: Path, sound: bytes) -> None:
        target.write_bytes(content(sound))

    return make


def _link_out(target: Path, sound: bytes) -> None:
    outside = target.parents[1].with_name(target.parents[1].name + "-outside.csv")
    outside.write_bytes(sound)
    target.symlink_to(outside)


def _no_permission(target: Path, sound: bytes) -> None:
    target.write_bytes(sound)
    target.chmod(0)


def _second_line(line: bytes) -> Callable[[bytes], bytes]:
    """The sound file with its second line replaced."""

    def made(sound: bytes) -> bytes:
        lines = sound.split(b"\n")
        lines[1] = line
        return b"\n".join(lines)

    return made


def _alias_bomb(sound: bytes) -> bytes:
    bomb = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    bomb += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)]
    return sound + b"\n".join(bomb) + b"\n"


def _merge_bomb(sound: bytes) -> bytes:
    bomb = [b"m0: &m0 {k0: x}"]
    bomb += [
        b"m%d: &m%d {<<: [*m%d, *m%d], k%d: x}" % (n, n, n - 1, n - 1, n) for n in range(1, 30)
    ]
    return sound + b"\n".join(bomb) + b"\n"


def _mixed(sound: bytes) -> bytes:
    lines = sound.split(b"\n")
    lines[1] += " # 第一行是这样写的".encode()
    lines[2] = "示例 钢铁 有限 公司".encode("gb18030")
    return b"\n".join(lines)


def _two_encodings_and_a_mark(sound: bytes) -> bytes:
    lines = sound.split(b"\n")
    lines[1] = "示例钢铁有限公司".encode("gb18030")
    return b"\xef\xbb\xbf" + b"\n".join(lines[:2])


def _nul(sound: bytes) -> bytes:
    start = sound.index(b"\n") + 1
    at = start + len(sound[start:].decode()[:9].encode())
    return sound[:at] + b"\0" + sound[at:]


WORDS: dict[str, Callable[[Path, bytes], None]] = {
    "fifo": lambda target, _: os.mkfifo(target),
    "directory": lambda target, _: target.mkdir(),
    "endless": lambda target, _: target.symlink_to("/dev/zero"),
    "link_out": _link_out,
    "link_to_nothing": lambda target, _: target.symlink_to(target.parent / "nothing"),
    "link_to_itself": lambda target, _: target.symlink_to(target),
    "no_permission": _no_permission,
    "five_megabytes": _written(lambda sound: sound + b"# filler\n" * 580_000),
    "two_megabyte_line": _written(_second_line(b"name: " + b"x" * 2_000_000)),
    "fifty_megabyte_line": _written(_second_line(b"x" * 50_000_000)),
    "fifty_megabyte_quote": _written(
        lambda sound: sound.split(b"\n")[0] + b'\n"' + b"open for ever,\n" * 3_400_000
    ),
    "deep_flow": _written(lambda _: b"chain: " + b"[" * 10_000 + b"]" * 10_000 + b"\n"),
    "deep_block": _written(lambda _: b"- " * 10_000 + b"x\n"),
    "deep_lines": _written(
        lambda _: b"".join(b" " * depth + b"a:\n" for depth in range(1_300)) + b" " * 1_300 + b"x\n"
    ),
    "alias_bomb": _written(_alias_bomb),
    "merge_bomb": _written(_merge_bomb),
    "many_nodes": _written(lambda sound: sound + b"x: [" + b"a,\n" * 250_000 + b"]\n"),
    "nul": _written(_nul),
    "zeros": _written(lambda _: b"\0" * 100_000),
    "utf16": _written(lambda sound: sound.decode().encode("utf-16")),
    "mixed": _written(_mixed),
    "neither": _written(_second_line(b"probe,steel,\xff\xff\xfe,s2")),
    "bom_then_gb18030": _written(_two_encodings_and_a_mark),
    "noise": _written(lambda _: random.Random(1).randbytes(50_000).replace(b"\n", b"x")),
}
