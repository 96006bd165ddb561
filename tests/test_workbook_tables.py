"""Edits of a table's bytes beside the plainest way to do them: parse, change, compare."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.core.schema import BY_NAME
from chainmap.core.text import guard, unguard
from chainmap.read.edits import append_rows, raw_rows
from chainmap.read.holdings import HeldTable, held_table
from chainmap.read.staging import write_all
from chainmap.read.table_edits import Edit, edited
from chainmap.read.workbook import read_workbook
from chainmap.read.workspace import load
from chainmap.study.workbook import taken
from tests.books import files_of, small
from tests.running import chainmap

SCHEMA = BY_NAME["districts"]
HEADS = ["district", "leading_chains", "土地来源", "source", "as_of"]
CELL = st.text(st.sampled_from("ab,\"\n='青岛 0é"), max_size=5)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030"])


def quoted(cell: str, always: bool) -> str:
    text = guard(cell)
    if always or any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, list[list[str]], list[bytes]]:
    """The bytes of a table, its rows, and the bytes of each record with its line end."""
    end, encoding = draw(ENDS), draw(ENCODINGS)
    rows = draw(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=6))
    rows = [[row[0] or "区", *row[1:]] for row in rows]
    lines = [",".join(HEADS) + end]
    lines += [",".join(quoted(cell, draw(st.booleans())) for cell in row) + end for row in rows]
    if draw(st.booleans()) and rows:
        lines[-1] = lines[-1].removesuffix(end)
    mark = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    plain = encoding.removesuffix("-sig")
    return mark + "".join(lines).encode(plain), rows, [line.encode(plain) for line in lines]


def parsed(data: bytes, encoding: str) -> list[list[str]]:
    text = data.removeprefix(b"\xef\xbb\xbf").decode(encoding)
    return [[unguard(c) for c in row] for row in csv.reader(io.StringIO(text, newline=""))]


@settings(max_examples=300)
@given(made=tables(), data=st.data())
def test_edits_do_what_parsing_and_writing_would(
    made: tuple[bytes, list[list[str]], list[bytes]], data: st.DataObject
) -> None:
    whole, rows, lines = made
    held = hold(whole)
    assert [[row.cells.get(name, "") for name in HEADS] for row in held.rows] == rows
    which = st.lists(st.integers(0, len(rows) - 1), unique=True) if rows else st.just([])
    removed = set(data.draw(which))
    changed = {
        at: data.draw(st.dictionaries(st.sampled_from([*HEADS, "新列"]), CELL, min_size=1))
        for at in data.draw(which)
        if at not in removed
    }
    added = st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=2)
    new = [dict(zip(HEADS, ["新", *row], strict=True)) for row in data.draw(added)]
    place = [row.line for row in held.rows]
    done = edited(held, Edit({place[at]: cells for at, cells in changed.items()},
                             frozenset(place[at] for at in removed), new))  # fmt: skip
    more = ["新列"] if any("新列" in cells for cells in changed.values()) else []
    wanted = [[*HEADS, *more]]
    for at, row in enumerate(rows):
        if at not in removed:
            cells = {**dict(zip(HEADS, row, strict=True)), **changed.get(at, {})}
            wanted.append([cells.get(name, "") for name in (*HEADS, *more)])
    wanted += [[row.get(name, "") for name in (*HEADS, *more)] for row in new]
    encoding = "utf-8" if whole.startswith(b"\xef\xbb\xbf") or is_utf8(whole) else "gb18030"
    assert parsed(done.data, encoding) == wanted
    if not more:
        for at, line in enumerate(lines[1:]):
            if at not in removed and at not in changed:
                assert line in done.data
    # Where each row begins now is where the reader finds it.
    again = hold(done.data)
    begins = {row.line: row.cells for row in again.rows}
    for at, row in enumerate(rows):
        if at not in removed and at not in changed:
            cells = begins[done.moved[place[at]]]
            assert [cells.get(name, "") for name in HEADS] == row
    for line, row in zip(done.added, new, strict=True):
        assert {k: v for k, v in row.items() if v} == begins[line]
    if not (removed or changed or new):
        assert done.data == whole


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def hold(data: bytes) -> HeldTable:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "data").mkdir()
        (Path(directory) / "data" / "districts.csv").write_bytes(data)
        found = held_table(Path(directory), SCHEMA)
    assert isinstance(found, HeldTable), found
    return found


def test_a_row_of_another_length_and_blank_lines_stay_as_they_are() -> None:
    data = "district,source,as_of\n东区,s1,2025\n\n西区,s1\n北区,s1,2025\n".encode()
    held = hold(data)
    assert [row.line for row in held.rows] == [2, 5]
    done = edited(held, Edit({5: {"as_of": "2026", "land_mu": "3"}}, frozenset((2,)), []))
    assert done.data.decode() == "district,source,as_of,land_mu\n\n西区,s1\n北区,s1,2026,3\n"


def test_a_line_within_a_cell_stays_one_record_whatever_ends_the_lines(tmp_path: Path) -> None:
    file = tmp_path / "districts.csv"
    file.write_bytes(b"district,source,as_of\r")
    append_rows(file, "districts", [{"district": "a\nb", "source": "s1", "as_of": "2025"}])
    assert [cells["district"] for _, cells in raw_rows(file, "districts")] == ["a\nb"]


def test_an_import_that_was_cut_off_is_ended_by_the_next(tmp_path: Path) -> None:
    """Whichever files were written when it was killed, the same book brings all to one state."""
    import openpyxl

    workspace = small(tmp_path / "w")
    file = tmp_path / "b.xlsx"
    assert chainmap("export", file, workspace=workspace).returncode == 0
    book = openpyxl.load_workbook(file)
    book["企业"]["H2"], book["区市"]["C2"], book["环节"]["C2"] = "青岛", 7, "铁矿石"
    for at, value in enumerate(("s3", "新来源", None, None, "2026", "A"), 1):
        book["数据源"].cell(9, at, value)
    book["本地存在"]["J2"] = "s3"
    book.save(file)

    def take(home: Path) -> dict[str, object]:
        found = taken(home, read_workbook(file), load(home)[1], False)
        assert not found.refused, found.problems
        return dict(found.files)

    files = take(workspace)
    assert len(files) == 5
    write_all(workspace, files)  # type: ignore[arg-type]
    whole = files_of(workspace)
    for count in range(1, len(files)):
        home = small(tmp_path / f"w{count}")
        write_all(home, dict(list(take(home).items())[:count]))  # type: ignore[arg-type]
        assert files_of(home) != whole
        write_all(home, take(home))  # type: ignore[arg-type]
        assert files_of(home) == whole
