"""Find and rank the firms that could strengthen, fill, extend or build a city's industry chains."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__", "open"]

TYPE_CHECKING = False  # typing's own is true for type checkers alone, and takes its time to load
if TYPE_CHECKING:
    import os

    from chainmap.study.notebook import OpenCity


def open(workspace: str | os.PathLike[str] | None = None, as_of: str | None = None) -> OpenCity:
    """Open a workspace directory, or the one that the command line would find.

    ``chainmap.open("path")["hydrogen"].gaps()`` are rows as the command ``gaps`` gives them; see
    ``chainmap.study.notebook`` for the few names there are. Raises FileNotFoundError where there
    is no workspace, ValueError for an impossible date.
    """
    from chainmap.study.notebook import open_city

    return open_city(workspace, as_of)
