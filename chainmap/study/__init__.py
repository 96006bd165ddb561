"""The corridor: workspace → world → gaps → ranking → path, each step computed once, on demand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainmap.core.dates import Day, parse_day
from chainmap.core.derivation import Book, Figure, Glanced
from chainmap.core.model import Chain, Workspace
from chainmap.core.problems import Place, Problem, in_order, problem
from chainmap.core.schema import STAGES
from chainmap.core.world import World
from chainmap.find import RULES as FIND
from chainmap.plan.resilience import RULES as RESILIENCE
from chainmap.rank import RULES as RANK
from chainmap.rank.criteria import CRITERIA
from chainmap.study import (
    cells,
    key_rows,
    quadrant,
    refs,
    roadmap,
    since,
    trust,
    verdicts,
    verify,
    whatif,
)
from chainmap.study.placement import RULES as PLACEMENT
from chainmap.study.programme import RULES as PLAN
from chainmap.study.programme import parse_asked
from chainmap.track.guards import RULES as GUARDS
from chainmap.track.kpi import RULES as KPI
from chainmap.track.kpi import UNITS
from chainmap.track.landing import FOLLOWED_BY, quarter_ends
from chainmap.track.landing import RULES as LANDING
from chainmap.track.projects import RULES as PROJECTS
from chainmap.track.week import RULES as WEEK

if TYPE_CHECKING:
    from chainmap.core.model import Row
    from chainmap.plan.path import Path as ChainPath
    from chainmap.rank.ranks import Request
    from chainmap.rank.robust import Ranking

JsonRow = dict[str, Any]
RULES = {
    **FIND,
    **RANK,
    **PROJECTS,
    **GUARDS,
    **LANDING,
    **cells.RULES,
    **refs.RULES,
    **verify.RULES,
    **trust.RULES,
    **key_rows.RULES,
    **quadrant.RULES,
    **since.RULES,
    **verdicts.RULES,
    **roadmap.RULES,
    **KPI,
    **WEEK,
    **RESILIENCE,
    **whatif.RULES,
    **PLAN,
    **PLACEMENT,
}
# Of candidates and firms there may be millions: their figures come at a glance and pass, and what
# runs over all of them is kept without its record. ``why`` runs the rule again.
GLANCED = Glanced(
    frozenset(
        {"field", "candidates", "ranks", "stability", "key_table", "plan.draft", "outcome",
         "coverage.rank", "coverage.refs", "coverage.firms", "coverage.gaps"}
    ),
    frozenset(
        {"score", "interval", "basis", "basis_rows", "gone", "undecided", "trust",
         "coverage.candidate", "coverage.link", "plan.share", "plan.expected",
         *(f"criterion.{name}" for name in CRITERIA)}
    ),
)  # fmt: skip
GAP_ORDER = ("strengthen", "deepen", "fill", "extend", "build")
SUSPECT_ORDER = ("fill", "strengthen", "extend", "build", "covered")


class UnknownRef(LookupError):
    """No chain, link or firm of that id: what was asked for, and what is known."""

    def __init__(self, what: str, word: str, known: Iterable[str]) -> None:
        super().__init__(word)
        self.what, self.word, self.known = what, word, sorted(known)


class Study:
    """A workspace at a study date, and everything computed from it."""

    def __init__(
        self, workspace: Workspace, problems: list[Problem], at: Day, world: World | None = None
    ) -> None:
        self.workspace = workspace
        self.read_problems = problems
        self.world = world or World(workspace, at)
        self.book = Book(self.world, RULES, GLANCED)

    @cached_property
    def problems(self) -> list[Problem]:
        """What reading found and what contradicts itself in the evidence."""
        return in_order([*self.read_problems, *self.evidence_problems(), *self.project_problems()])

    def project_problems(self) -> list[Problem]:
        """What the guards of the ledger say; of two rows it stands at the later one, once."""
        found: dict[tuple[str, frozenset[str]], Problem] = {}
        for project in self.book.value("projects.all"):
            for one in self.book.value("project.doubts", project):
                lines = frozenset((str(one.at.line), str(one.words.get("other", ""))))
                held = found.get((one.code, lines))
                if held is None or one.at.line > held.at.line:
                    found[one.code, lines] = one
        return list(found.values())

    def evidence_problems(self) -> list[Problem]:
        """Warnings on evidence that says something else than the status that won."""
        found: list[Problem] = []
        for chain in self.workspace.chains.values():
            for link in chain.links:
                if link.status is not None or self._has_evidence(chain.id, link.id):
                    found += self._against(chain, link.id)
        return found

    def _has_evidence(self, chain: str, link: str) -> bool:
        tables = ("findings", "presence", "projects")
        return any(self.world.rows(t, ("chain", "link"), (chain, link)) for t in tables)

    def _against(self, chain: Chain, link: str) -> list[Problem]:
        standing = self.book.value("standing", chain.id, link)
        ref = f"{chain.id}/{link}"
        if standing.basis == "override":
            evident = self.book.value("evidence_standing", chain.id, link)
            if evident.status in ("unknown", standing.status):
                return []
            at = chain.place("panorama", "links", chain.index[link], "status")
            return [problem("E102", at, ref=ref, status=evident.status)]
        words = {"ref": ref, "status": standing.status, "basis": standing.basis}
        return [
            problem("E101", Place(row.file, row.line), **words)
            for row in self.book.value("contradictions", chain.id, link)
        ]

    def chain(self, chain: str) -> Chain:
        """The chain of that id; UnknownRef where there is none."""
        if chain not in self.workspace.chains:
            raise UnknownRef("chain", chain, self.workspace.chains)
        return self.workspace.chains[chain]

    def chains(self, chain: str | None = None) -> list[Chain]:
        """One chain, or all of them by id."""
        return [self.chain(chain)] if chain else list(self.workspace.chains.values())

    # gaps and chains

    def gap_rows(self, chain: str | None = None, all_links: bool = False) -> list[JsonRow]:
        """Gaps in the order of DESIGN 4.1; with ``all_links`` every link, the rest last."""
        columns = refs.GAP_COLUMNS
        rows = [
            refs.row_of(self.book, columns, (one.id, link.id))
            for one in self.chains(chain)
            for link in one.links
        ]
        ordered = sorted(rows, key=_gap_order)
        return [r for r in ordered if all_links or r["kind"] in (*GAP_ORDER, "check")]

    def chain_rows(self) -> list[JsonRow]:
        """The chains with their figures, by id."""
        return [refs.row_of(self.book, refs.CHAIN_COLUMNS, (one.id,)) for one in self.chains()]

    # ranking

    def ranking(self, request: Request) -> Ranking:
        """Candidates in their order, with intervals; see ``rank.robust``.

        Where the request leaves the number of draws open there are as many as memory holds, at
        most the usual number. Raises TooManyDraws where it names too many.
        """
        from chainmap.rank.ranks import TooManyDraws
        from chainmap.rank.robust import rank

        chains = [c.id for c in self.chains(request.chain)]
        if request.link and not any(request.link in self.chain(c).index for c in chains):
            known = [link.id for c in chains for link in self.chain(c).links]
            raise UnknownRef("link", request.link, known)
        try:
            return rank(self.book, chains, request)
        except TooManyDraws as error:
            if request.draws is not None or not error.most:
                raise
            return rank(self.book, chains, replace(request, draws=error.most))

    # path

    def region(self, lang: str) -> str:
        """The city's name in the reader's language, where it has one."""
        place = self.workspace
        return place.region_en or place.region if lang == "en" else place.region

    def path(self, chain: str) -> ChainPath:
        """What is done when: hand-written and generated milestones of a chain."""
        found: ChainPath = self.book.value("path", self.chain(chain).id)
        return found

    # why

    def why(self, ref: str, column: str | None = None, request: Request | None = None) -> Figure:
        """The figure behind a ``ref``, or behind one cell of the rows that carry it.

        A cell that depends on who else is ranked is that of ``request``; without one, that of
        the ranking of the ref's chain. Raises UnknownRef.
        """
        found = self.understood(ref)
        if column is None:
            return self.book.figure(found.kind.root, *found.args)
        if column not in found.kind.columns:
            raise UnknownRef("column", column, found.kind.columns)
        scope: tuple[str, ...] = ()
        if found.kind.columns[column].scoped:
            from chainmap.rank.ranks import Request, scope_of

            asked = request or Request(chain=refs.chain_of(ref))
            scope = scope_of(asked, self.world.settings)
        return self.book.figure("cell", found.kind.name, column, *found.args, *scope)

    def understood(self, ref: str) -> refs.Ref:
        """What a ref means; UnknownRef where one of its parts is not there."""
        try:
            found = refs.understood(ref)
        except refs.UnknownPart as error:
            raise UnknownRef(error.what, error.word, self._known(error.what, "")) from None
        parts = ref.split("/")[-len(found.kind.parts) :]
        for what, word in zip(found.kind.parts, parts, strict=True):
            if what in refs.SUPPOSED:
                from chainmap.study.whatif_rows import known_part

                known = known_part(self, what, parts)
            else:
                chain = (
                    parts[found.kind.parts.index("chain")] if "chain" in found.kind.parts else ""
                )
                known = self._known(what, chain, found.kind.name == "coverage")
            # A list may be followed by a year: global500:2024.
            followed = what in ("list", "figure", "programme", "rate")
            named = word.partition(":")[0] if followed else word
            if named not in known:
                raise UnknownRef(what, named, known)
        if found.kind.name == "kpi":
            self._need_figure(parts[0])
        if found.kind.name in ("plan", "place", "programme"):
            try:
                parse_asked(parts[0])
            except ValueError:
                raise UnknownRef("programme", parts[0], ()) from None
        if found.kind.name == "backtest":
            from chainmap.rank.backtest.scope import parse

            try:
                parse(parts[0])
            except ValueError:
                raise UnknownRef("scope", parts[0], ()) from None
        return found

    def _need_figure(self, spec: str) -> None:
        """UnknownRef where the period or the group of a figure is none."""
        from chainmap.track.kpi import groups_of, parse_asked

        try:
            asked = parse_asked(spec)
        except ValueError as error:
            raise UnknownRef("period", str(error), ()) from None
        groups = groups_of(self.world.newest("projects"), asked.by) if asked.by else ("",)
        if asked.group not in groups:
            raise UnknownRef("group", asked.group, groups)

    def _known(self, what: str, chain: str, every: bool = False) -> Iterable[str]:
        if what == "chain":
            return (*self.workspace.chains, *(("all",) if every else ()))
        if what == "action":
            return [action.code for action in self.path(chain).actions] if chain else ()
        if what == "site":
            rows = (*self.workspace.rows("districts"), *self.workspace.rows("parks"))
            return {row.text("park") or row.text("district") for row in rows}
        if what == "programme":
            return ("all", *self.workspace.chains)
        if what == "undecided":
            return [one.firm for one in self.book.value("field", chain).undecided] if chain else ()
        if what == "report":
            return ("rank", "gaps")
        if what == "method":
            from chainmap.rank.backtest.methods import METHODS

            return METHODS
        if what == "figure":
            talent = (f"talent.{row.text('figure')}" for row in self.workspace.rows("talent"))
            return (*UNITS, *talent)
        if what in ("stage", "rate"):
            return STAGES if what == "stage" else FOLLOWED_BY
        if what == "quarter":
            count = int(self.world.settings["landing.quarters"])
            return [name for name, _ in quarter_ends(self.world.today, count)]
        if what == "state":
            return [*since.states(self)]
        if what == "link":
            return self.chain(chain).index if chain else ()
        if what == "list":
            places = self.workspace.rows("lists")
            years = {f"{row.text('list')}:{row.text('year')}" for row in places}
            return {row.text("list") for row in places} | years
        table = {"firm": "firms", "source": "sources", "project": "projects"}[what]
        return {row.text(what) for row in self.workspace.rows(table)}

    @cached_property
    def firms(self) -> dict[str, Row]:
        """Visible firms by id."""
        return {row.text("firm"): row for row in self.world.newest("firms")}

    @property
    def unseen(self) -> int:
        """Rows dated after the study date, over the tables that were used."""
        return sum(self.world.unseen.values())


def open_study(
    workspace: str | os.PathLike[str] | None = None,
    as_of: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Study:
    """Read a workspace and set the study date.

    Raises FileNotFoundError where there is no workspace, ValueError for an impossible date.
    """
    from chainmap.read.where import find
    from chainmap.read.workspace import load

    option = os.fspath(workspace) if workspace is not None else None
    found = find(option, os.environ, Path.cwd())
    read, problems = load(found.root, progress=progress)
    at = parse_day(as_of) if as_of else read.study_date
    return Study(read, problems, at)


def _gap_order(row: JsonRow) -> tuple[Any, ...]:
    if row["kind"] in GAP_ORDER:
        first: tuple[Any, ...] = (0, -(row["priority"] or 0.0))
    elif row["kind"] == "check":
        first = (1, SUSPECT_ORDER.index(row["suspect"]), -row["dependents"])
    else:
        first = (2,)
    return (*first, row["link"], row["chain"])
