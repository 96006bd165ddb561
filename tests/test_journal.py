"""The journal of the ledger: it replays to the table, and a kill at any moment loses nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path

import desk_kills
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.core.dates import parse_day
from chainmap.read import desk
from chainmap.read.desk import Batch, Change, Line
from chainmap.read.edits import Changed
from chainmap.study.desk import Refused, Told, adding, editing, edits, moved
from chainmap.track.journal import Torn, changes, drift, entry, replay, rewind

WHEN = {"when": "2026-01-01T00:00:00+08:00", "who": "专班", "why": ""}
TEXT = st.text("ab甲\"',=\n", max_size=4).map(str.strip)
ROWS = st.lists(
    st.tuples(st.sampled_from(["p", "q", "r"]), st.sampled_from(["2024", "2025"]), TEXT, TEXT),
    max_size=5,
    unique_by=lambda one: one[:2],
)


def row(project: str, day: str, name: str, note: str) -> dict[str, str]:
    return {"project": project, "as_of": day, "name": name, "note": note}


@given(base=ROWS, steps=st.lists(st.tuples(st.sampled_from("pqrs"), st.booleans(), TEXT, TEXT)))
def test_any_run_of_edits_replays_to_the_table_and_winds_back(
    base: list[tuple[str, str, str, str]], steps: list[tuple[str, bool, str, str]]
) -> None:
    """Against a table that the edits are made on by hand."""
    before = [row(*one) for one in base]
    table = [dict(one) for one in before]
    entries = []
    for number, (project, newer, name, note) in enumerate(steps, 1):
        mine = [one for one in table if one["project"] == project]
        was = max(mine, key=lambda one: one["as_of"], default=None)
        day = f"{2025 + number}" if newer or was is None else was["as_of"]
        now = row(project, day, name, note)
        entries += changes(was, now, WHEN, number)
        if was is not None and was["as_of"] == day:
            was.update(now)
        else:
            table.append(now)
    got = replay(before, entries)
    assert [desk_kills.full(one, row("", "", "", "")) for one in got] == table
    wound = [desk_kills.full(one, row("", "", "", "")) for one in rewind(got, entries)]
    assert wound == before
    assert drift(table, entries) == []


def test_a_cell_that_someone_changed_by_hand_is_named() -> None:
    was, now = row("p", "2025", "甲", ""), row("p", "2025", "乙", "")
    entries = changes(was, now, WHEN, 1)
    (apart,) = drift([{**now, "name": "丙"}], entries)
    assert apart.entry.field == "name" and apart.found == "丙"
    with pytest.raises(Torn):
        rewind([{**now, "name": "丙"}], entries)
    with pytest.raises(Torn):
        replay([now], entries)
    with pytest.raises(Torn):
        replay([], entries)


def test_an_entry_reads_back_as_it_was_written() -> None:
    (one,) = changes(row("p", "2025", "甲", ""), row("p", "2025", "=乙", ""), WHEN, 7)
    assert entry(one.cells) == one
    assert replace(one, edit=8) != one


# Carried out on files

TOLD = Told("2026-01-01T00:00:00+08:00", "专班", "", parse_day("2026-11-25"))


def cells(data: Path, project: str) -> list[dict[str, str]]:
    return [one.cells for one in desk.lines(data) if one.cells["project"] == project]


def test_an_edit_keeps_order_bytes_encoding_and_columns_of_its_own(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")
    before = (data / "projects.csv").read_bytes()
    desk.write(data, editing("shared", {"progress": "已见面"}, TOLD))
    after = (data / "projects.csv").read_bytes()
    assert after.startswith(before)
    line = after[len(before) :].decode("gb18030")
    assert line == '"共用,项目"'.join(
        ["shared,", ",甲,洽谈,,,,,已见面,desk-20261125|s1,2026-11-25\r\n"]
    )
    desk.write(data, editing("shared", {"progress": "再见面"}, TOLD))
    again = (data / "projects.csv").read_bytes()
    assert again == after.replace("已见面".encode("gb18030"), "再见面".encode("gb18030"))
    assert "desk-20261125" in (data / "sources.csv").read_text(encoding="utf-8")


def test_the_same_day_changes_the_row_and_another_day_goes_on_in_a_new_one(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")
    for day, text in (("2026-01", "甲"), ("2026-01-31", "乙"), ("2026-02", "丙")):
        told = replace(TOLD, day=parse_day(day))
        desk.write(data, editing("old", {"progress": text}, told))
    assert [(one["as_of"], one["progress"]) for one in cells(data, "old")] == [
        ("2024", ""),
        ("2026-01", "乙"),
        ("2026-02", "丙"),
    ]
    early = replace(TOLD, day=parse_day("2025"))
    with pytest.raises(Refused, match=r"desk\.early"):
        desk.write(data, editing("old", {"progress": "丁"}, early))


def test_going_back_needs_a_reason_and_takes_later_dates_away(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")
    desk.write(data, moved("shared", "建设", "2026-03", TOLD))
    with pytest.raises(Refused, match=r"desk\.because"):
        desk.write(data, moved("shared", "签约", "2026-01", TOLD))
    desk.write(data, moved("shared", "签约", "2026-01", replace(TOLD, why="误记")))
    (_, now) = cells(data, "shared")
    assert (now["stage"], now["signed"], now["building"]) == ("签约", "2026-01", "")
    with pytest.raises(Refused, match=r"desk\.because"):
        desk.write(data, moved("shared", "终止", "2026-04", TOLD))


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")
    with pytest.raises(Refused, match=r"desk\.taken"):
        desk.write(data, adding({"project": "old", "name": "甲"}, TOLD))


def test_what_is_as_it_was_is_no_edit(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")
    assert not desk.write(data, editing("old", {"name": "旧项目"}, TOLD)).changes
    assert not (data / "journal.csv").exists()


def test_a_column_that_the_file_lacks_is_refused_whole(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")
    before = (data / "projects.csv").read_bytes()
    with pytest.raises(KeyError, match="leader"):
        desk.write(data, edits([("old", {"progress": "甲"}), ("shared", {"leader": "x"})], TOLD))
    assert (data / "projects.csv").read_bytes() == before
    assert not desk.pending(data) and not (data / "journal.csv").exists()


STEPS = ("write_whole", "append_rows", "change_row")


class Stopped(Exception):
    """The process ends here."""


@pytest.mark.parametrize("after", range(5))
def test_an_edit_that_stops_after_any_step_is_ended_by_the_next(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every place between two writes to the disk, one by one."""
    data = desk_kills.ledger(tmp_path / "data")
    base = [one.cells for one in desk.lines(data)]
    desk.write(data, editing("shared", {"progress": "甲"}, TOLD))
    left = [after]

    def stopping(real: object):  # type: ignore[no-untyped-def]
        def step(*args: object, **more: object) -> object:
            if left[0] == 0:
                raise Stopped
            left[0] -= 1
            return real(*args, **more)  # type: ignore[operator]

        return step

    with monkeypatch.context() as patched:
        for name in STEPS:
            patched.setattr(desk, name, stopping(getattr(desk, name)))
        more = [
            ("shared", {"progress": "乙"}),
            ("old", {"progress": "丙"}),
            ("new", {"name": "丁"}),
        ]
        with pytest.raises(Stopped) if after < 4 else nullcontext():
            desk.write(data, edits(more, TOLD))
    begun = desk.pending(data)
    assert begun == (0 < after < 4)
    assert desk.finish(data) == begun
    if after:
        assert [one["progress"] for one in cells(data, "shared")] == ["", "乙"]
        assert cells(data, "new")[0]["name"] == "丁"
    else:
        assert [one["progress"] for one in cells(data, "shared")] == ["", "甲"]
    desk_kills.held_together(data, base, [])


def test_a_cell_edited_by_hand_after_a_kill_is_left_alone(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")

    def plan(lines: Sequence[Line], number: int) -> Batch:
        batch = editing("shared", {"progress": "甲"}, TOLD)(lines, number)
        return batch

    desk.write(data, plan)
    held = next(one for one in desk.lines(data) if one.cells["progress"] == "甲")
    key = {"project": "shared", "as_of": "2026-11-25"}
    change = Change({**key, "progress": "乙"}, held.line, {**key, "progress": "甲"})
    file = data / "projects.csv"
    file.write_bytes(file.read_bytes().replace("甲,desk".encode("gb18030"), b"X,desk"))
    text = json.dumps(asdict(Batch((change,), ())), ensure_ascii=False)
    (data / desk.PENDING).write_text(text, encoding="utf-8")
    assert desk.finish(data)
    assert cells(data, "shared")[-1]["progress"] == "X"


def test_a_torn_journal_stops_an_edit_before_it_writes(tmp_path: Path) -> None:
    data = desk_kills.ledger(tmp_path / "data")
    (data / "journal.csv").write_text("edit,when\nx,y\n", encoding="utf-8")
    before = (data / "projects.csv").read_bytes()
    with pytest.raises(Changed):
        desk.write(data, editing("old", {"progress": "甲"}, TOLD))
    assert (data / "projects.csv").read_bytes() == before


def test_twenty_kills_with_four_writers_lose_no_line_and_tear_none(tmp_path: Path) -> None:
    found = desk_kills.run(tmp_path / "data", kills=20, seed=1)
    assert found["edits"] > 0
