"""Names on a sheet where ids belong: a name that stands for one id alone is read as it.

Who fills in a sheet knows 氢能 and 电解槽, not ``hydrogen`` and ``electrolyser``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from chainmap.core.schema import Table
from chainmap.core.text import fold
from chainmap.read.holdings import Cells
from chainmap.read.workbook import Line

# Where the ids of each kind stand, and in which columns their names; links and stages have
# theirs within their chain.
_NAMED = {
    "chain": ("chains", "chain", ("name", "name_en")),
    "link": ("links", "link", ("name", "name_en")),
    "stage": ("stages", "stage", ("name",)),
    "firms": ("firms", "firm", ("name", "aliases")),
    "sources": ("sources", "source", ("title",)),
}
_IN_CHAIN = frozenset(("link", "stage"))
Within = tuple[str, str]  # the chain, or nothing, and a name or an id


class Names:
    """Which id each name stands for."""

    def __init__(self, rows: Mapping[str, Iterable[Cells]]) -> None:
        self._ids: dict[str, set[Within]] = {}
        self._by_name: dict[str, dict[Within, set[str]]] = {}
        for kind, (sheet, column, names) in _NAMED.items():
            ids: set[Within] = set()
            found: dict[Within, set[str]] = defaultdict(set)
            for row in rows.get(sheet, ()):
                chain = row.get("chain", "") if kind in _IN_CHAIN else ""
                id = row.get(column, "")
                if not id:
                    continue
                ids.add((chain, id))
                for name in names:
                    for part in row.get(name, "").split("|"):
                        if part.strip():
                            found[chain, fold(part)].add(id)
            self._ids[kind], self._by_name[kind] = ids, dict(found)

    def told(self, schema: Table, line: Line) -> Line:
        """A row with ids where names stood that can mean nothing else."""
        cells = dict(line.cells)
        for column in schema.columns:  # a row's chain comes before its links
            text = cells.get(column.name)
            if text and column.refers in _NAMED and column.kind in ("ref", "refs"):
                chain = cells.get("chain", "") if column.refers in _IN_CHAIN else ""
                cells[column.name] = self._read(column.refers, chain, text)
        return line if cells == line.cells else replace(line, cells=cells)

    def _read(self, kind: str, chain: str, text: str) -> str:
        if (chain, text) in self._ids[kind]:
            return text
        # A name may hold the sign that joins several.
        whole = self._by_name[kind].get((chain, fold(text)), set())
        if len(whole) == 1:
            return next(iter(whole))
        parts = [part.strip() for part in text.split("|")]
        return "|".join(self._one(kind, chain, part) for part in parts)

    def _one(self, kind: str, chain: str, text: str) -> str:
        if (chain, text) in self._ids[kind]:
            return text
        known = self._by_name[kind].get((chain, fold(text)), set())
        return next(iter(known)) if len(known) == 1 else text
