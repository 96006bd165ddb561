"""What a fuzzing run begins with: every damaged input, the worked cases, and the shipped data."""

# ruff: noqa: E501
from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parents[2]
sys.path[:0] = [str(HERE.parent), str(HERE)]

import books  # noqa: E402
import fuzz_targets  # noqa: E402
from bad_inputs import ROOM, cases  # noqa: E402

LONGEST = 60_000  # bytes of a seed
PLAN = """leaders:
  - {leader: 分管市领导, chains: [probe], meetings_a_quarter: 6}
grounds:
  - {district: 东区, land_mu: 500, budget_100m_cny: 10, projects: 3}
targets:
  - {chain: probe, link: steel, firm: f1, land_mu: 12.5}
must:
  - {because: 已签约, firm: f1, chain: probe, link: steel, district: 东区, year: 1}
never:
  - {because: 环评未过, chain: probe, link: ore}
chains:
  - {chain: probe, least: 1, most: 3}
order:
  - {chain: probe, link: steel, after: ore}
"""
LISTS = (
    "产品名称,供应商,年采购额（万元）,环节,备注\n钢板,甲公司,1200,toy/steel,长期\n矿石,,3.5e2,,\n",
    "项目名称,投资企业,总投资（亿元）,阶段,签约时间,区市,产业链\n扩产,甲公司,12亿元,已签约,2026/3/1,东区,玩具\n",
    "item,supplier,annual purchase (100m cny)\nsteel,beta,3\n",
)


def seeds(target: str) -> Iterator[bytes]:
    """The seeds of a target, the short ones."""
    for data in _all(target):
        if len(data) <= LONGEST:
            yield data
    kept = HERE / "cases" / "fuzz" / target
    if kept.is_dir():
        yield from (path.read_bytes() for path in sorted(kept.iterdir()))


def _all(target: str) -> Iterator[bytes]:
    if target == "chain":
        yield from _files("chains/*.yaml")
    elif target == "table":
        for path in _paths("data/*.csv"):
            yield path.stem.encode() + b"\n" + path.read_bytes()[:8_000]
    elif target in ("region", "settings"):
        yield from _files(f"data/{'region' if target == 'region' else 'scoring'}.yaml")
    elif target == "plan":
        yield PLAN.encode()
    elif target == "heads":
        yield '"投资方": "firm"\n"备注": "-"\n'.encode()
    elif target in ("workbook", "catalogue", "bureau"):
        yield from _books(target)
    elif target == "snapshot":
        yield from fuzz_targets.snapshot_seeds()
    elif target == "revision":
        yield from _damaged_repositories()
    elif target == "register":
        yield from _registers()
    elif target == "register_heads":
        yield "columns:\n  企业名称: name\nunits:\n  注册资本: 万元\nset_aside: [吊销, 注销]\n".encode()
    elif target == "where":
        yield from (one.encode() for one in WHERE)
    elif target == "arguments":
        yield from _command_lines()


def _paths(pattern: str) -> Iterator[Path]:
    for case in cases():
        yield from sorted((ROOM / case.name).glob(pattern))
    yield from sorted((ROOM / "_sound").glob(pattern))
    yield from sorted((HERE / "cases").glob(f"*/*/{pattern}"))[:40]
    yield from sorted(HERE.parent.glob(pattern))


def _files(pattern: str) -> Iterator[bytes]:
    for path in _paths(pattern):
        yield path.read_bytes()


def _books(target: str) -> Iterator[bytes]:
    import openpyxl

    if target == "workbook":
        from chainmap.read.holdings import holdings
        from chainmap.show.office.workbook import Guide, as_workbook
        from chainmap.study.workbook import contents

        with tempfile.TemporaryDirectory() as folder:
            held = holdings(books.small(Path(folder) / "w"))
            data = as_workbook(contents(held), Guide("示例市", "zh", ["expansion"]))
        yield repacked(data)
    book = openpyxl.Workbook()
    for number, text in enumerate(LISTS):
        sheet = book.active if number == 0 else book.create_sheet(f"表{number}")
        for line in text.splitlines():
            sheet.append(line.split(","))
        if target != "workbook":
            yield text.encode()
    out = io.BytesIO()
    book.save(out)
    yield out.getvalue()


def repacked(data: bytes) -> bytes:
    """The archive with its parts stored, not packed, so that a change reaches what is read."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if "theme" not in name and "drawing" not in name.lower():
                new.writestr(name, old.read(name))
    return out.getvalue()


REGISTER = (
    "统一社会信用代码,企业名称,经营范围,注册资本（万元）,城市,成立日期,经营状态\n"
    '91370200A,甲公司,"钢板, 钢管制造",1000,青岛,2010-01-02,存续\n'
    "91370200B,乙公司,电解槽\n,500万美元,北京,2011/3/4,吊销\n"
    "91370200B,,,-1,,,\n"
)
WHERE = ("city = '青岛' and capital > 1e7", "name like '%钢%'", "length(scope) > 3 or id in ('a', 'b')",
         "case when capital is null then false else capital between 1 and 2 end",
         "regexp_matches(scope, '(a+)+$')", "read_csv('x')", "(select 1)", "1; drop table x")  # fmt: skip


def _registers() -> Iterator[bytes]:
    import gzip

    import pyarrow as pa
    import pyarrow.parquet

    yield REGISTER.encode()
    yield b"\xef\xbb\xbf" + REGISTER.encode()
    yield REGISTER.encode("gb18030")
    yield gzip.compress(REGISTER.encode())
    columns = {"id": ["a", "b"], "name": ["甲", None], "scope": ["钢", "矿"], "capital": [1, 2**50]}
    out = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(columns), out, row_group_size=1)
    yield out.getvalue()


def _damaged_repositories() -> Iterator[bytes]:
    root = fuzz_targets._repository()
    for path in sorted((root / ".git").rglob("*")):
        if path.is_file() and path.stat().st_size < LONGEST:
            name = path.relative_to(root).as_posix().encode()
            yield name + b"\nHEAD\n" + path.read_bytes()
    for word in (
        "HEAD~3",
        "main",
        "--help",
        "-x",
        "@{u}",
        "HEAD@{0}",
        ":/x",
        "main:chains",
        "\x1b[0m",
    ):
        yield b"\n" + word.encode() + b"\n"


def _command_lines() -> Iterator[bytes]:
    from chainmap.cli.main import command

    def leaves(one: object, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        below = getattr(one, "commands", None)
        if below:
            for name, each in below.items():
                yield from leaves(each, (*before, name))
            return
        yield before, [name for p in one.params for name in p.opts if name.startswith("-")]  # type: ignore[attr-defined]

    for words, options in leaves(command("zh"), ()):
        yield "\n".join(words).encode()
        yield "\n".join((*words, "toy", *options[:3])).encode()
        for option in options:
            yield "\n".join((*words, "toy", option, "1")).encode()
