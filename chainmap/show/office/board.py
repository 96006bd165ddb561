"""The board of projects as a workbook: columns by stage, the list, and the doubts."""

from __future__ import annotations

from typing import Any

from chainmap.core.schema import STAGES
from chainmap.core.text import safe
from chainmap.core.words import figure, say
from chainmap.show.office import finish
from chainmap.show.office.xlsx import CELL_LIMIT, Looks, plain_sheet
from chainmap.show.projects import Board, Row, marks, next_words, stage_word, sum_words

CARD = 58  # points of a cell with a project in it: four lines
HEADS = (
    ("head.project_stage", 8), ("head.project", 34), ("head.project_firm", 18), ("head.link", 16),
    ("head.district", 14), ("head.invested", 10), ("head.quiet", 10), ("head.next_step", 30),
    ("head.leader_of", 14), ("head.unit_of", 18), ("head.progress_of", 36), ("head.marks", 18),
    ("head.project_id", 24),
)  # fmt: skip


def as_xlsx(board: Board) -> bytes:
    """The board, a list with one project a row, and the doubts, a sheet each.

    Raises MissingExtra where the writer of workbooks is not installed.
    """
    return finish.workbook(safe(board.title), lambda book: _sheets(book, board))


def _sheets(book: Any, board: Board) -> None:
    looks = Looks(book)
    _columns(book, looks, board)
    _list(book, looks, board)
    heads = [say("sheet.doubts", board.lang)]
    plain_sheet(book, looks, heads[0], (heads, [[one] for one in board.doubts]), (120,))


def _columns(book: Any, looks: Looks, board: Board) -> None:
    """A column a stage, with its sum on top, and a cell a project."""
    sheet = book.add_worksheet(say("sheet.board", board.lang))
    sheet.write_string(0, 0, safe(f"{board.title}  {board.date}"), looks.note)
    sums = {row["stage"]: row for row in board.stages}
    for at, stage in enumerate(stage for stage in (None, *STAGES) if stage in sums):
        one = sums[stage]
        sheet.set_column(at, at, 26)
        sheet.write_string(1, at, stage_word(stage, board.lang), looks.head)
        sheet.write_string(2, at, sum_words(one, board.lang), looks.bold)
        mine = [row for row in board.rows if row["stage"] == stage]
        for line, row in enumerate(mine, 3):
            sheet.set_row(line, CARD)
            sheet.write_string(line, at, safe(card(row, board.lang))[:CELL_LIMIT], looks.text)
    sheet.freeze_panes(3, 0)
    _printed(sheet, 2)


def card(row: Row, lang: str) -> str:
    """A project in a few words: name, firm and money, what is next, what is wrong."""
    money = figure(row["investment_100m_cny"])
    facts = [row["short"], row["district"], money and say("board.money", lang, value=money)]
    parts = [row["name"] or row["project"], " ".join(fact for fact in facts if fact),
             next_words(row), marks(row, lang)]  # fmt: skip
    return "；".join(part for part in parts if part)


def _list(book: Any, looks: Looks, board: Board) -> None:
    sheet = book.add_worksheet(say("sheet.list", board.lang))
    for at, (key, wide) in enumerate(HEADS):
        sheet.set_column(at, at, wide)
        sheet.write_string(0, at, say(key, board.lang), looks.head)
    for line, row in enumerate(board.rows, 1):
        cells = (
            stage_word(row["stage"], board.lang), row["name"], row["short"], row["place"],
            row["district"], row["investment_100m_cny"], row["quiet_days"], next_words(row),
            row["leader"], row["unit"], row["progress"], marks(row, board.lang), row["project"],
        )  # fmt: skip
        for at, value in enumerate(cells):
            if isinstance(value, int | float):
                look = looks.whole if isinstance(value, int) else looks.amount
                sheet.write_number(line, at, value, look)
            elif value:
                sheet.write_string(line, at, safe(str(value))[:CELL_LIMIT], looks.text)
            else:
                sheet.write_blank(line, at, None, looks.text)
    sheet.autofilter(0, 0, max(1, len(board.rows)), len(HEADS) - 1)
    sheet.freeze_panes(1, 2)
    _printed(sheet, 0)


def _printed(sheet: Any, heads: int) -> None:
    sheet.repeat_rows(0, heads)
    sheet.set_paper(8)  # A3
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
