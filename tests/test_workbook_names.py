"""Hostile text in every cell of a workbook: it stays text and comes back the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from chainmap.core.text import guard
from tests.books import OFFICE, SMALL, contents, empty, files_of, saved_by_libreoffice, small
from tests.running import chainmap
from tests.test_hostile_names import NAMES, nothing_live_in

# A NUL byte makes no table, and a table's reader takes outer spaces off.
HELD = [name for name in NAMES if "\0" not in name]


def workspace_of(names: list[str], directory: Path) -> Path:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*SMALL["sources.csv"].splitlines()[0].split(","), "自有 列"])
    for row in csv.reader(io.StringIO(SMALL["sources.csv"])):
        if row[0] != "source":
            writer.writerow([*row, ""])
    for at, name in enumerate(names):
        other = names[(at * 7 + 3) % len(names)]
        writer.writerow([f"h{at}", guard(name), guard(other), "", "2025", "B", guard(other)])
    return small(directory, sources=out.getvalue())


@pytest.mark.parametrize("office", [False, True], ids=["as written", "saved by LibreOffice"])
def test_hostile_names_come_back(tmp_path: Path, office: bool) -> None:
    if office and OFFICE is None:
        pytest.skip("LibreOffice is not installed")
    workspace = workspace_of(HELD, tmp_path / "w")
    before = files_of(workspace)
    file = tmp_path / "b.xlsx"
    assert chainmap("export", file, workspace=workspace).returncode == 0
    nothing_live_in(file.read_bytes())
    if office:
        file = saved_by_libreoffice(file, tmp_path / "saved")
    done = chainmap("import", file, "--yes", workspace=workspace)
    assert done.returncode == 0, done.stderr.decode()
    assert files_of(workspace) == before
    fresh = empty(tmp_path / "fresh", workspace)
    done = chainmap("import", file, "--yes", "-o", tmp_path / "d.csv", workspace=fresh)
    assert done.returncode == 0, done.stderr.decode()
    want, got = contents(workspace)["rows"], contents(fresh)["rows"]
    assert len(got["sources"]) == len(HELD) + 2
    for one, other in zip(want["sources"], got["sources"], strict=True):
        for column in one.keys() | other.keys():
            # Only a guarded cell keeps outer spaces in a table; typed anew, they go.
            assert str(other.get(column, "")).strip(" \t\u3000\xa0") == str(
                one.get(column, "")
            ).strip(" \t\u3000\xa0"), column


def test_no_cell_of_the_workbook_is_anything_but_text_or_number(tmp_path: Path) -> None:
    workspace = workspace_of(HELD, tmp_path / "w")
    file = tmp_path / "b.xlsx"
    assert chainmap("export", file, workspace=workspace).returncode == 0
    for sheet in openpyxl.load_workbook(file):
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type in ("s", "n"), cell
                assert cell.hyperlink is None
