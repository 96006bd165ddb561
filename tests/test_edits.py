"""Editing a table: what is not edited keeps every byte, and two at once never lose a row."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainmap.core.text import guard, unguard
from chainmap.read.cells import records
from chainmap.read.edits import Changed, Locked, append_rows, change_row, lock

CELLS = st.text("ab,\"'\n甲乙 =+€𠮷", max_size=6)
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, str]:
    end, encoding = draw(ENDS), draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    rows = [["leader", "内部备注", "wanted", "as_of"], *draw(st.lists(st.lists(CELLS, min_size=4,
            max_size=4), max_size=6))]  # fmt: skip
    out = io.StringIO()
    if draw(st.booleans()):
        csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    else:
        csv.writer(out, lineterminator=end).writerows(rows)
    text = out.getvalue()
    if draw(st.booleans()):
        text = text.removesuffix(end)
    # A table without anything beyond ASCII is UTF-8 to any reader.
    return text.encode(encoding), encoding


@settings(max_examples=120, deadline=None)
@given(table=tables(), wanted=CELLS)
def test_what_was_there_keeps_every_byte(
    table: tuple[bytes, str], wanted: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data, encoding = table
    file = tmp_path_factory.mktemp("t") / "requests.csv"
    file.write_bytes(data)
    append_rows(file, "requests", [{"leader": "haier", "wanted": wanted, "as_of": "2026-01-02"}])
    after = file.read_bytes()
    assert after.startswith(data)
    read = encoding if encoding != "gb18030" else "gb18030"
    rows = list(csv.reader(io.StringIO(after.decode(read), newline="")))
    assert [unguard(cell) for cell in rows[-1]] == ["haier", "", wanted, "2026-01-02"]
    assert rows[-1][2] == guard(wanted)
    before = list(csv.reader(io.StringIO(data.decode(read), newline="")))
    assert rows[:-1] == before


def test_a_table_that_is_not_there_is_made_with_all_its_columns(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    append_rows(file, "requests", [{"leader": "haier", "wanted": "压缩机"}])
    (head, row) = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert head[:4] == ["leader", "chain", "link", "wanted"] and head[-2:] == ["source", "as_of"]
    assert dict(zip(head, row, strict=True))["wanted"] == "压缩机"


def test_chinese_headers_are_known(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text("提出方,产业链,环节,想要,状态,来源,数据日期\n", encoding="utf-8")
    append_rows(file, "requests", [{"leader": "haier", "status": "proposed", "source": "s1"}])
    assert file.read_text(encoding="utf-8").splitlines()[1] == "haier,,,,proposed,s1,"


def test_a_cell_without_a_column_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text("leader,wanted\n", encoding="utf-8")
    with pytest.raises(KeyError, match="reason"):
        append_rows(file, "requests", [{"leader": "haier", "reason": "质量不符"}])
    assert file.read_text(encoding="utf-8") == "leader,wanted\n"


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"

    def add(number: int) -> None:
        for at in range(10):
            append_rows(file, "requests", [{"leader": f"l{number}-{at}", "wanted": "x"}])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert len({row["leader"] for row in rows}) == len(rows) == 40
    assert [path.name for path in tmp_path.iterdir()] == ["requests.csv"]


def test_a_lock_that_someone_holds_is_waited_for_and_then_named(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    with lock(file), pytest.raises(Locked, match=r"requests\.csv"), lock(file, patience=0.1):
        pass


def test_a_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    """Killed outright, the holder leaves its lock file; nobody has to wait for that."""
    file = tmp_path / "requests.csv"
    script = (
        "import sys, time; from pathlib import Path; from chainmap.read.edits import lock\n"
        "with lock(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, file], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == b"held"
    with pytest.raises(Locked), lock(file, patience=0.1):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert (tmp_path / ".requests.csv.lock").exists()
    with lock(file, patience=5):
        pass
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=200, deadline=None)
@given(table=tables(), wanted=CELLS, data=st.data())
def test_a_changed_row_leaves_every_other_byte(
    table: tuple[bytes, str],
    wanted: str,
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    old, encoding = table
    text = old.decode(encoding)
    places = [line for line, cells in records(text) if len(cells) == 4][1:]
    assume(places)
    line = data.draw(st.sampled_from(places))
    before = [cells for _, cells in records(text)]
    at = [number for number, _ in records(text)].index(line)
    file = tmp_path_factory.mktemp("t") / "requests.csv"
    file.write_bytes(old)
    change_row(file, "requests", line, {"wanted": wanted}, {"leader": unguard(before[at][0])})
    new = file.read_bytes()
    after = [cells for _, cells in records(new.decode(encoding))]
    before[at][2] = guard(wanted)
    assert after == before
    for one, other in zip(_pieces(old, encoding, line), _pieces(new, encoding, line), strict=True):
        assert one == other


def _pieces(data: bytes, encoding: str, line: int) -> tuple[bytes, list[str], bytes]:
    """What stands before a record, its cells as written but the third, and what stands behind."""
    text = data.decode(encoding)
    starts = [number for number, _ in records(text)]
    lines = re.split(r"(?<=\n)", text)
    after = next((n for n in starts if n > line), len(lines) + 1)
    head = "".join(lines[: line - 1])
    record, tail = "".join(lines[line - 1 : after - 1]), "".join(lines[after - 1 :])
    cells = re.findall(r'("(?:[^"]|"")*"|[^,\r\n"]*)(,|\r?\n|$)', record)[:4]
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    mark = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    before = mark + head.encode(plain)
    assert data.startswith(before)
    return (
        before,
        [*(c for at, (c, _) in enumerate(cells) if at != 2), *(e for _, e in cells)],
        (tail.encode(plain)),
    )


def test_bytes_that_have_two_spellings_in_gb18030_stay_as_they_are(tmp_path: Path) -> None:
    """A2E3 and 80 both read as a euro sign in some tables: what is not edited is not re-encoded."""
    old = "leader,内部备注,wanted\n甲,".encode("gb18030") + b"\xa2\xe3,x\n\x81\x30\x81\x34,a,b\n"
    file = tmp_path / "requests.csv"
    file.write_bytes(old)
    change_row(file, "requests", 2, {"wanted": "压缩机"}, {"wanted": "x"})
    assert file.read_bytes() == old.replace(b",x\n", b"," + "压缩机".encode("gb18030") + b"\n")


def test_a_row_that_moved_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text("leader,wanted,status\na,x,proposed\nb,y,proposed\n", encoding="utf-8")
    before = file.read_bytes()
    for line in (2, 4, 99):
        with pytest.raises(Changed, match=r"requests\.csv"):
            change_row(file, "requests", line, {"status": "accepted"}, {"leader": "b"})
    assert file.read_bytes() == before
    change_row(file, "requests", 3, {"status": "accepted"}, {"leader": "b", "wanted": "y"})
    assert file.read_text(encoding="utf-8").splitlines()[2] == "b,y,accepted"


def test_a_broken_table_is_refused_and_an_empty_file_begun(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text('leader,wanted\n"a,x\n', encoding="utf-8")
    with pytest.raises(Changed):
        append_rows(file, "requests", [{"leader": "b"}])
    assert file.read_text(encoding="utf-8") == 'leader,wanted\n"a,x\n'
    file.write_bytes(b"\xef\xbb\xbf\r\n")
    append_rows(file, "requests", [{"leader": "b"}])
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig").lstrip())))
    assert [row["leader"] for row in rows] == ["b"]


def test_a_file_that_cannot_be_written_stays(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    with pytest.raises(OSError, match="nowhere"):
        append_rows(folder / "requests.csv", "requests", [{"leader": "b"}])
    assert not folder.exists()
