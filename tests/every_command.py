"""Every command of the tool, run one after the other in one process that may open no socket.

    python tests/every_command.py WORKSPACE

Prints a line of JSON: for each command its exit code and what it said on stderr, and the names of
the events of sockets, which must be none. The commands are the leaves of the tool's own tree, so
that a new one fails the tests until it has arguments here.
"""

# ruff: noqa: E501
from __future__ import annotations

import ctypes
import io
import json
import os
import platform
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chainmap.core.schema import BY_NAME
from chainmap.core.text import guard

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
            "map toy -o m.pdf", "map toy --format json"),
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
    "firms find": ("firms find 公司",),
    "leaders select": ("leaders select",),
    "leaders requests": ("leaders requests",),
    "leaders cluster": ("leaders cluster maker",),
    "leaders intake": ("leaders intake CATALOGUE.csv --leader maker --grade B --yes",),
    "leaders vet": ("leaders vet REQUEST --accept --because 属实",),
    "projects add": ("projects add 扩产 --id p1 --firm beta --chain toy --link ship --stage 洽谈"
                     " --because 走访",),
    "projects move": ("projects move p1 签约 --because 已签",),
    "projects note": ("projects note p1 已谈妥 --because 走访",),
    "projects contact": ("projects contact p1 --name 王某",),
    "projects adopt": ("projects adopt beta toy ship --id p2 --because 走访",),
    "projects import": ("projects import LIST.csv --yes",),
    "projects board": ("projects board",),
    "projects show": ("projects show p1",),
    "projects log": ("projects log",),
    "projects landing": ("projects landing",),
    "screen": ("screen REGISTER.csv", "screen REGISTER.csv --format csv"),
    "completion": ("completion bash", "completion zsh", "completion fish", "completion powershell"),
    "manual": ("manual",),
    "snapshot": ("snapshot one",),
    "diff": ("diff one now",),
    "export": ("export book.xlsx",),
    "import": ("import book.xlsx --yes",),
    "init": ("init fresh", "init fresh-book --xlsx"),
}  # fmt: skip


def table_of(name: str, *rows: dict[str, str]) -> str:
    """A table with all of its columns."""
    columns = [column.name for column in BY_NAME[name].columns]
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines)


# A workspace of which every command finds something to say; {name} is the name of a firm, {text}
# of whatever else has a name.
FILES = {
    "chains/toy.yaml": """chain: toy
name: {text}
kind: emerging
region: {text}
as_of: 2025-12-31
chief: {text}
bureau: {text}
panorama:
  stages:
    - {{id: up, name: {text}}}
    - {{id: down, name: {text}}}
  links:
    - {{id: ore, name: {text}, stage: up, products: [{text}], industry: ['0810'], critical: true}}
    - {{id: steel, name: {text}, stage: down, products: [{text}, 钢], group: {text}}}
    - {{id: ship, name: {text}, stage: down, products: [{text}],
       status: {{is: weak, because: {text}, source: s1, as_of: 2025-06}}}}
  flows:
    - {{from: ore, to: steel, share: 0.35, source: s1}}
    - {{from: steel, to: ship}}
path:
  - {{id: m1, link: steel, action: fill, title: {text}, start: 2026-01, due: 2026-12, owner: {text}}}
""",
    "data/region.yaml": "region: {text}\nstudy_date: 2026-06-30\n",
    "data/sources.csv": """source,title,publisher,url,date,grade
s1,{text},{text},https://example.invalid/a?b=1&c=2,2025-06,A
s2,{text},{text},,2024,B
""",
    "data/firms.csv": """firm,name,aliases,level,ownership,country,hq_city,industry,revenue_100m_cny,source,as_of
a1,{name},{text},group,central_soe,中国,{text},0810,120,s1,2025-06-30
beta,{name},,,private,中国,北京,,30,s2,2025-06
maker,{name},,,private,中国,{text},,8,s2,2025-06
""",
    "data/lists.csv": """list,year,rank,firm,sector,revenue,currency,source,as_of
global500,2025,1,a1,{text},120,CNY,s1,2025-06
global500,2024,2,a1,{text},110,CNY,s1,2024-06
""",
    "data/activities.csv": """firm,chain,link,product,role,source,as_of
a1,toy,steel,{text},main,s1,2025-06
beta,toy,ship,{text},minor,s2,2024-06
""",
    "data/presence.csv": """firm,chain,link,district,activity,output,output_unit,source,as_of
maker,toy,ore,东区,production,5,亿元,s1,2025-06-30
""",
    "data/findings.csv": """chain,link,status,supply,demand,unit,note,source,as_of
toy,steel,missing,,3,亿元,{text},s1,2025-06-30
""",
    "data/signals.csv": """firm,date,kind,toward,note,source,as_of
a1,2026-03,relocation_announced,{text},{text},s1,2026-03
beta,2026-04,site_search,,{text},s2,2026-04
""",
    "data/affinity.csv": """firm,dimension,value,reason,source,as_of
a1,market,80,{text},s1,2025-06
""",
    "data/requests.csv": """leader,chain,link,wanted,purchase_100m_cny,status,reason,source,as_of
maker,toy,steel,beta,2,proposed,{text},s1,2025-06
maker,toy,ship,{text},1,accepted,{text},s1,2025-06
""",
    "data/districts.csv": """district,leading_chains,land_mu,budget_100m_cny,source,as_of
东区,toy,1200,50,s1,2025
""",
    "data/parks.csv": """park,district,leading_chains,land_mu,source,as_of
甲园,东区,toy,300,s1,2025
""",
    "data/projects.csv": table_of(
        "projects",
        {
            "project": "p0",
            "name": "{text}",
            "firm": "a1",
            "partners": "{text}",
            "chain": "toy",
            "link": "steel",
            "district": "东区",
            "content": "{text}",
            "investment_100m_cny": "12",
            "stage": "签约",
            "signed": "2026-02",
            "progress": "{text}",
            "progress_date": "2026-05-01",
            "next_step": "{text}",
            "next_due": "2026-07-01",
            "leader": "{text}",
            "unit": "{text}",
            "source": "s1",
            "as_of": "2026-05",
        },
        {
            "project": "p9",
            "name": "{text}",
            "firm": "maker",
            "chain": "toy",
            "link": "ore",
            "district": "东区",
            "content": "{text}",
            "investment_100m_cny": "5",
            "stage": "投产",
            "produced": "2024-02",
            "ended_because": "{text}",
            "source": "s1",
            "as_of": "2026-05",
        },
    ),
    "data/visits.csv": """visit,date,leader,place,firm,outcome,source,as_of
v1,2026-04-02,{text},{text},a1,{text},s1,2026-04
""",
}


def workspace(directory: Path, names: Iterator[str]) -> Path:
    """A workspace in which every text is one of these names, each in its own quotes."""

    for name, text in FILES.items():
        quote = in_yaml if name.endswith(".yaml") else in_csv
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = re.split(r"(\{(?:name|text)\})", text.replace("{{", "{").replace("}}", "}"))
        told = "".join(quote(next(names)) if at % 2 else part for at, part in enumerate(parts))
        path.write_bytes(told.encode("utf-8", "surrogatepass"))
    return directory


def in_csv(text: str) -> str:
    """A text as a cell that is read back as it is."""
    return '"' + guard(text).replace('"', '""') + '"'


def in_yaml(text: str) -> str:
    """A text as a YAML scalar, each sign of it that is not plain as its code."""
    plain = re.compile(r"[ -!#-\[\]-~]")
    told = (one if plain.match(one) else f"\\U{ord(one):08X}" for one in text)
    return '"' + "".join(told) + '"'


GIVEN = {
    "CATALOGUE.csv": "产品,供应商\n钢,乙公司\n",
    "LIST.csv": "项目名称,投资企业,总投资（亿元）,阶段,签约时间\n二期,甲公司,12,已签约,2026-03\n",
}
GIVEN["REGISTER.csv"] = (
    "统一社会信用代码,企业名称,经营范围,注册资本（元）,城市,成立日期,经营状态\n"
    "91370200MA00000001,某某公司,钢板制造,1000000,青岛,2010-01-02,存续\n"
)
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
    """Run everything in the current directory and print what came of it."""
    os.environ |= {"CHAINMAP_CACHE": "off", "COLUMNS": "100"}
    events: list[str] = []
    kernel = forbid_sockets(events)
    found = []
    for name, words in lines(workspace):
        code, told, _ = run(words, workspace)
        found.append({"command": name, "words": words, "code": code, "told": told[-400:]})
    print(json.dumps({"kernel": kernel, "events": events, "runs": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
