"""chainmap in Python and in notebooks.

>>> import chainmap
>>> city = chainmap.open(ROOT)  # a workspace directory; without one the usual search applies
>>> chain = city["hydrogen"]
>>> chain.name
'氢能'
>>> len(chain.gaps(all_links=True))
30
>>> first = chain.rank(top=1)[0]
>>> first["rank_p05"] <= first["position"] <= first["rank_p95"]
True
>>> city.why(first["ref"]).value.score == first["score"]
True
>>> sorted(city)[:2]
['advanced-materials', 'artificial-intelligence']

In a notebook a city shows itself as a table, and a chain as its panorama.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.study import JsonRow, Study, open_study

if TYPE_CHECKING:
    from chainmap.core.derivation import Figure

SHOWN = ("name", "links", "strong", "weak", "present", "missing", "planned", "unknown")


class OpenCity:
    """A workspace at a study date: its chains by id."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def __iter__(self) -> Iterator[str]:
        return iter(self.study.workspace.chains)

    def __getitem__(self, chain: str) -> OpenChain:
        """A chain; UnknownRef where there is none of that id."""
        return OpenChain(self.study, self.study.chain(chain).id)

    def chains(self) -> list[JsonRow]:
        """The chains with their figures, as the command ``chains`` gives them."""
        return self.study.chain_rows()

    def why(self, ref: str) -> Figure:
        """The figure behind a ``ref``, with all that it was worked out from."""
        return self.study.why(ref)

    def _repr_html_(self) -> str:
        heads = [say("city.chain"), say("city.links"),
                 *(say(f"read.{name}") for name in SHOWN[2:])]  # fmt: skip
        above = "".join(f"<th>{escape(head)}</th>" for head in heads)
        lines = "".join(
            f"<tr>{''.join(f'<td>{escape(safe(str(row[name])))}</td>' for name in SHOWN)}</tr>"
            for row in self.chains()
        )
        return f"<table><thead><tr>{above}</tr></thead><tbody>{lines}</tbody></table>"


class OpenChain:
    """One chain: its gaps, its candidates, its table, its picture."""

    def __init__(self, study: Study, chain: str) -> None:
        self.study, self.id = study, chain

    @property
    def name(self) -> str:
        """What the chain is called."""
        return self.study.chain(self.id).file.name

    def gaps(self, all_links: bool = False) -> list[JsonRow]:
        """Its gaps, or every link, in the order of the command ``gaps``."""
        return self.study.gap_rows(self.id, all_links)

    def rank(self, top: int | None = None) -> list[JsonRow]:
        """Its candidates in their order, each with the interval of its rank."""
        from chainmap.rank.ranks import Request

        return self.study.ranking(Request(self.id, top=top)).rows[:top]

    def table(self, top: int | None = None) -> list[JsonRow]:
        """The rows of its key-project table."""
        from chainmap.rank.ranks import Request
        from chainmap.study.content import table_rows

        return table_rows(self.study, Request(self.id), top)[0]

    def save(self, file: str | os.PathLike[str], official: bool = False) -> Path:
        """Write the report; the suffix chooses pdf, pptx, html, docx, xlsx, svg or png.

        Raises ValueError for another suffix, MissingExtra where an optional part is not installed.
        """
        from chainmap.core.whole import write_whole
        from chainmap.study.papers import SINGLE, Papers

        path = Path(file)
        kind = path.suffix.lower().removeprefix(".")
        if kind not in SINGLE:
            raise ValueError(f"{kind}: {', '.join(SINGLE)}")
        papers = Papers(self.study, self.study.chain(self.id), official=official)
        write_whole(path, papers.made(kind))
        return path

    def _repr_svg_(self) -> str:
        from chainmap.show.draw.svg import as_svg
        from chainmap.show.pictures.panorama import panorama
        from chainmap.study.pictures import panorama_content

        return as_svg(panorama(panorama_content(self.study, self.study.chain(self.id), "zh"))[0])


def open_city(workspace: str | os.PathLike[str] | None, as_of: str | None) -> OpenCity:
    """Read a workspace; see ``chainmap.open``."""
    return OpenCity(open_study(workspace, as_of))
