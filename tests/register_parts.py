"""Parts of a register made by hand, that pickle by name: rows, and what befalls their reader."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import one_link
import pyarrow as pa

from chainmap.core.register import FIELDS, Broken, Tally

SCHEMA = pa.schema([(name, pa.int64() if name == "capital" else pa.string()) for name in FIELDS])
WORDS = [
    "硅片",
    "光伏硅片",
    "单晶硅",
    "电池片",
    "组件",
    "光伏组件",
    "逆变器",
    "支架",
    "银浆",
    "玻璃",
]
_ENDINGS = ("", "硅", "\U0001f9ea", "=1+1")


@dataclass(frozen=True)
class Rows:
    """A part that holds its rows; each of ``broken`` stands before the row of that number."""

    name: str
    held: tuple[dict[str, Any], ...]
    broken: tuple[int, ...] = ()

    @property
    def rows(self) -> int | None:
        return len(self.held)

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        for at in range(0, len(self.held), size):
            yield from (self._bad(row) for row in self.broken if at <= row < at + size)
            yield pa.RecordBatch.from_pylist(list(self.held[at : at + size]), schema=SCHEMA)
        yield Tally(read=len(self.held), broken=len(self.broken))

    def _bad(self, row: int) -> Broken:
        return Broken(self.name, row, "register.columns", f"row {row} of {self.name}")


@dataclass(frozen=True)
class Sieved(Rows):
    """Most of the rows that its file says are set aside."""

    @property
    def rows(self) -> int | None:
        return 40 * len(self.held)


@dataclass(frozen=True)
class Deadly(Rows):
    """The process that reads it dies in the middle, unless ``grave`` says that one died before."""

    grave: str = ""

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        found = super().batches(size)
        yield next(found)
        try:
            Path(self.grave).touch(exist_ok=False)
        except FileExistsError:
            yield from found
            return
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Faulty(Rows):
    """Against its promise, this part raises."""

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        yield from super().batches(size)
        raise RuntimeError(f"{self.name} is not what it should be")


@dataclass(frozen=True)
class Puzzled(Rows):
    """It cannot be asked what it is asked, as an expression of a user may be."""

    def batches(self, size: int) -> Iterator[pa.RecordBatch | Broken | Tally]:
        yield from super().batches(size)
        raise ValueError(f"{self.name} has no such column")


def firms(count: int, seed: int) -> list[dict[str, Any]]:
    """Rows with many ties, some capitals unknown, some ids twice, and scopes of a few words."""
    rng = random.Random(seed)
    rows = []
    for at in range(count):
        scope = "；".join(rng.choices([*WORDS, "餐饮", "物业管理", "技术服务"], k=rng.randrange(6)))
        city = rng.choice(["青岛", "济南", ""])
        rows.append(
            {
                "id": f"F{rng.randrange(count * 10) if at % 50 else at:06}",
                "name": f"{city}第{at}号{rng.choice(_ENDINGS)}",
                "scope": scope,
                "capital": rng.choice([-1, 0, 10**7, 10**7, 2**45]),
                "city": city,
                "founded": "2011",
                "status": "存续",
            }
        )
    return rows


def split(rows: Sequence[dict[str, Any]], parts: int, seed: int) -> list[Rows]:
    """The rows in another order, in parts of uneven size, some of them empty, some rows broken."""
    rng = random.Random(seed)
    mixed = rng.sample(list(rows), len(rows))
    cuts = sorted(rng.choices(range(len(rows) + 1), k=parts - 1))
    ends = [0, *cuts, len(rows)]
    return [
        Rows(f"part{at}", tuple(mixed[start:end]), tuple({start % 7, 3} if end - start > 7 else ()))
        for at, (start, end) in enumerate(pairwise(ends))
    ]


def command(home: Path) -> tuple[Path, list[str | Path]]:
    """A workspace, and the words that screen a register of two files, one damaged row in it."""
    (home / "w").mkdir()
    links = {"wafer": {"products": ["硅片", "光伏硅片"], "exclude": ["硅片清洗"]}}
    one_link.opened(home / "w", {**links, "module": {"products": ["光伏组件"]}})
    rows = [["name", "id", "scope", "capital", "city", "founded", "status"]]
    rows += [[one[name] for name in rows[0]] for one in firms(500, seed=12)]
    rows = [[str(cell).replace("-1", "") for cell in row] for row in rows]
    (home / "r").mkdir()
    for at in range(2):
        text = "\n".join(
            ",".join(row) for row in [rows[0], *rows[1 + at :: 2], ["torn"]][: 250 + at]
        )
        (home / "r" / f"{at}.csv").write_bytes((text + "\n").encode("gb18030"))
    return home / "w", ["screen", home / "r", "--format", "json"]
