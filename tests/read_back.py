"""Evaluates a derivation from the JSON that ``why --format json`` prints, and from nothing else.

The recorded values of figures are not looked at: every figure is worked out by its rule from
the cells, settings and nodes that the JSON holds. The rows that a rule may look at are those at
the lines that the JSON names.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from chainmap.core.dates import parse_day
from chainmap.core.derivation import Figure, Found, Input, Leaf, Replay
from chainmap.core.model import Row
from chainmap.core.problems import Place
from chainmap.core.schema import BY_NAME
from chainmap.core.world import PastWorld, World
from chainmap.study import Study
from chainmap.study.verify import as_if

Tree = dict[str, Any]
NAMES = {"fsum": math.fsum, "log": math.log, "min": min, "max": max, "__builtins__": {}}


def nodes(tree: Tree) -> Iterator[Tree]:
    """Every figure and leaf of a tree; one that came before is only its number, and ``seen``."""
    yield tree
    for part in tree.get("inputs", ()):
        yield from nodes(part)


def calculated(formula: Tree) -> Any:
    """What a calculator makes of a formula's text."""
    return eval(formula["exact"], dict(NAMES))


def graded(node: Tree) -> str:
    """A mark's grade from its printed derivation: an oracle that knows no rule."""
    value = node["value"]
    if value is None or (isinstance(value, dict) and value.get("value", 0) is None):
        return "unknown"
    if isinstance(value, dict) and value.get("range"):
        return "unknown"
    leaves = [leaf for leaf in nodes(node) if leaf.get("kind") in ("cell", "structure")]
    grades = [s["grade"] for x in leaves if x["value"] is not None for s in x["sources"]]
    if grades:
        return "A/B" if max(grades) <= "B" else max(grades)
    return "D" if any(leaf["kind"] == "structure" for leaf in leaves) else "unknown"


class ReadBack:
    """The figures of one tree, rebuilt without their values."""

    def __init__(self, study: Study, tree: Tree) -> None:
        self.study = study
        self.whole = {one["id"]: one for one in nodes(tree) if "seen" not in one}
        self.figures: dict[int, Figure] = {}
        self.values: dict[int, Figure] = {}
        self.rows = {
            table: {row.line: row for row in rows} for table, rows in study.workspace.tables.items()
        }

    def figure(self, tree: Tree) -> Figure:
        """The figure of a node, its inputs rebuilt, its value left out."""
        number = tree["id"]
        if number not in self.figures:
            inputs = tuple(self._input(self.whole[part["id"]]) for part in tree["inputs"])
            rule, args = tree["rule"], tuple(tree["args"])
            world = self._world(tree.get("as_if"))
            self.figures[number] = Figure(rule, args, None, inputs, None, (), world)
        return self.figures[number]

    def value(self, figure: Figure) -> Any:
        """A figure's value, worked out from its leaves."""
        return self._again(figure).value

    def _again(self, figure: Figure) -> Figure:
        if id(figure) not in self.values:
            rule = self.study.book.rules[figure.rule]
            # Figures that a rule looks into are worked out first, all the way down.
            inputs = tuple(
                self._again(one) if isinstance(one, Figure) else one for one in figure.inputs
            )
            known = Figure(figure.rule, figure.args, None, inputs, None, (), figure.world)
            known.value = rule(Replay(known, lambda one: one), *figure.args)
            self.values[id(figure)] = known
        return self.values[id(figure)]

    def _world(self, supposed: str | None) -> World:
        if supposed is None:
            return self.study.world
        link, status = supposed.split(" = ")
        if link == "T":
            return PastWorld(self.study.workspace, parse_day(status))
        return as_if(self.study.world, *link.split("/"), status)

    def _input(self, part: Tree) -> Input:
        if "rule" in part:
            return self.figure(part)
        if part["kind"] == "rows":
            rows: list[Row] = [self.rows[part["table"]][line] for line in part["lines"]]
            return Found(part["table"], tuple(part["key"]), tuple(rows))
        sources = tuple(one["source"] for one in part["sources"])
        at = Place(part["file"], part["line"])
        value = _typed(part)
        return Leaf(part["kind"], part["name"], value, at, sources, part["as_of"] or "")


def _typed(leaf: Tree) -> Any:
    """A leaf's value with the type that its column has."""
    value = leaf["value"]
    if value is None:
        return None
    if leaf["kind"] == "date":
        return parse_day(value)
    if leaf["kind"] == "cell":
        table = leaf["file"].removeprefix("data/").removesuffix(".csv")
        kind = BY_NAME[table].column(leaf["name"]).kind
        if kind in ("day", "first_day"):
            return parse_day(value)
    return tuple(value) if isinstance(value, list) else value
