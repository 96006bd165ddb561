"""A column of a command's rows: the figure behind its cells, and what of it they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Args = tuple[str, ...]
Pick = Callable[[Any], Any]


def _whole(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Column:
    """The figure behind a cell, what of it is shown, and the figure's arguments from the ref's.

    ``scoped`` columns are about a ranking as well: its scope follows the ref's arguments.
    """

    rule: str
    pick: Pick = _whole
    args: Callable[[Args], Args] = tuple
    scoped: bool = False


def with_(*more: str) -> Callable[[Args], Args]:
    """The ref's arguments, and more behind them."""
    return lambda args: (*args, *more)
