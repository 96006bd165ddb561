"""The key-project table as a workbook, with the sources that its rows rest on."""

from __future__ import annotations

from collections.abc import Sequence

from chainmap.core.words import say
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name

SOURCE = ("source", "title", "publisher", "url", "date", "grade")


def table_book(
    study: Study, chain: str | None, columns: Sequence[str], rows: Sequence[JsonRow], below: str
) -> bytes:
    """The workbook of a chain's table, or of all chains together.

    Raises MissingExtra where the writer of workbooks is not installed.
    """
    from chainmap.show.office.xlsx import Book, as_xlsx

    about = Book(
        table_title(study, chain),
        say("picture.date", day=study.world.at.text),
        sources_of_rows(study, rows),
        [below] if below else [],
    )
    return as_xlsx(columns, rows, about)


def table_title(study: Study, chain: str | None, lang: str = "zh") -> str:
    """What the table is called."""
    region = study.region(lang)
    if chain is None:
        return say("table.title_all", lang, region=region)
    return say("table.title", lang, region=region, chain=chain_name(study.chain(chain), lang))


def sources_of_rows(study: Study, rows: Sequence[JsonRow]) -> list[dict[str, str]]:
    """The sources that rows cite, each once, in the order they are first cited."""
    ids = dict.fromkeys(source for row in rows for source in row.get("sources", ()))
    found = (row for id in ids for row in study.world.rows("sources", ("source",), (id,)))
    return [{name: row.text(name) for name in SOURCE} for row in found]
