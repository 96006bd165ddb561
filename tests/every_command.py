"""Every command of the tool, run one after the other in one process that may open no socket.

    python tests/every_command.py WORKSPACE

Prints a line of JSON: for each command its exit code and what it said on stderr, and the names of
the events of sockets, which must be none. The commands are the leaves of the tool's own tree, so
that a new one fails the tests until it has arguments here.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import platform
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# In this order; those that write come last. A name in capitals is a file beside the workspace.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "doctor": ("doctor",),
    "validate": ("validate",),
    "chains": ("chains",),
    "gaps": ("gaps toy --all", "gaps"),
    "data": ("data", "data toy --verify"),
    "rank": ("rank toy --draws 20 --stability", "rank --draws 20 --basis any"),
    "why": ("why toy/steel", "why toy", "why toy/ship"),
    "table": ("table toy -o t.xlsx", "table toy -o t.md", "table -o all.csv"),
    "map": ("map toy", "map toy -o m.svg", "map toy -o m.png", "map toy -o m.html",
            "map toy -o m.pptx", "map toy -o m.dot", "map toy --view path -o p.svg",
            "map toy -o m.pdf", "map toy -o m.json"),
    "report": ("report toy", "report toy -o r.html", "report toy -o r.pdf", "report toy -o r.docx",
               "report toy -o r.pptx", "report toy -o r.xlsx", "report toy -o folder"),
    "ledger": ("ledger --list global500",),
    "relocation": ("relocation",),
    "backtest": ("backtest --as-of 2025-07 --until 2026-06",),
    "kpi": ("kpi --period 2026",),
    "whatif": ("whatif toy --lose steel --draws 20", "whatif toy --lose ore --draws 0 -o w.svg"),
    "resilience": ("resilience toy",),
    "snapshots": ("snapshots",),
    "week": ("week", "week -o w.docx", "week -o w.html"),
    "plan": ("plan --seconds 60",),
    "firms find": ("firms find 甲公司",),
    "leaders select": ("leaders select",),
    "leaders requests": ("leaders requests",),
    "leaders cluster": ("leaders cluster 000001"),
    "leaders intake": ("leaders intake CATALOGUE.csv --leader 000001 --grade B --yes",),
    "leaders vet": ("leaders vet REQUEST --accept --because 属实",),
    "projects add": ("projects add 扩产 --id p1 --firm beta --chain toy --link steel --stage 洽谈"
                     " --because 走访",),
    "projects move": ("projects move p1 签约 --because 已签",),
    "projects note": ("projects note p1 已谈妥 --because 走访",),
    "projects contact": ("projects contact p1 --name 王某",),
    "projects adopt": ("projects adopt beta toy ship --because 走访",),
    "projects import": ("projects import LIST.csv --yes",),
    "projects board": ("projects board",),
    "projects show": ("projects show p1",),
    "projects log": ("projects log",),
    "projects landing": ("projects landing",),
    "snapshot": ("snapshot one",),
    "diff": ("diff one now",),
    "export": ("export book.xlsx",),
    "import": ("import book.xlsx --yes",),
    "init": ("init fresh", "init fresh-book --xlsx"),
}  # fmt: skip
GIVEN = {
    "CATALOGUE.csv": "产品,供应商\n钢,乙公司\n",
    "LIST.csv": "项目名称,投资企业,总投资（亿元）,阶段,签约时间\n二期,甲公司,12,已签约,2026-03\n",
}
SPOILED = (70, None)


def leaves() -> dict[str, Any]:
    """Every command of the tree that does something, by its words."""
    from chainmap.cli.main import command

    def below(one: Any, before: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for name, each in getattr(one, "commands", {}).items():
            yield from below(each, (*before, name))
        if not getattr(one, "commands", None):
            yield " ".join(before), one

    return dict(below(command("zh"), ()))


def forbid_sockets(events: list[str]) -> bool:
    """Make every socket an error in this process, and every one of the internet its end.

    Python's own sockets are seen by an audit hook. Where the system can (Linux on x86-64), those
    that a library or a child opens are too: the kernel then kills who asks for one. Says whether.
    """

    def hook(event: str, _: object) -> None:
        if event.startswith(("socket.", "http.", "urllib.", "ftplib.", "smtplib.")):
            events.append(event)
            raise PermissionError(event)

    sys.addaudithook(hook)
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return False
    # Load the number of the call; unless it is socket(), allow. Load the family; the internet's
    # two kill, others are allowed.
    lines = ((0x20, 0, 0, 0), (0x15, 0, 4, 41), (0x20, 0, 0, 16), (0x15, 1, 0, 2), (0x15, 0, 1, 10),
             (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000))  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    filter_of = struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # no new privileges
    return bool(libc.prctl(22, 2, ctypes.create_string_buffer(filter_of), 0, 0) == 0)


def run(words: list[str], workspace: Path) -> tuple[int | None, str, bytes]:
    """The exit code of a command, what it said on stderr and its data."""
    from chainmap.cli import main as door

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    before = sys.stdout, sys.stderr, sys.stdin, door._drop_stdout
    sys.stdout, sys.stderr, sys.stdin = out, told, io.StringIO("")
    # What the last flush of a real process would do to its own stdout must not happen here.
    door._drop_stdout = lambda: None
    code: Any = None
    try:
        door.main(["--workspace", str(workspace), *words])
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout, sys.stderr, sys.stdin, door._drop_stdout = before
    return code, told.buffer.getvalue().decode(), out.buffer.getvalue()  # type: ignore[attr-defined]


def lines(workspace: Path) -> Iterator[tuple[str, list[str]]]:
    """Every command line with the name of its command; files that they are given are made."""
    for name, text in GIVEN.items():
        Path(name).write_text(text, encoding="utf-8")
    for name, all_words in ARGUMENTS.items():
        for words in all_words:
            parts = words.split(" ")
            if "REQUEST" in parts:
                _, _, data = run(["leaders", "requests", "--format", "json"], workspace)
                parts[parts.index("REQUEST")] = json.loads(data)["rows"][0]["id"]
            yield name, parts


def main(workspace: Path) -> None:
    """Run everything and print what came of it."""
    os.environ |= {"CHAINMAP_CACHE": "off", "COLUMNS": "100"}
    events: list[str] = []
    kernel = forbid_sockets(events)
    found = []
    for name, words in lines(workspace):
        code, told, _ = run(words, workspace)
        found.append({"command": name, "words": words, "code": code, "told": told[-400:]})
    print(json.dumps({"kernel": kernel, "events": events, "runs": found}))


if __name__ == "__main__":
    with contextlib.suppress(IndexError):
        sys.path.insert(0, str(Path(__file__).parent.parent))
    main(Path(sys.argv[1]).resolve())
