"""The test on the past as it stands on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chainmap.core.model import Settings
from chainmap.core.words import WORDS, figure, say
from chainmap.show.columns import Cell, Head, Line, lay_out
from chainmap.show.terminal import Terminal
from chainmap.show.why import coverage_line

Row = Mapping[str, Any]


class Table(Protocol):
    """The lines of a part, and what they are measured on."""

    @property
    def universe(self) -> int: ...
    @property
    def positives(self) -> int: ...
    @property
    def groups(self) -> int: ...
    @property
    def rows(self) -> Sequence[Row]: ...


class Test(Protocol):
    """Tables over all units, those that had not come by the cut-off, and those that had."""

    @property
    def cut_offs(self) -> tuple[str, ...]: ...
    @property
    def all(self) -> Table: ...
    @property
    def new(self) -> Table: ...
    @property
    def here(self) -> Table: ...
    @property
    def undated(self) -> int: ...
    @property
    def coverage(self) -> Mapping[str, float] | None: ...


class Scope(Protocol):
    """Which list was tested, until when, and how it was counted."""

    @property
    def on(self) -> str: ...
    @property
    def strict(self) -> bool: ...
    @property
    def by(self) -> str: ...
    @property
    def until(self) -> object: ...


def method_name(method: str, lang: str) -> str:
    """A method in words."""
    if method.startswith("criterion."):
        return say("method.criterion", lang, criterion=say(method, lang))
    return say(f"method.{method}", lang)


def first_line(found: Test, settings: Settings, lang: str) -> str:
    """Whether there are outcomes enough to claim anything."""
    enough = int(settings["backtest.enough"])
    key = "backtest.enough" if found.all.groups >= enough else "backtest.few"
    return say(key, lang, groups=found.all.groups, enough=enough)


def backtest_page(
    found: Test, scope: Scope, settings: Settings, region: str, terminal: Terminal, lang: str
) -> None:
    """The verdict on the sample first, then the tables, then what they rest on."""
    terminal.say(first_line(found, settings, lang), "bold")
    name = say(f"list.{scope.on}", lang) if f"list.{scope.on}" in WORDS else scope.on
    terminal.say(say("title.backtest", lang, region=region, list=name), "bold")
    months = int(settings["backtest.months"])
    cut_offs = "、".join(found.cut_offs) if lang == "zh" else ", ".join(found.cut_offs)
    words = {"cut_offs": cut_offs, "until": scope.until, "months": months}
    terminal.say(say("backtest.universe", lang, **words))
    unit = say(f"backtest.unit_{scope.by}", lang)
    if len(found.cut_offs) > 1:
        unit += say("backtest.pooled", lang)
    for part, table in (("all", found.all), ("new", found.new), ("here", found.here)):
        counts = {"universe": table.universe, "positives": table.positives}
        terminal.say()
        terminal.say(
            say(f"backtest.{part}", lang, unit=unit, groups=table.groups, **counts), "bold"
        )
        if table.rows:
            terminal.lines(backtest_lines(table.rows, lang, terminal.width))
        else:
            terminal.say(say("backtest.no_outcome", lang))
    terminal.say()
    if found.all.rows and found.all.groups >= settings["backtest.enough"]:
        beaten = [method_name(method, lang) for method in better_than(found.all.rows)]
        joint = "、" if lang == "zh" else ", "
        key = "backtest.better" if beaten else "backtest.no_better"
        terminal.say(say(key, lang, methods=joint.join(beaten)) if beaten else say(key, lang))
    terminal.say(coverage_line(found.coverage, "score", lang))
    notes = ["outcome", "unlabelled", "hindsight", "strict" if scope.strict else "compiled"]
    for note in notes:
        terminal.say(say(f"backtest.{note}", lang, undated=found.undated), "dim")
    terminal.say(say("backtest.hash", lang, hash=settings.sha256), "dim")


def backtest_lines(rows: Sequence[Row], lang: str, limit: int) -> list[Line]:
    """One line a method; the ranking first, the baselines as they come."""
    names = ("p10", "p20", "p50", "r50", "ap", "ap_span", "lift")
    heads = [Head(say("head.method", lang), shrink_to=12)]
    heads += [Head(say(f"head.{name}", lang), right=True, may_go=name == "p20") for name in names]
    cells = [
        [
            Cell(method_name(row["method"], lang), "bold" if row["method"] == "chainmap" else ""),
            Cell(_share(row["p_at_10"])),
            Cell(_share(row["p_at_20"])),
            Cell(_share(row["p_at_50"])),
            Cell(_share(row["recall_at_50"])),
            Cell(_share(row["average_precision"])),
            Cell(f"{_share(row['ap_low'])}-{_share(row['ap_high'])}"),
            Cell(figure(row["lift"], 1) or "-"),
        ]
        for row in rows
    ]
    return lay_out(heads, cells, limit)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def better_than(rows: Sequence[Row]) -> list[str]:
    """Methods whose interval lies wholly below that of the ranking."""
    (mine,) = [row for row in rows if row["method"] == "chainmap"]
    low = mine["ap_low"]
    return [
        row["method"]
        for row in rows
        if low is not None and row["ap_high"] is not None and row["ap_high"] < low
    ]
