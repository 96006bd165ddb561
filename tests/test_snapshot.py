"""Snapshots: what enters them, that order is no content, and that none is believed blindly."""

from __future__ import annotations

import csv
import gzip
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, as_json, chainmap, copy_of
from state_worlds import world

from chainmap.core.limits import LIMITS
from chainmap.study import Study, open_study
from chainmap.study.snapshots import keep, results, state, study_of, take
from chainmap.track.snapshot import Damaged, belongs, decode, encode, hashes

CASE = Path(__file__).parent / "conformance/07"
TAKEN = "2026-01-05T09:00:00+08:00"


def small(tmp_path: Path) -> Path:
    """A small workspace of one's own."""
    to = tmp_path / "w"
    shutil.copytree(CASE, to)
    return to


def opened(root: Path) -> Study:
    return open_study(root)


def test_a_snapshot_reads_back_the_same_and_gives_the_same_bytes(tmp_path: Path) -> None:
    study = opened(small(tmp_path))
    found, data = take(study, "a", TAKEN)
    again = decode(data)
    assert again == found and encode(again) == data
    assert take(opened(Path(study.workspace.root)), "a", TAKEN)[1] == data


def test_an_old_snapshot_can_be_worked_out_again(tmp_path: Path) -> None:
    found = decode(take(opened(world(tmp_path)), "a", TAKEN)[1])
    assert results(study_of(dict(found.files), found.as_of)[0], intervals=True) == found.results
    assert found.results["ranks"] and found.results["links"]


def rewritten(path: Path, change: Callable[[list[list[str]]], None], **form: Any) -> None:
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    change(rows)
    with path.open("w", newline="", encoding=form.pop("encoding", "utf-8")) as file:
        csv.writer(file, **form).writerows(rows)


def shuffled(rows: list[list[str]]) -> None:
    draw = random.Random(3)
    head, *body = rows
    order = list(range(len(head)))
    draw.shuffle(order)
    draw.shuffle(body)
    rows[:] = [[row[at] for at in order] for row in (head, *body)]


def test_order_line_ends_encoding_and_comments_are_no_change(tmp_path: Path) -> None:
    root = small(tmp_path)
    before = hashes(opened(root).workspace)
    for path in sorted((root / "data").glob("*.csv")):
        encoding = "gb18030" if path.stem == "findings" else "utf-8-sig"
        rewritten(path, shuffled, lineterminator="\r\n", quoting=csv.QUOTE_ALL, encoding=encoding)
    for path in (root / "chains").glob("*.yaml"):
        path.write_text("# a remark\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert hashes(opened(root).workspace) == before


def test_a_cell_changes_the_address_of_its_table_alone(tmp_path: Path) -> None:
    root = small(tmp_path)
    before = hashes(opened(root).workspace)

    def rename(rows: list[list[str]]) -> None:
        rows[1][rows[0].index("name")] += "x"

    rewritten(root / "data/firms.csv", rename)
    after = hashes(opened(root).workspace)
    assert {name for name in before if before[name] != after[name]} == {"data/firms.csv"}


def test_links_in_another_order_are_no_change_and_another_share_is(tmp_path: Path) -> None:
    root = small(tmp_path)
    (path,) = (root / "chains").glob("*.yaml")
    before = hashes(opened(root).workspace)
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    flows = [line for line in lines if line.lstrip().startswith("- {from")]
    assert len(flows) > 1
    turned = dict(zip(flows, reversed(flows), strict=True))
    path.write_text("\n".join(turned.get(line, line) for line in lines) + "\n", encoding="utf-8")
    assert hashes(opened(root).workspace) == before
    path.write_text("\n".join(line for line in lines if line != flows[0]) + "\n", encoding="utf-8")
    assert hashes(opened(root).workspace) != before


# What never enters


def test_private_notes_and_other_files_never_enter(tmp_path: Path) -> None:
    root = small(tmp_path)
    secret = "13800138000"
    for name in ("data/private/contacts.csv", "data/private/firms.csv", "data/journal.csv",
                 "data/notes.csv", "chains/_draft.yaml", "chains/.hidden.yaml"):  # fmt: skip
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"name,phone\nx,{secret}\n", encoding="utf-8")
    done = chainmap("snapshot", "a", workspace=root)
    assert done.returncode == 0, done.stderr.decode()
    text = gzip.decompress((root / "data/snapshots/a.json.gz").read_bytes()).decode()
    assert secret not in text and "data/private" not in text
    assert not belongs("data/private/contacts.csv") and not belongs("data/../x.csv")
    assert secret not in as_json("diff", "a", workspace=root)["inputs"]


# Names, and files that cannot be believed


@pytest.mark.parametrize("name", ["now", "A", "../x", "a b", "", "-x", "x" * 65, "rev:HEAD"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    root = small(tmp_path)
    done = chainmap("snapshot", "--", name, workspace=root)
    assert done.returncode == 2 and b"Traceback" not in done.stderr
    assert not (root / "data/snapshots").exists()


def test_a_snapshot_is_never_replaced(tmp_path: Path) -> None:
    root = small(tmp_path)
    assert chainmap("snapshot", "a", workspace=root).returncode == 0
    before = (root / "data/snapshots/a.json.gz").read_bytes()
    assert chainmap("snapshot", "a", workspace=root).returncode == 2
    assert (root / "data/snapshots/a.json.gz").read_bytes() == before
    second = chainmap("snapshot", "b", workspace=root)
    assert second.returncode == 0 and "与快照 a 相同" in second.stderr.decode()
    (row, other) = as_json("snapshots", workspace=root)["rows"]
    assert (row["name"], other["name"]) == ("a", "b") and row["inputs"] == other["inputs"]


def packed(body: dict[str, Any]) -> bytes:
    return gzip.compress(json.dumps(body).encode())


def damages(data: bytes) -> dict[str, bytes]:
    """Files that a snapshot must not be read from."""
    body = json.loads(gzip.decompress(data))
    outside = {**body, "files": {**body["files"], "../../evil.csv": "x"}}
    changed = {**body, "as_of": "2020-01-01"}
    return {
        "empty": b"",
        "cut": data[:-20],
        "more": data + b"x",
        "not packed": json.dumps(body).encode(),
        "not JSON": gzip.compress(b"{"),
        "a list": packed([]),  # type: ignore[arg-type]
        "deep": gzip.compress(b"[" * 200_000),
        "changed": packed(changed),
        "outside": packed(outside),
        "no digest": packed({k: v for k, v in body.items() if k != "digest"}),
    }


def test_what_is_not_a_snapshot_is_refused(tmp_path: Path) -> None:
    root = small(tmp_path)
    good = take(opened(root), "a", TAKEN)[1]
    for what, data in damages(good).items():
        with pytest.raises(Damaged):
            decode(data)
        folder = root / "data/snapshots"
        folder.mkdir(exist_ok=True)
        (folder / "bad.json.gz").write_bytes(data)
        if what in ("cut", "changed", "deep"):
            done = chainmap("diff", "bad", workspace=root)
            assert done.returncode == 1 and b"Traceback" not in done.stderr, what
    (row,) = as_json("snapshots", workspace=root)["rows"]
    assert row["name"] == "bad" and row["inputs"] is None


def test_a_snapshot_with_a_table_of_another_version_is_still_read(tmp_path: Path) -> None:
    found, _ = take(opened(small(tmp_path)), "a", TAKEN)
    other = replace(found, files={**found.files, "data/of_another_version.csv": b"x\n1\n"})
    again = decode(encode(other))
    assert again == other
    study, problems = study_of(dict(again.files), again.as_of)
    assert hashes(study.workspace) == found.hashes
    assert "T125" in {one.code for one in problems}


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LIMITS, "snapshot_unpacked", 1000)
    with pytest.raises(Damaged):
        decode(gzip.compress(b" " * 2000))


def test_the_reference_workspace_fits_in_a_small_file(tmp_path: Path) -> None:
    root = copy_of(ROOT, tmp_path / "w")
    done = chainmap("snapshot", "week-47", workspace=root)
    assert done.returncode == 0
    path = root / "data/snapshots/week-47.json.gz"
    raw = sum(p.stat().st_size for p in (root / "data").glob("*.csv"))
    assert path.stat().st_size < raw / 2
    assert as_json("diff", "week-47", workspace=root)["rows"] == []
    assert state(opened(root), "now").files.keys() == decode(path.read_bytes()).files.keys()


def test_of_two_at_once_one_is_told_that_it_comes_too_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = opened(small(tmp_path))
    data = take(study, "a", TAKEN)[1]
    assert keep(study, "a", data).read_bytes() == data
    with pytest.raises(FileExistsError):
        keep(study, "a", b"other")

    def no_links(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr("os.link", no_links)
    with pytest.raises(FileExistsError):
        keep(study, "a", b"other")
    path = keep(study, "b", data)
    assert path.read_bytes() == data
    assert sorted(one.name for one in path.parent.iterdir()) == ["a.json.gz", "b.json.gz"]
