"""The command line as scripts and people meet it: formats, exits, consoles, hostile names."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import ROOT, as_csv, as_json, chainmap, copy_of

from chainmap.core.text import unguard, width

CHAIN = "integrated-circuits"
SCREENS = [
    ("chains",),
    ("gaps", CHAIN),
    ("gaps", CHAIN, "--all"),
    ("rank", CHAIN),
    ("rank", CHAIN, "--basis", "expansion"),
    ("rank", "--basis", "expansion", "--draws", "0"),
    ("rank", CHAIN, "--basis", "any"),
    ("map", CHAIN),
    ("map", CHAIN, "--view", "path"),
    ("table", CHAIN),
    ("report", CHAIN),
    ("why", f"{CHAIN}/wafer-fab"),
    ("validate",),
    ("doctor",),
]
COLUMNS = """序号 项目（目标企业）名称 投资主体/总部 企业类别 产业链 环节 招商类型 项目内容
计划总投资（亿元） 内外资 需用土地/载体 拟落区市 来源 综合得分 阶段 对接进展 下一步/时限
责任领导 责任单位 排名区间 证据""".split()  # noqa: SIM905
ROWS = {
    "gaps": "chain link name stage status basis kind suspect settled depth break value_100m_cny "
    "value_is_lower_bound alternative dependents critical priority producers groups "
    "evidence_grade sources",
    "rank": "position firm name chain link kind suspect settled basis score impact likelihood "
    "rank_p05 rank_p95 p_top criteria unknown evidence_grade sources p_top_error",
    "chains": "chain name kind links strong weak present missing planned unknown "
    "completeness_low completeness_high local_ratio_value local_ratio_count_low "
    "local_ratio_count_high",
}


@pytest.mark.parametrize("screen", SCREENS, ids=" ".join)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("columns", [80, 100])
def test_a_screen_fits_its_width_in_gbk(screen: tuple[str, ...], lang: str, columns: int) -> None:
    env = {"PYTHONIOENCODING": "gbk:strict", "COLUMNS": str(columns)}
    done = chainmap("--lang", lang, *screen, env=env)
    assert done.returncode == 0, done.stderr.decode("gbk")
    text = done.stdout.decode("gbk")
    assert text.strip()
    # A place in a file is never broken, so a line of the problems list may be longer.
    wide = (
        [] if screen == ("validate",) else [ln for ln in text.splitlines() if width(ln) > columns]
    )
    assert not wide, wide[:3]
    assert b"\x1b" not in done.stdout


@pytest.mark.parametrize("command", ROWS)
def test_json_holds_the_keys_of_the_contract(command: str) -> None:
    target = () if command == "chains" else (CHAIN,)
    found = as_json(command, *target)
    assert {"as_of", "workspace_hash", "rows"} <= set(found)
    assert found["as_of"] == "2026-11-25"
    for row in found["rows"]:
        assert set(row) == {*ROWS[command].split(), "ref"}
    if command == "rank":
        assert {"weights", "draws", "seed", "top"} <= set(found)


def test_the_csv_of_a_command_holds_every_row() -> None:
    rows = as_json("rank", CHAIN)["rows"]
    table = as_csv(chainmap("rank", CHAIN, "--format", "csv").stdout)
    assert len(table) == len(rows) + 1 > 21
    assert [row[0] for row in table[1:]] == [row["ref"] for row in rows]


def test_top_only_cuts() -> None:
    whole = as_json("rank", CHAIN, "--draws", "50")["rows"]
    cut = as_json("rank", CHAIN, "--draws", "50", "--top", "7")["rows"]
    same = ("ref", "position", "score", "rank_p05", "rank_p95")
    assert [[r[k] for k in same] for r in cut] == [[r[k] for k in same] for r in whole[:7]]


def test_the_key_table_has_its_columns_and_reads_back_the_same(tmp_path: Path) -> None:
    out = tmp_path / "targets.csv"
    assert chainmap("table", CHAIN, "-o", out).returncode == 0
    data = out.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    table = as_csv(data)
    assert table[0] == COLUMNS
    rows = as_json("table", CHAIN)["rows"]
    assert len(table) == len(rows) + 1
    for cells, row in zip(table[1:], rows, strict=True):
        for head, cell in zip(table[0], cells, strict=True):
            value = row[head]
            read = unguard(cell)
            assert read == ("" if value is None else str(value)), head
    for cells in table[1:]:
        assert cells[8] == "" or float(cells[8]) > 0, "an unknown amount is blank, never 0"
        assert all(cell for at, cell in enumerate(cells) if at != 8), "unknown text says 待核"


def test_the_key_table_of_the_main_job() -> None:
    rows = as_json("table", CHAIN)["rows"]
    firms = [row["ref"].split("/")[2] for row in rows]
    assert len(set(firms)) >= 15
    assert len({row["环节"] for row in rows}) >= 5
    assert max(firms.count(firm) for firm in firms) <= 3
    ranked = {row["ref"]: row for row in as_json("rank", CHAIN)["rows"]}
    sourced = [
        row["ref"]
        for row in rows
        if ranked[row["ref"]]["basis"] == "activity"
        and ranked[row["ref"]]["evidence_grade"] in "ABC"
    ]
    assert len(set(sourced)) >= 10
    for row in rows:
        if not ranked[row["ref"]]["settled"]:
            assert row["招商类型"].endswith("（待核）")


def test_the_official_form_leaves_the_scores_out(tmp_path: Path) -> None:
    out = tmp_path / "official.csv"
    assert chainmap("table", CHAIN, "--official", "-o", out).returncode == 0
    table = as_csv(out.read_bytes())
    assert len(table[0]) == 18 and not {"综合得分", "排名区间", "证据"} & set(table[0])
    assert all(word in table[-1][0] for word in ("填报单位", "数据截至", "审核人"))


def test_a_format_that_disagrees_with_the_suffix_is_wrong_usage(tmp_path: Path) -> None:
    done = chainmap("gaps", CHAIN, "--format", "json", "-o", tmp_path / "x.csv")
    assert done.returncode == 2 and not (tmp_path / "x.csv").exists()
    assert chainmap("gaps", CHAIN, "-o", tmp_path / "x.doc").returncode == 2


@pytest.mark.parametrize(
    "words",
    [("gaps", "nosuch"), ("why", f"{CHAIN}/nosuch"), ("why", "x"), ("nosuch",), ("rank", CHAIN,
     "--list", "nosuch"), ("rank", CHAIN, "--link", "nosuch"), ("--as-of", "2025-13", "gaps")],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_says_what_is_known(words: tuple[str, ...]) -> None:
    done = chainmap(*words)
    assert done.returncode == 2
    assert done.stderr.strip() and b"Traceback" not in done.stderr
    assert not done.stdout


def test_a_near_miss_is_suggested() -> None:
    done = chainmap("gaps", "integrated-circuit")
    assert "您是不是要写“integrated-circuits”" in done.stderr.decode()


def test_a_reader_that_goes_away_ends_quietly() -> None:
    command = f"{sys.executable} -m chainmap --workspace {ROOT} rank --format csv | head -1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0 and done.stderr == b""


def test_a_full_disk_ends_with_4() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        done = chainmap("rank", CHAIN, "--format", "json", stdout=full, capture_output=False,
                        stderr=subprocess.PIPE)  # fmt: skip
    assert done.returncode == 4 and b"Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_ends_with_4_and_stays_whole(tmp_path: Path) -> None:
    missing = tmp_path / "no" / "x.csv"
    assert chainmap("gaps", CHAIN, "-o", missing).returncode == 4
    # A name that a directory holds cannot be replaced by a file, whoever runs this.
    held = tmp_path / "held.csv"
    held.mkdir()
    (held / "old").write_text("old")
    assert chainmap("gaps", CHAIN, "-o", held).returncode == 4
    assert (held / "old").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["held.csv"], "nothing half-written is left"


def test_more_draws_than_memory_holds_is_wrong_usage() -> None:
    done = chainmap("rank", "--draws", "1000000")
    assert done.returncode == 2 and "至多" in done.stderr.decode()


def test_interrupted_ends_with_130() -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "chainmap", "rank", CHAIN, "--draws", "200000", "--format", "json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Traceback" not in errors


NASTY = "[bold red]红[/bold red]\x1b[31m\u202e倒<script>|`=1+1"


def test_a_hostile_name_prints_harmlessly(tmp_path: Path) -> None:
    workspace = copy_of(ROOT, tmp_path / "w")
    path = workspace / "chains" / f"{CHAIN}.yaml"
    text = path.read_text(encoding="utf-8")
    quoted = f"name: {json.dumps(NASTY)}"
    changed = re.sub(r"name: 硅片\b.*", lambda _: quoted, text, count=1)
    path.write_text(changed, encoding="utf-8")
    for screen in SCREENS:
        done = chainmap(*screen, workspace=workspace)
        assert done.returncode == 0, done.stderr.decode()
        assert b"\x1b" not in done.stdout and "\u202e".encode() not in done.stdout, screen
    shown = chainmap("gaps", CHAIN, workspace=workspace).stdout.decode()
    assert "[bold red]红" in shown, "markup is text"
    table = as_csv(chainmap("gaps", CHAIN, "--format", "csv", workspace=workspace).stdout)
    assert any(NASTY in cell for row in table for cell in row), "a machine gets it as it is"
    assert any(row["name"] == NASTY for row in as_json("gaps", CHAIN, workspace=workspace)["rows"])
    markdown = chainmap("gaps", CHAIN, "--format", "md", workspace=workspace).stdout.decode()
    assert "<script>" not in markdown and "\x1b" not in markdown


def test_a_broken_table_is_said_and_does_not_hide_the_rest(tmp_path: Path) -> None:
    workspace = copy_of(ROOT, tmp_path / "w")
    presence = workspace / "data" / "presence.csv"
    with presence.open("a", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(["nosuch", CHAIN, "wafer-fab", "", "production", "", "", "", "",
                                  "s12", "2024"])  # fmt: skip
    done = chainmap("gaps", CHAIN, "--format", "json", workspace=workspace)
    assert done.returncode == 1 and b"T110" in done.stderr
    assert json.loads(done.stdout)["rows"] == as_json("gaps", CHAIN)["rows"]


def test_an_error_in_a_file_that_is_not_needed_is_counted(tmp_path: Path) -> None:
    workspace = copy_of(ROOT, tmp_path / "w")
    (workspace / "chains" / "other.yaml").write_text("chain: [", encoding="utf-8")
    done = chainmap("gaps", CHAIN, workspace=workspace)
    assert done.returncode == 0
    assert "1 个错误" in done.stderr.decode()


def test_the_workspace_of_a_parent_directory_is_named(tmp_path: Path) -> None:
    workspace = copy_of(ROOT, tmp_path / "w")
    below = workspace / "notes"
    below.mkdir()
    done = chainmap("chains", workspace=None, cwd=below)
    assert done.returncode == 0 and str(workspace) in done.stderr.decode()


def test_rows_after_the_study_date_are_counted() -> None:
    done = chainmap("--as-of", "2022", "gaps", CHAIN)
    assert done.returncode == 0
    assert re.search(r"2022 之后的 \d+ 行", done.stderr.decode())


def test_published_gaps_show_with_their_source() -> None:
    reference = ROOT.parent / "shared" / "reference" / "qingdao" / "published_gaps.csv"
    if not reference.exists():
        pytest.skip("the reference is not beside this checkout")
    chains = {"ic": CHAIN, "rail": "rail-transit", "h2_storage": "hydrogen"}
    rows = csv.DictReader(io.StringIO(reference.read_text(encoding="utf-8")))
    wanted = [
        row
        for row in rows
        if row["chain_id"] in chains and (row["precision"], row["inferred"]) == ("exact", "n")
    ]
    assert len(wanted) >= 5
    for row in wanted:
        gaps = as_json("gaps", chains[row["chain_id"]])["rows"]
        citing = [gap for gap in gaps if row["source_id"].lower() in gap["sources"]]
        assert citing, row["gap_id"]


def test_init_gives_a_workspace_that_validates_clean(tmp_path: Path) -> None:
    made = tmp_path / "city"
    assert chainmap("init", made, workspace=None).returncode == 0
    assert as_json("validate", workspace=made)["rows"] == []
    assert chainmap("init", made, workspace=None).returncode == 2
    assert (made / "chains" / "chain.schema.json").exists()


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(tmp_path)]
    if (
        sys.platform != "linux"
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("a small file system cannot be mounted here")
    try:
        old = tmp_path / "rank.json"
        old.write_text("old")
        done = chainmap("rank", CHAIN, "-o", old)
        assert done.returncode == 4 and b"Traceback" not in done.stderr
        assert old.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["rank.json"]
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        assert chainmap("gaps", CHAIN, "-o", old).returncode == 4
        assert old.read_text() == "old"
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
