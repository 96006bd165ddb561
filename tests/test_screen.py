"""The command that screens a register: what it prints and keeps, and how it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import one_link
import pytest
import screen_oracle
from registers import Here, as_csv, as_parquet, read
from running import ROOT
from running import as_csv as cells_of

from chainmap.read.register import register
from chainmap.read.register_heads import Heads, keep
from chainmap.screen.rule import Rule, link_words, make_rule
from chainmap.show.progress import in_rows
from chainmap.study import open_study

LINKS: dict[str, dict[str, Any]] = {
    "wafer": {"products": ["硅片", "光伏硅片", "ＰＥＭ电解槽"], "exclude": ["硅片清洗"]},
    "cell": {"products": ["电池片", "光伏电池"]},
    "none": {"products": ["没有企业写这个词"]},
}
SCOPES = [
    "光伏硅片制造；食品销售", "硅片加工", "硅片清洗服务；光伏硅片", "電池片製造", "食品销售",
    "pem电解槽制造", "光伏电池及硅片",
]  # fmt: skip
STATES = ["存续", "注销", "在业", "", "吊销，未注销"]
CONTRACT = ["chain", "link", "position", "firm", "name", "score", "words", "known_firm"]


def workspace(at: Path) -> Path:
    """A workspace of the three links, and firms f1 and f2."""
    at.mkdir()
    one_link.opened(at, LINKS)
    return at


def rows_of(count: int, start: int = 0) -> list[list[str]]:
    return [
        [f"x{at:06d}", f"合成{at}号公司", SCOPES[at % len(SCOPES)], str(at * 7 % 50), "青岛市",
         "2015-01-01", STATES[at % 4 if at % 11 else 4]]
        for at in range(start, start + count)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of three links, with columns that were understood before."""
    directory = tmp_path_factory.mktemp("screen")
    workspace(directory / "w")
    as_csv(directory / "r.csv", rows_of(400))
    keep(directory / "w/data", register([directory / "r.csv"], Heads()).heads)
    return directory / "w"


def rule_of(home: Path, weights: dict[str, int], keep: int) -> Rule:
    (chain,) = open_study(home).workspace.chains.values()
    return make_rule(link_words(chain), weights, keep)


def test_rows_are_those_of_the_oracle_in_the_keys_of_the_contract(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = as_csv(tmp_path / "r.csv", rows_of(400))
    found = run.json("screen", path, "--top", "7", workspace=home)
    rule = rule_of(home, found["weights"], 7)
    assert rule.digest == found["rule"]
    want = screen_oracle.best(read(path)[0], rule)
    names = [link.link for link in rule.links]
    assert [
        (names.index(row["link"]), row["register_id"], row["name"], row["city"], row["capital"],
         row["score"], "|".join(row["words"])) for row in found["rows"]
    ] == want  # fmt: skip
    assert all(list(row)[:8] == CONTRACT for row in found["rows"])
    assert [row["position"] for row in found["rows"] if row["link"] == "cell"] == [*range(1, 8)]
    assert all(row["ref"] == f"probe/{row['link']}/{row['firm']}" for row in found["rows"])
    states = [row[6] for row in rows_of(400)]
    gone = sum(state in ("注销", "吊销，未注销") for state in states)
    assert (found["rows_read"], found["revoked"], found["broken"]) == (400, gone, 0)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_every_form_of_a_register_gives_the_same_bytes(
    run: Here, home: Path, tmp_path: Path, kind: str
) -> None:
    rows = rows_of(300)
    as_parquet(tmp_path / "a/r", rows, group=90)
    as_csv(tmp_path / "b/r", list(reversed(rows)), encoding="gb18030")
    as_csv(tmp_path / "c/r/1/x.csv", rows[:110])
    as_csv(tmp_path / "c/r/y.csv.gz", rows[110:], encoding="utf-8-sig", end="\r\n")
    made = []
    for form in "abc":
        done = run("screen", tmp_path / form / "r", "--format", kind, workspace=home)
        assert done.returncode == 0, done.said
        made.append(done.stdout.replace(b'"files": 2', b'"files": 1'))
    assert made[0] == made[1] == made[2]


def test_the_terminal_shows_counts_the_best_few_and_the_words(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = as_csv(tmp_path / "r.csv", [*rows_of(400), ["torn"]])
    done = run("screen", path, "--where", "capital > 100000", workspace=home)
    text = done.text
    assert "读入400行" in text and "损坏1行" in text and "--where滤去" in text
    assert "2/3个环节" in text and "光伏电池" in text and "另有94行" in text
    assert str(tmp_path / "r.csv.broken.csv") in done.said
    english = run("--lang", "en", "screen", path, workspace=home).text
    assert "400rowsread" in english and "1broken" in english


def test_broken_rows_are_written_beside_and_cleared_when_none_is_left(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = as_csv(tmp_path / "r.csv", [*rows_of(3), ["=1+1"], ["", "\x1b[31m", "", "", "", "", ""]])
    assert run("screen", path, workspace=home).returncode == 0
    side = tmp_path / "r.csv.broken.csv"
    assert cells_of(side.read_bytes()) == [
        ["file", "row", "reason", "text"],
        ["r.csv", "5", "列数与表头不同", "'=1+1"],
        ["r.csv", "6", "没有编号", ",<U+001B>[31m,,,,,"],
    ]
    as_csv(path, rows_of(3))
    assert run("screen", path, workspace=home).returncode == 0
    assert len(cells_of(side.read_bytes())) == 1
    named = tmp_path / "elsewhere.csv"
    assert run("screen", path, "--broken", named, workspace=home).returncode == 0
    assert named.exists()


def test_a_known_firm_keeps_its_id_and_others_get_one_that_lasts(run: Here, tmp_path: Path) -> None:
    firms = workspace(tmp_path / "w") / "data/firms.csv"
    held = firms.read_text(encoding="utf-8")
    firms.write_text(held.replace("f1,f1", "f1,合成一号有限公司"), encoding="utf-8")
    rows = [["N1", "合成一号有限公司", "硅片", "1", "", "", ""]]
    rows.append(["甲-2", "某某公司", "硅片", "1", "", "", ""])
    path = as_csv(tmp_path / "r.csv", rows)
    first, second = run.json("screen", path, workspace=tmp_path / "w")["rows"]
    assert (first["firm"], first["known_firm"]) == ("f1", True)
    assert second["known_firm"] is False and second["firm"] != first["firm"]
    again = run.json("screen", path, workspace=tmp_path / "w")["rows"]
    assert again == [first, second]


def test_columns_are_shown_and_kept_once(run: Here, tmp_path: Path) -> None:
    workspace(tmp_path / "w")
    path = as_csv(tmp_path / "r.csv", rows_of(5))
    first = run("screen", path, workspace=tmp_path / "w").said
    assert "统一社会信用代码 = id" in first and "data/register.yaml" in first
    kept = (tmp_path / "w/data/register.yaml").read_text(encoding="utf-8")
    assert '"企业名称": "name"' in kept
    second = run("screen", path, workspace=tmp_path / "w").said
    assert "register.yaml" not in second
    other = as_csv(tmp_path / "o.csv", [["1", "甲", "硅片", "5"]], ("甲", "乙", "丙", "资本"))
    done = run("screen", other, workspace=tmp_path / "w")
    assert done.returncode == 1 and done.said.count("error[I112]") == 3
    told = ["--map", "甲=id", "--map", "乙=name", "--map", "丙=scope", "--map", "资本=capital:亿元"]
    found = run.json("screen", other, *told, workspace=tmp_path / "w")
    assert found["rows"][0]["capital"] == 500_000_000
    assert run.json("screen", other, workspace=tmp_path / "w") == found
    assert run.json("screen", path, workspace=tmp_path / "w")["rows_read"] == 5


def test_the_weights_of_a_result_serve_again(run: Here, home: Path, tmp_path: Path) -> None:
    path = as_csv(tmp_path / "r.csv", rows_of(200))
    done = run("screen", path, "-o", tmp_path / "one.json", workspace=home)
    assert done.returncode == 0
    other = as_csv(tmp_path / "o.csv", rows_of(20))
    found = run.json("screen", other, "--weights", tmp_path / "one.json", workspace=home)
    assert found["weights"] == json.loads((tmp_path / "one.json").read_bytes())["weights"]
    assert found["weights"] != run.json("screen", other, workspace=home)["weights"]


def test_a_result_without_an_envelope_has_its_weights_beside(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = as_csv(tmp_path / "r.csv", rows_of(200))
    kept = tmp_path / "one.csv.weights.json"
    assert run("screen", path, "-o", tmp_path / "one.csv", workspace=home).returncode == 0
    assert run("screen", path, "--weights", kept, "-o", tmp_path / "two.csv",
               workspace=home).returncode == 0  # fmt: skip
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    weights = json.loads(kept.read_bytes())["weights"]
    assert weights == run.json("screen", path, workspace=home)["weights"]


def test_a_file_name_that_is_no_text_is_shown_as_codes(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(b"r\xff.csv")
    as_csv(tmp_path / "r.csv", [*rows_of(5), ["torn"]]).rename(path)
    assert run.json("screen", path, workspace=home)["register"] == ["r\\udcff.csv"]
    assert run("screen", path, workspace=home).returncode == 0
    side = tmp_path / os.fsdecode(b"r\xff.csv.broken.csv")
    assert cells_of(side.read_bytes())[1][0] == "r\\udcff.csv"


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_says_rows_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0, 10.1, 20.0, 30.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    out = Tty()
    with in_rows(lambda key, **words: f"{key} {words}", out) as tell:
        tell("k", 0, 4000, 0)
        tell("k", 1000, 4000, 0)  # ten seconds for a thousand rows: thirty more
        tell("k", 1001, 4000, 0)  # too soon
        tell("k", 3000, 4000, 2000)  # two thousand took no time: twenty seconds for a thousand
        tell("k", 3500, None, 0)
    lines = out.getvalue().split("\r")[1:]
    assert [line.partition("'left'")[2][:10] for line in lines] == [
        ": '0:30'}\x1b", ": '0:20'}\x1b", "", ""
    ]  # fmt: skip
    assert "1,000/4,000" in lines[0] and "'3,500'" in lines[2] and lines[3] == "\x1b[K"


HOSTILE = ["=HYPERLINK(\"http://x\")", "\x1b]0;x\x07\x1b[31m红", "<script>alert(1)</script>",
           "a|b`c", "\u202e倒", "'甲", "甲\n乙", "-2+3"]  # fmt: skip


def test_names_of_firms_do_nothing(run: Here, home: Path, tmp_path: Path) -> None:
    rows = [[f"{name}{at}", name, "硅片", "1", name, name, name] for at, name in enumerate(HOSTILE)]
    path = as_csv(tmp_path / "r.csv", rows)
    table = run("screen", path, "--top", "50", workspace=home)
    assert b"\x1b" not in table.stdout and "\u202e" not in table.stdout.decode()
    for row in cells_of(run("screen", path, "--format", "csv", workspace=home).stdout)[1:]:
        assert not any(cell.startswith(("=", "-", "+", "@")) for cell in row)
    page = run("screen", path, "--format", "md", workspace=home).stdout.decode()
    assert "<script>" not in page and "a|b" not in page
    found = run.json("screen", path, workspace=home)["rows"]
    assert {row["name"] for row in found} == set(HOSTILE)
    assert all(row["firm"].isascii() for row in found)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "--demo"), (("none.csv",), 2, "没有"), (("r.csv", "--where", "x ="), 2, "--where"),
        (("r.csv", "--where", "nosuch = 1"), 2, "nosuch"),
        (("r.csv", "--where", "founded::int > 3"), 2, "2015-01-01"),
        (("r.csv", "--map", "x"), 2, "--map"), (("r.csv", "--master", "local"), 2, "--master"),
        (("r.csv", "--weights", "r.csv"), 2, "r.csv"), (("r.csv", "--top", "0"), 2, "--top"),
        (("r.csv", "--weights", "w.json"), 2, "硅片"),
        (("r.csv", "--chain", "nosuch"), 2, "nosuch"),
        (("r.csv", "-o", "x.docx"), 2, ".docx"), (("empty",), 2, "empty"),
        (("bad",), 1, "没有一行"),
        (("r.csv", "-o", "r.csv"), 2, "r.csv"), (("r.csv", "--broken", "r.csv"), 2, "r.csv"),
        (("r.csv", "--answers", "a.csv", "--into", "x.csv"), 2, "--"),
        (("r.csv", "--broken", "none/x.csv"), 4, "none"), (("/dev/null",), 2, "/dev/null"),
    ],
)  # fmt: skip
def test_bad_usage_ends_in_words(
    run: Here,
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    as_csv(tmp_path / "r.csv", rows_of(5))
    (tmp_path / "w.json").write_text('{"weights": {"硅": 1}}', encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/x.parquet").write_bytes(b"PAR1 and no more")
    monkeypatch.chdir(tmp_path)
    done = run("screen", *arguments, workspace=home)
    assert done.returncode == code and said in done.said
    assert as_csv(tmp_path / "again.csv", rows_of(5)).read_bytes() == Path("r.csv").read_bytes()


def test_a_mistake_in_the_kept_columns_is_shown_with_its_place(run: Here, tmp_path: Path) -> None:
    workspace(tmp_path / "w")
    kept = tmp_path / "w/data/register.yaml"
    kept.write_text("columns:\n  编码: idd\n", encoding="utf-8")
    path = as_csv(tmp_path / "r.csv", rows_of(5))
    done = run("screen", path, workspace=tmp_path / "w")
    assert done.returncode == 1
    assert "data/register.yaml:2:7: error[I114]" in done.said
    assert kept.read_text(encoding="utf-8").count("\n") == 2


# stopped and resumed

PARTS, EACH = 12, 2400


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of many parts, enough work to be stopped in."""
    directory = tmp_path_factory.mktemp("long") / "r"
    for at in range(PARTS):
        as_csv(directory / f"{at:02d}.csv", rows_of(EACH, at * EACH))
    return directory


def finished(cache: Path) -> int:
    return len([one for one in cache.glob("screen/*/*") if not one.name.startswith(".")])


def stopped(home: Path, long: Path, cache: Path, how: signal.Signals) -> tuple[int, str]:
    """Run until some parts are finished, then send a signal: exit code and stderr."""
    run = subprocess.Popen(
        [sys.executable, "-m", "chainmap", "--workspace", str(home), "screen", str(long),
         "--workers", "1", "--format", "json"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "CHAINMAP_CACHE": str(cache)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    end = time.monotonic() + 60
    while finished(cache) < 2 and run.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    run.send_signal(how)
    _, said = run.communicate(timeout=60)
    return run.returncode, said.decode()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_stopped_run_goes_on_where_it_was(
    run: Here, home: Path, long: Path, tmp_path: Path, how: signal.Signals
) -> None:
    cache = tmp_path / "cache"
    code, said = stopped(home, long, cache, how)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 130)
    if how == signal.SIGINT:
        assert "再运行同一命令" in said and "Traceback" not in said
    kept = finished(cache)
    assert 2 <= kept < PARTS
    again = run("screen", long, workspace=home, cache=cache).text
    assert f"其中{kept * EACH:,}行沿用上次运行的结果" in again
    assert finished(cache) == 1
    whole = run("screen", long, "--format", "json", workspace=home, cache=cache).stdout
    assert whole == run("screen", long, "--format", "json", workspace=home).stdout


def test_what_was_kept_serves_only_the_same_register_and_rule(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "r"
    for at in range(3):
        as_csv(path / f"{at}.csv", rows_of(100, at * 100))

    def kept(*more: str) -> bool:
        asked = ("screen", path, "--format", "json", *more)
        before = {one.name for one in (tmp_path / "cache/screen").glob("*")}
        found = run(*asked, workspace=home, cache=tmp_path / "cache").stdout
        assert found == run(*asked, workspace=home).stdout
        return {one.name for one in (tmp_path / "cache/screen").glob("*")} == before

    assert not kept()
    assert kept()
    assert not kept("--top", "3")
    assert not kept("--where", "capital > 5")
    as_csv(path / "1.csv", rows_of(99, 100))
    assert not kept()
    assert len(list((tmp_path / "cache/screen").glob("*"))) == 4


def test_a_damaged_part_is_worked_out_anew(run: Here, home: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = as_csv(tmp_path / "r.csv", rows_of(100))
    fresh = run.json("screen", path, workspace=home)
    for damage in (b"", b"x" * 100):
        assert run.json("screen", path, workspace=home, cache=cache) == fresh
        (kept,) = cache.glob("screen/*/*")
        kept.write_bytes(damage)
    assert run.json("screen", path, workspace=home, cache=cache) == fresh
