"""The workspace: where it is found, and everything in it read and checked."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

from chainmap.core.dates import Day
from chainmap.core.limits import LIMITS, Limits
from chainmap.core.model import Chain, Settings, Workspace
from chainmap.core.plan_file import PlanLines
from chainmap.core.problems import Place, Problem, in_order, problem
from chainmap.core.schema import BY_NAME, JOURNAL, TABLES
from chainmap.core.text import near
from chainmap.read.chain_files import Region, read_chain, read_region
from chainmap.read.files import Intake
from chainmap.read.plan_file import Known, read_plan
from chainmap.read.scoring import read_settings
from chainmap.read.table_checks import Tables, settle
from chainmap.read.tables import TableRead, read_table
from chainmap.read.where import shipped

# Stands where region.yaml names no day: before everything, so that nothing is visible.
NO_DAY = Day("", date.min, date.min)
_WEIGHTS = "signals.weights."


def load(
    root: Path, limits: Limits = LIMITS, progress: Callable[[str], None] | None = None
) -> tuple[Workspace, list[Problem]]:
    """Read and check a whole workspace: what is sound in it, and every problem in order.

    Rows with errors and chains with errors are left out. Where region.yaml cannot be read the
    region is empty and the study date is ``NO_DAY``. ``progress`` hears each file's name.
    """
    with _without_collector():
        return _Loading(root, limits, progress or (lambda _: None)).run()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows are many small objects without circles: looking for some takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Loading:
    """One reading of a workspace."""

    def __init__(self, root: Path, limits: Limits, progress: Callable[[str], None]) -> None:
        self.root = root
        self.intake = Intake(root, limits)
        self.progress = progress
        self.problems: list[Problem] = []
        self.chains: dict[str, Chain] = {}
        self.broken: set[str] = set()

    def run(self) -> tuple[Workspace, list[Problem]]:
        reads = self._tables() if self._has("data") else {}
        region = self._region() if reads or (self.root / "data").is_dir() else None
        settings = self._settings()
        sources = _grades(reads.get("sources"))
        has_chains = self._has("chains")
        if has_chains:
            self._chains(sources)
        links = {
            chain.id: frozenset(link.id for link in chain.links) for chain in self.chains.values()
        }
        kinds = frozenset(
            name.removeprefix(_WEIGHTS) for name in settings.numbers if name.startswith(_WEIGHTS)
        )
        self.problems += settle(
            Tables(reads, links if has_chains else None, frozenset(self.broken), kinds)
        )
        workspace = Workspace(
            root=str(self.root),
            region=region.name if region else "",
            region_en=region.name_en if region else None,
            within=region.within if region else (),
            moving_from=region.moving_from if region else (),
            study_date=region.study_date if region else NO_DAY,
            study_date_at=region.study_date_at if region else Place("data/region.yaml"),
            chains=self.chains,
            tables={name: tuple(read.rows) for name, read in reads.items()},
            settings=settings,
            plan=self._plan(reads),
            hash=self.intake.hash(),
        )
        return workspace, in_order(self.problems)

    def _has(self, name: str) -> bool:
        """Whether a directory of the workspace is there; a problem where it is not."""
        path = self.root / name
        if path.is_dir():
            return True
        self.problems.append(problem("F102" if path.exists() else "F101", Place(name)))
        return False

    def _names(self, name: str, suffix: str) -> list[Path]:
        """The files of a directory with a suffix, by name, but for hidden and template ones."""
        try:
            found = sorted(path for path in (self.root / name).iterdir() if path.suffix == suffix)
        except OSError as error:
            reason = error.strerror or str(error)
            self.problems.append(problem("F109", Place(name), reason=reason))
            return []
        return [path for path in found if not path.name.startswith(("_", "."))]

    def _tables(self) -> dict[str, TableRead]:
        reads: dict[str, TableRead] = {}
        present = {path.stem: path for path in self._names("data", ".csv")}
        for table in TABLES:
            path = present.pop(table.name, self.root / "data" / f"{table.name}.csv")
            if path.is_symlink() or path.exists():
                self.progress(f"data/{path.name}")
                reads[table.name] = read_table(self.intake, path, table)
                self.problems += reads[table.name].problems
            elif table.must_exist:
                self.problems.append(problem("F101", Place(f"data/{path.name}")))
        present.pop(JOURNAL.name, None)
        for stem, path in present.items():
            guess = near(stem, BY_NAME)
            at = Place(f"data/{path.name}")
            self.problems.append(problem("T125", at, guess and f"{guess}.csv"))
        return reads

    def _region(self) -> Region | None:
        region, problems = read_region(self.intake, self.root / "data" / "region.yaml")
        self.problems += problems
        return region

    def _plan(self, reads: Mapping[str, TableRead]) -> PlanLines | None:
        """The lines of data/plan.yaml, where there is one."""
        path = self.root / "data" / "plan.yaml"
        if not (path.is_symlink() or path.exists()):
            return None

        def named(table: str) -> frozenset[str] | None:
            read = reads.get(table)
            if read is None or not read.usable:
                return frozenset() if read is None and table != "firms" else None
            return frozenset(row.text(BY_NAME[table].keys[0]) for row in read.rows)

        known = Known(self.chains, named("firms"), named("districts"), named("parks"))
        plan, problems = read_plan(self.intake, path, known)
        self.problems += problems
        return plan

    def _settings(self) -> Settings:
        """The workspace's numbers over the shipped ones."""
        standard = shipped()
        own = self.root / "data" / "scoring.yaml"
        for path in (own, self.root / "scoring.yaml"):
            if path.is_symlink() or path.exists():
                default = standard_settings(standard)
                settings, problems = read_settings(self.intake, path, default)
                self.problems += problems
                return settings
        return standard_settings(standard)

    def _chains(self, sources: Mapping[str, str] | None) -> None:
        for path in self._names("chains", ".yaml"):
            self.progress(f"chains/{path.name}")
            read = read_chain(self.intake, path, sources)
            self.problems += read.problems
            if read.chain is None:
                self.broken |= read.ids
            else:
                self.chains[read.chain.id] = read.chain
        self.broken -= self.chains.keys()
        for path in self._names("chains", ".yml"):
            self.problems.append(problem("F111", Place(f"chains/{path.name}")))
            self.broken.add(path.stem)


@cache
def standard_settings(root: Path) -> Settings:
    """The numbers that ship with the program, read once; no limit of a run is meant for them."""
    settings, _ = read_settings(Intake(root, Limits()), root / "data" / "scoring.yaml", None)
    return settings


def _grades(read: TableRead | None) -> dict[str, str] | None:
    """The grade of every source; none for a source whose row has an error.

    None where the table cannot tell which sources there are.
    """
    if read is None or not read.usable:
        return None
    grades = dict.fromkeys(sorted(read.named), "")
    return grades | {row.text("source"): row.text("grade") for row in read.rows}
