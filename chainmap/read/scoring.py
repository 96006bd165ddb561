"""scoring.yaml: every threshold, life, anchor and weight, each with its reason."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chainmap.core.model import Plain, Setting, Settings
from chainmap.core.problems import Place, Problem, problem
from chainmap.core.text import near
from chainmap.read.files import Intake, name_of
from chainmap.read.nodes import Document, document
from chainmap.read.nodes import Path as NodePath

_OPEN = ("signals", "weights")  # below it any word is a setting: a kind of signal
# What a setting may be, so that no formula divides by zero or runs for ever. Others: 0 and up.
_RANGES: dict[str, tuple[float, float]] = {
    "status.finding_life_years": (0, 200),
    "status.search_life_years": (0, 200),
    "priority.value_lo": (1e-6, 1e9),
    "priority.value_hi": (1e-6, 1e9),
    "priority.dependents_anchor": (1e-6, 1),
    "priority.wanted_full": (1e-6, 1e9),
    "strength.lo": (1e-6, 1e9),
    "strength.hi": (1e-6, 1e9),
    "cluster.full": (1e-6, 1e9),
    "signals.elsewhere": (-1, 1),
    "signals.half_life_years": (1e-6, 200),
    "resilience.single_point_at": (0, 1),
    "resilience.shown": (1, 1000),
    "robust.kappa": (1e-6, 1e6),
    "robust.draws": (1, 1e6),
    "robust.top": (1, 1e6),
    "robust.core": (1, 1e6),
    "robust.mostly": (0, 1),
    "robust.pairs": (1, 1000),
    "robust.parts": (1, 1000),
    "robust.blind": (0, 10_000),
    "robust.factor": (1, 1000),
    "table.rows": (1, 1e6),
    "path.sign_share": (0, 1),
    "path.behind": (1, 100),
    "path.news_years": (0, 200),
    "status.strong_at": (1e-6, 1e6),
    "figures.one_figure_at": (0, 1),
    "fit.other_product": (0, 1),
    "leaders.pull_full": (1e-6, 1e6),
    "leaders.purchase_lo": (1e-6, 1e9),
    "leaders.purchase_hi": (1e-6, 1e9),
    "leaders.shown": (1, 100),
    "same.at": (1e-6, 1),
    "landing.level": (0.5, 0.9999),
    "landing.enough": (1, 1e6),
    "landing.quarters": (1, 40),
    "landing.cohort_years": (1, 100),
    "same.part": (0, 1),
    "same.filler": (1e-6, 1),
    "same.common": (1, 1e6),
    "plan.years": (1, 10),
    "plan.discount": (0, 1),
    "plan.cluster_fade": (0, 1),
    "plan.cluster_steps": (0, 20),
    "plan.per_link": (1, 1000),
    "plan.per_group": (1, 1000),
    "plan.meetings": (1, 1000),
    "plan.seconds": (0.1, 86_400),
    "plan.core_draws": (0, 1000),
    "plan.core_seconds": (0, 86_400),
    "plan.core": (0, 1),
    "plan.exterior": (0, 1),
    "backtest.months": (1, 600),
    "backtest.enough": (0, 1e6),
    "backtest.rounds": (1, 1e5),
    "backtest.division_ceiling": (0, 100),
    "screen.keep": (1, 1e6),
    "screen.sample": (1, 1e6),
    "screen.scale": (1, 1000),
    "screen.alike": (50, 100),
}
# Marks and what they are cut at: 0 to 100.
_MARKS = ("fit.", "pull.", "headroom.", "ledger.", "quadrant.")
_OUT_OF_100 = (
    "signals.middle", "signals.unknown_low", "signals.unknown_high", "path.near_priority",
    "path.mid_priority",
)  # fmt: skip
_WEIGHT = (-1000.0, 1000.0)
_USUAL = (0.0, 1e12)


def settings(
    path: Path, default: Settings | None, root: Path | None = None
) -> tuple[Settings, list[Problem]]:
    """Read a scoring file; numbers that it lacks or has wrong come from the default."""
    return read_settings(Intake(root or path.parent), path, default)


def read_settings(
    intake: Intake, path: Path, default: Settings | None
) -> tuple[Settings, list[Problem]]:
    """Read the scoring file of a workspace. Without a default every name is known."""
    numbers = dict(default.numbers) if default else {}
    text = intake.text(path, "yaml_bytes")
    if isinstance(text, Problem):
        return Settings(numbers), [text]
    found = document(text, name_of(path, intake.root), intake.limits)
    if found.whole:
        reading = _Reading(found, default)
        numbers |= reading.run()
    digest = intake.digests[name_of(path, intake.root)].hex()
    return Settings(numbers, digest), found.problems


def allowed(name: str) -> tuple[float, float]:
    """The range that a setting must lie in."""
    usual = _WEIGHT if name.startswith(".".join(_OPEN) + ".") else _USUAL
    if name in _OUT_OF_100 or (name.startswith(_MARKS) and name != "headroom.large_sites"):
        usual = (0.0, 100.0)
    return _RANGES.get(name, usual)


class _Reading:
    """Reads the numbers of one document."""

    def __init__(self, found: Document, default: Settings | None) -> None:
        self.found = found
        self.known = None if default is None else list(default.numbers)
        self.groups = {
            tuple(name.split(".")[:length])
            for name in self.known or ()
            for length in range(1, name.count(".") + 2)
        }

    def run(self) -> dict[str, Setting]:
        """The sound numbers by their dotted names."""
        return dict(self._below(self.found.data, ()))

    def _report(self, code: str, at: Place, guess: str | None = None, **words: object) -> None:
        self.found.problems.append(problem(code, at, guess, **words))

    def _below(self, data: Any, way: tuple[str, ...]) -> Iterator[tuple[str, Setting]]:
        if not isinstance(data, dict):
            self._report("S102", self._at(way), key=".".join(way) or "scoring.yaml")
            return
        for key, value in data.items():
            here = (*way, key)
            if not self._is_known(here):
                known = [name.split(".")[len(way)] for name in self.known or () if _in(name, way)]
                at = self._at((*way, f"key:{key}"))
                self._report("S101", at, near(key, known), key=".".join(here))
            elif not isinstance(value, dict) or _is_leaf(value):
                setting = self._setting(value, here)
                if setting is not None:
                    yield ".".join(here), setting
            else:
                yield from self._below(value, here)

    def _is_known(self, way: tuple[str, ...]) -> bool:
        if self.known is None or way in self.groups:
            return True
        return len(way) == len(_OPEN) + 1 and way[: len(_OPEN)] == _OPEN

    def _at(self, way: NodePath) -> Place:
        while way not in self.found.places:
            way = way[:-1]
        return self.found.places[way]

    def _setting(self, leaf: Any, way: tuple[str, ...]) -> Setting | None:
        name = ".".join(way)
        if not isinstance(leaf, dict):
            code = "S104" if _number(leaf) is not None else "S102"
            self._report(code, self._at(way), key=name)
            return None
        for key in leaf:
            if key not in ("value", "because"):
                at = self._at((*way, f"key:{key}"))
                self._report("S101", at, near(key, ("value", "because")), key=f"{name}.{key}")
        at = self._at((*way, "value"))
        number = _number(leaf.get("value"))
        because = leaf.get("because")
        if number is None:
            self._report("S102", at, key=name)
        if not isinstance(because, str) or isinstance(because, Plain) or not because.strip():
            self._report("S104", self._at((*way, "because")), key=name)
            return None
        if number is None or not self._in_range(name, number, at):
            return None
        return Setting(number, because, at)

    def _in_range(self, name: str, number: float, at: Place) -> bool:
        low, high = allowed(name)
        if low <= number <= high:
            return True
        self._report("S103", at, key=name, value=f"{number:g}", low=f"{low:g}", high=f"{high:g}")
        return False


def _in(name: str, way: tuple[str, ...]) -> bool:
    parts = tuple(name.split("."))
    return len(parts) > len(way) and parts[: len(way)] == way


def _is_leaf(data: Mapping[str, Any]) -> bool:
    """Whether a mapping is a number with its reason and not a group of settings."""
    if "value" in data and not isinstance(data["value"], dict):
        return True
    return isinstance(data.get("because"), str)


def _number(value: Any) -> float | None:
    if not isinstance(value, Plain) or value.is_a != "number":
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
