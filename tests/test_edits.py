"""Editing a table: what is not edited keeps every byte, and two at once never lose a row."""

from __future__ import annotations

import csv
import io
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.read.edits import Locked, append_rows, lock

CELLS = st.text("ab,\"'\n甲乙 =+", max_size=6)
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, str]:
    end, encoding = draw(ENDS), draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    rows = [["leader", "内部备注", "wanted", "as_of"], *draw(st.lists(st.lists(CELLS, min_size=4,
            max_size=4), max_size=6))]  # fmt: skip
    out = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(rows)
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
    assert rows[-1] == ["haier", "", wanted, "2026-01-02"]
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


def test_a_lock_left_by_a_process_that_died_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    left = tmp_path / ".requests.csv.lock"
    left.write_text("999999999 0", encoding="utf-8")
    old = time.time() - 3600
    os.utime(left, (old, old))
    with lock(file, patience=0.1):
        assert left.exists()
    assert not left.exists()
