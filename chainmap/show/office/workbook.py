"""A workspace as one workbook: a sheet a table, drop-downs, notes, and keys that stay put.

Only what Excel, WPS and LibreOffice all know: lists by range, defined names, OFFSET and MATCH.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.core.book import (
    BASE,
    GUIDES,
    LISTS,
    MARK,
    SheetContent,
    shown,
    spoken,
)
from chainmap.core.schema import Column
from chainmap.core.text import width
from chainmap.core.words import say
from chainmap.show.draw.tokens import LIGHT
from chainmap.show.office import finish
from chainmap.show.office.xlsx import FACE

SPARE = 2_000  # rows below the last that drop-downs reach
_WIDEST, _NARROWEST, _SAMPLE = 44, 8, 300  # characters of a column; rows that tell it
_PRINTED = 16  # columns that fit one page
_NUMBER = re.compile(r"[+-]?\d{1,15}\Z|[+-]?(?=[\d.]{2,16}\Z)\d+\.\d+\Z", re.ASCII)
_A_COLUMN = re.compile("[a-z_]+")  # the unit stands in a column of its own
_ALLOWED = dict.fromkeys(
    ("insert_rows", "insert_columns", "delete_rows", "format_cells", "format_columns",
     "format_rows", "sort", "autofilter"), True,
)  # fmt: skip
# Lists that the drop-downs draw on: the column of which sheet says what there is.
_IDS = {
    "chain": ("chains", "chain"), "firms": ("firms", "firm"), "sources": ("sources", "source"),
    "districts": ("districts", "district"), "parks": ("parks", "park"),
}  # fmt: skip
_OF_CHAIN = {"link": ("links", "link"), "stage": ("stages", "stage")}


@dataclass(frozen=True)
class Guide:
    """What the first sheet says: the region, and where the numbers of its signals stand."""

    region: str
    lang: str
    kinds: Sequence[str] = ()  # of signals


def as_workbook(sheets: Sequence[SheetContent], about: Guide) -> bytes:
    """The workbook; the same content gives the same bytes."""
    return finish.workbook(shown(about.region), lambda book: _Writing(book, sheets, about).run())


class _Writing:
    """One workbook while it is written."""

    def __init__(self, book: Any, sheets: Sequence[SheetContent], about: Guide) -> None:
        self.book, self.sheets, self.about, self.lang = book, sheets, about, about.lang
        self.content = {one.schema.name: one for one in sheets}
        self.spots: dict[str, int] = {}  # the pair columns of links and stages, by kind
        base = {"font_name": FACE, "font_size": 10, "valign": "vcenter"}
        grey = {"bg_color": LIGHT["panel"]}
        dark = {**base, "bold": True, "text_wrap": True, "border": 1,
                "border_color": LIGHT["sub"], "font_color": "#FFFFFF"}  # fmt: skip
        self.text = book.add_format({**base, "num_format": "@", "locked": False})
        self.amount = book.add_format({**base, "num_format": "General", "locked": False})
        self.key = book.add_format({**base, **grey, "num_format": "@", "locked": True})
        self.key_amount = book.add_format({**base, **grey, "num_format": "0", "locked": True})
        self.head_key = book.add_format({**dark, "bg_color": LIGHT["weak"]})
        self.head_must = book.add_format({**dark, "bg_color": LIGHT["head"]})
        self.head = book.add_format({**dark, "bg_color": LIGHT["far"]})
        self.plain = book.add_format({**base, "text_wrap": True})
        self.bold = book.add_format({**base, "bold": True, "font_size": 14})
        self.note = {"author": "chainmap", "font_name": FACE, "font_size": 9}

    def run(self) -> None:
        """Every sheet, those for reading first; what drop-downs draw on is hidden at the end."""
        self._guide()
        made = [(one, self.book.add_worksheet(self._title(one))) for one in self.sheets]
        self._lists()
        for one, sheet in made:
            self._sheet(sheet, one)
        self._base()

    def _title(self, one: SheetContent) -> str:
        return one.schema.zh if self.lang == "zh" else one.schema.name

    def _head(self, column: Column) -> str:
        """A column's header, with its unit where that is always the same."""
        if self.lang != "zh":
            return column.name
        unit = column.unit
        return f"{column.zh}（{unit}）" if unit and not _A_COLUMN.match(unit) else column.zh

    def _guide(self) -> None:
        """How to fill the workbook in, and what its sheets are."""
        sheet = self.book.add_worksheet(GUIDES[0] if self.lang == "zh" else GUIDES[1])
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 10)
        sheet.set_column(2, 2, 90)
        title = say("book.title", self.lang, region=self.about.region)
        sheet.write_string(0, 0, shown(title), self.bold)
        line = 2
        for number in range(1, 8):
            sentence = say(f"book.guide.{number}", self.lang)
            sheet.merge_range(line, 0, line, 2, sentence, self.plain)
            sheet.set_row(line, 15.0 * -(-width(sentence) // 108) + 3)
            line += 1
        line += 1
        for at, name in enumerate(("sheet", "rows", "meaning")):
            sheet.write_string(line, at, say(f"book.head.{name}", self.lang), self.head_must)
        for one in self.sheets:
            line += 1
            meaning = one.schema.meaning if self.lang == "zh" else ""
            sheet.write_string(line, 0, self._title(one), self.plain)
            sheet.write_number(line, 1, len(one.rows), self.plain)
            sheet.write_string(line, 2, meaning, self.plain)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _lists(self) -> None:
        """The hidden sheet of what there is, and names for its columns."""
        sheet = self.book.add_worksheet(LISTS)
        at = 0
        lists = {name: self._known(*of) for name, of in _IDS.items()}
        lists["signals"] = list(self.about.kinds)
        for name, words in lists.items():
            sheet.write_string(0, at, name)
            for line, word in enumerate(words, 1):
                sheet.write_string(line, at, shown(word))
            if words:
                column = _letter(at)
                self.book.define_name(
                    f"list_{name}", f"='{LISTS}'!${column}$2:${column}${len(words) + 1}"
                )
            at += 1
        for kind, (of, column) in _OF_CHAIN.items():
            self.spots[kind] = at
            sheet.write_string(0, at, f"{kind}_chain")
            sheet.write_string(0, at + 1, kind)
            pairs = sorted(
                {(cells.get("chain", ""), cells.get(column, "")) for cells, _ in self._rows(of)}
            )
            for line, pair in enumerate(pairs, 1):
                sheet.write_string(line, at, shown(pair[0]))
                sheet.write_string(line, at + 1, shown(pair[1]))
            at += 2
        sheet.hide()

    def _rows(self, name: str) -> Sequence[tuple[Mapping[str, str], str]]:
        return self.content[name].rows if name in self.content else ()

    def _known(self, sheet: str, column: str) -> list[str]:
        return sorted({cells[column] for cells, _ in self._rows(sheet) if cells.get(column)})

    def _base(self) -> None:
        """The marks of every row that was written, so that what is gone can be told."""
        sheet = self.book.add_worksheet(BASE)
        for at, one in enumerate(self.sheets):
            sheet.write_string(0, at, one.schema.name)
            for line, (_, mark) in enumerate(one.rows, 1):
                sheet.write_string(line, at, mark)
        sheet.hide()

    def _sheet(self, sheet: Any, one: SheetContent) -> None:
        known = {column.name: column for column in one.schema.columns}
        columns = [known.get(name) for name in one.columns]
        for at, (name, column) in enumerate(zip(one.columns, columns, strict=True)):
            self._column(sheet, one, (at, name), column)
        last = len(columns)
        sheet.write_string(0, last, MARK, self.head)
        sheet.set_column(last, last, 10, self.key, {"hidden": True})
        sheet.set_column(last + 1, last + 20, 12, self.text)
        backward = {
            column.name: {there: zh for zh, there in spoken(one.schema.name, column.name).items()}
            for column in one.schema.columns
            if self.lang == "zh" and column.kind == "word"
        }
        for line, (cells, mark) in enumerate(one.rows, 1):
            for at, (name, column) in enumerate(zip(one.columns, columns, strict=True)):
                text = cells.get(name, "")
                text = backward.get(name, {}).get(text, text)
                self._cell(sheet, (line, at), column, text)
            sheet.write_string(line, last, mark, self.key)
        sheet.set_row(0, 30)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(one.rows)), len(columns) - 1)
        sheet.protect("", _ALLOWED)
        sheet.set_paper(8)
        sheet.set_landscape()
        if len(columns) <= _PRINTED:  # a wider one would be too small to read
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)

    def _cell(self, sheet: Any, at: tuple[int, int], column: Column | None, text: str) -> None:
        key = column is not None and column.key
        is_amount = column is not None and column.kind in ("number", "whole")
        if is_amount and _NUMBER.match(text):
            look = self.key_amount if key else self.amount
            sheet.write_number(*at, float(text), look)
        elif text:
            sheet.write_string(*at, shown(text), self.key if key else self.text)
        elif key:
            sheet.write_blank(*at, None, self.key)

    def _column(
        self, sheet: Any, one: SheetContent, at: tuple[int, str], column: Column | None
    ) -> None:
        """The head of a column: its look, its note, its width, and what may be chosen in it."""
        number, name = at
        head = self._head(column) if column else name
        look = self.head if column is None or not column.required else self.head_must
        look = self.head_key if column is not None and column.key else look
        sheet.write_string(0, number, shown(head), look)
        is_amount = column is not None and column.kind in ("number", "whole")
        texts = [cells.get(name, "") for cells, _ in one.rows[:_SAMPLE]]
        wide = sorted(width(text[:100]) for text in texts)
        usual = wide[int(len(wide) * 0.9)] if wide else 0
        # The button of the filter takes the room of three characters.
        room = min(_WIDEST, max(_NARROWEST, min(width(head), 16) + 3, usual + 2))
        sheet.set_column(number, number, room, self.amount if is_amount else self.text)
        note = self._note(column) if column else say("book.own_column", self.lang)
        tall = 22 + 16 * sum(-(-width(part) // 40) for part in note.splitlines())
        sheet.write_comment(0, number, note, {**self.note, "width": 260, "height": tall})
        rule = self._rule(one, column) if column else None
        if column and rule:
            sheet.data_validation(1, number, len(one.rows) + SPARE, number, {
                "error_title": self._head(column)[:32], "ignore_blank": True, **rule,
            })  # fmt: skip

    def _note(self, column: Column) -> str:
        """What the data dictionary says of a column."""
        lang = self.lang
        parts = [column.meaning] if column.meaning and lang == "zh" else []
        parts.append(say(f"book.kind.{column.kind}", lang))
        if column.unit and not _A_COLUMN.match(column.unit):
            parts.append(say("book.unit", lang, unit=column.unit))
        if column.key:
            parts.append(say("book.key", lang))
        if column.required:
            parts.append(say("book.must", lang))
        return f"{column.zh}（{column.name}）\n" * (lang == "zh") + "\n".join(parts)

    def _rule(self, one: SheetContent, column: Column) -> dict[str, Any] | None:
        """What a column's cells may be chosen from, or between."""
        lang = self.lang
        if column.kind == "word":
            back = {there: zh for zh, there in spoken(one.schema.name, column.name).items()}
            words = [back.get(w, w) if lang == "zh" else w for w in column.words]
            return {"validate": "list", "source": words,
                    "error_message": say("book.choose", lang)}  # fmt: skip
        if column.kind in ("number", "whole"):
            low = -1e15 if column.low is None else column.low
            high = 1e15 if column.high is None else column.high
            kind = "integer" if column.kind == "whole" else "decimal"
            return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high,
                    "error_message": say("book.number", lang)}  # fmt: skip
        many = column.kind in ("refs", "texts")
        found = self._choice(one, column)
        if found is None:
            return None
        return {"validate": "list", "source": found, "show_error": not many,
                "error_type": "warning", "error_message": say("book.unknown", lang)}  # fmt: skip

    def _choice(self, one: SheetContent, column: Column) -> str | None:
        """The range that a column's drop-down shows."""
        if column.refers in _OF_CHAIN:
            chain = _letter(one.columns.index("chain"))
            first = _letter(self.spots[column.refers])
            second = _letter(self.spots[column.refers] + 1)
            sheet = f"'{LISTS}'!"
            return (
                f"=OFFSET({sheet}${second}$1,MATCH(${chain}2,{sheet}${first}:${first},0)-1,0,"
                f"COUNTIF({sheet}${first}:${first},${chain}2),1)"
            )
        name = column.refers
        if not name and column.name == "leading_chains":
            name = "chain"
        if (one.schema.name, column.name) == ("signals", "kind"):
            name = "signals"
        known = (name == "signals" and self.about.kinds) or (
            name in _IDS and self._known(*_IDS[name])
        )
        return f"=list_{name}" if known else None


def _letter(at: int) -> str:
    """The letters of a column, from 0."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
