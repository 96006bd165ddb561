"""The same register in many forms, and what its readers gave of it."""

from __future__ import annotations

import csv
import gc
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chainmap.cli.main import main
from chainmap.core.register import FIELDS, Broken, Tally
from chainmap.read.register import Register, register
from chainmap.read.register_heads import Heads

HEADS = (
    "统一社会信用代码",
    "企业名称",
    "经营范围",
    "注册资本（万元）",
    "城市",
    "成立日期",
    "经营状态",
)
Row = Sequence[str]


def rows_of(count: int) -> list[list[str]]:
    """Rows with everything that a cell may hold and a register does."""
    scopes = [
        "光伏硅片制造；半导体材料销售", "食品销售，\"许可\"项目除外", "氢能设备\n制造", "",
        "乾燥機製造,維修", "ＰＥＭ电解槽制造😀", "=HYPERLINK(\"x\")",
        "一般项目：\r\n技术服务", "a,b;c\t'd'",
    ]  # fmt: skip
    states = ["存续", "在营（开业）", "吊销，未注销", "注销", "", "迁出", "存续（未注销）"]
    return [
        [f"9137{at:014d}", f"合成{at}号公司", scopes[at % len(scopes)], f"{at * 7 % 1000}.5",
         ["青岛市", "", "济南市"][at % 3], f"20{at % 20:02d}-01-{at % 28 + 1:02d}",
         states[at % len(states)]]
        for at in range(count)
    ]  # fmt: skip


def as_csv(
    path: Path, rows: Iterable[Row], heads: Row = HEADS, encoding: str = "utf-8", end: str = "\n"
) -> Path:
    """Write rows as CSV, packed where the name says so."""
    out = io.StringIO()
    # The library's writer quotes its own line end only.
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    writer = csv.writer(out, lineterminator=end, quoting=quoting)
    writer.writerow(heads)
    writer.writerows(rows)
    data = out.getvalue().encode(encoding)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def as_parquet(path: Path, rows: Sequence[Row], heads: Row = HEADS, group: int = 1000) -> Path:
    """Write rows as Parquet, all columns text."""
    table = pa.table({head: [row[at] for row in rows] for at, head in enumerate(heads)})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, row_group_size=group, write_page_checksum=True)
    return path


def opened(*paths: Path, told: Heads | None = None, where: str | None = None) -> Register:
    found = register(paths, told or Heads(), where)
    assert not found.problems, [one.line("en") for one in found.problems]
    return found


def read(
    *paths: Path, size: int = 1000, **more: Any
) -> tuple[list[Mapping[str, Any]], list[Broken], Tally]:
    """Every row, broken row and count that the parts of a register give."""
    rows: list[Mapping[str, Any]] = []
    broken: list[Broken] = []
    tally = Tally()
    for part in opened(*paths, **more).parts:
        for one in part.batches(size):
            if isinstance(one, Broken):
                broken.append(one)
            elif isinstance(one, Tally):
                tally += one
            else:
                assert tuple(one.schema.names) == FIELDS and one.num_rows <= size
                assert all(column.null_count == 0 for column in one.columns)
                rows += one.to_pylist()
    return rows, broken, tally


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said, stderr as one line."""

    returncode: int
    stdout: bytes
    said: str

    @property
    def text(self) -> str:
        """What a reader sees without spaces: lines may be broken anywhere."""
        return "".join(self.stdout.decode().split())


class Here:
    """Runs the command line within this process: no start of an interpreter for each run."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]
    ) -> None:
        self._patch, self._capture = monkeypatch, capture
        monkeypatch.setenv("COLUMNS", "100")

    def __call__(self, *arguments: str | Path, workspace: Path, cache: Path | None = None) -> Done:
        self._patch.setenv("CHAINMAP_CACHE", str(cache or "off"))
        self._capture.readouterr()
        try:
            with pytest.raises(SystemExit) as end:
                main(["--workspace", str(workspace), *map(str, arguments)])
        finally:
            gc.enable()
        out, told = self._capture.readouterr()
        assert b"Traceback" not in told
        assert isinstance(end.value.code, int)
        return Done(end.value.code, out, told.decode())

    def json(self, *arguments: str | Path, **more: Any) -> dict[str, Any]:
        """The JSON form of a command's rows; fails where the command does."""
        done = self(*arguments, "--format", "json", **more)
        assert done.returncode == 0, done.said
        found: dict[str, Any] = json.loads(done.stdout)
        return found
