"""The made-up register: the same from a seed, no real firm in it, and what is planted is true."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import one_link
import pyarrow.parquet as pq
import pytest
import screen_oracle
from registers import Here, read
from running import as_csv as cells_of

from chainmap.screen import demo as made
from chainmap.screen.noise import KINDS
from chainmap.screen.rule import link_words, make_rule
from chainmap.study import open_study
from chainmap.study.screening_demo import Answer, demo_of

LINKS: dict[str, dict[str, Any]] = {
    "wafer": {"name": "硅片", "products": ["光伏硅片", "ＰＥＭ电解槽", "单晶硅片切割"],
              "exclude": ["硅片清洗", "电解槽维修"]},
    "cell": {"name": "电池片", "products": ["光伏电池", "CIGS薄膜电池", "钙钛矿电池组件"]},
    "ring": {"name": "碱性电解槽", "products": ["电解槽隔膜", "极板涂层"], "exclude": ["氯碱"]},
}  # fmt: skip
FOUND = {"exact", "full_width", "letter_case", "traditional", "long", "broken_line"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo") / "w"
    directory.mkdir()
    one_link.opened(directory, LINKS)
    return directory


def planted(path: Path) -> dict[str, Answer]:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return {row["id"]: Answer(row["chain"], row["link"], row["kind"], row["wanted"] == "true",
                              row["word"]) for row in rows}  # fmt: skip


def test_a_seed_gives_the_same_bytes_and_another_one_others(
    run: Here, home: Path, tmp_path: Path
) -> None:
    def demo(name: str, seed: int) -> tuple[bytes, bytes]:
        done = run(
            "screen", "--demo", "2500", "--seed", seed, "-o", tmp_path / name, workspace=home
        )
        assert done.returncode == 0, done.said
        side = tmp_path / f"{name}.answers.csv"
        return (tmp_path / name).read_bytes(), side.read_bytes()

    assert demo("a.parquet", 7) == demo("b.parquet", 7)
    first, other = demo("a.csv", 7), demo("c.csv", 8)
    assert first[0] != other[0] and first[1] != other[1]
    assert read(tmp_path / "a.csv") == read(tmp_path / "a.parquet")


def test_it_says_that_it_is_made_up_and_holds_no_real_firm(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.parquet"
    done = run("screen", "--demo", "2500", "-o", path, workspace=home)
    assert "没有一行是真实企业" in done.said
    note = json.loads(pq.read_schema(path).metadata[b"chainmap.demo"])
    assert note["synthetic"] is True and note["rows"] == 2500 and note["seed"] == 1
    table = pq.read_table(path).to_pydict()
    assert all("虚构" in name for name in table["企业名称"])
    assert all(one.startswith("SYN") for one in table["统一社会信用代码"])
    assert len(set(table["统一社会信用代码"])) == 2500


@pytest.mark.parametrize("group", [400, 100_000])
def test_answers_are_true_and_nothing_else_matches(
    home: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    """By the oracle: plants of the kinds that letters show are found, and no row beside them."""
    monkeypatch.setattr(made, "GROUP", group)
    study = open_study(home)
    demo = demo_of(study, 3000, 5, None)
    rows = []
    for batch in demo.batches():
        assert batch.num_rows <= group
        rows += [
            {"id": row["统一社会信用代码"], "scope": row["经营范围"], "name": "", "city": "",
             "capital": -1, "state": row["经营状态"]}
            for row in batch.to_pylist()
        ]  # fmt: skip
    assert len(rows) == 3000
    answers = {firm: Answer(chain, link, kind, wanted, word)
               for firm, chain, link, kind, wanted, word in demo.answers()}  # fmt: skip
    assert {one.kind for one in answers.values()} == set(KINDS)
    links = [one for chain in study.chains() for one in link_words(chain)]
    rule = make_rule(links, {word: 1 for one in links for word in one.include}, 3000)
    found: dict[str, set[str]] = {}
    for one in screen_oracle.best(rows, rule):
        found.setdefault(one[1], set()).add(links[one[0]].link)
    assert set(found) <= set(answers)
    for firm, one in answers.items():
        assert one.wanted == KINDS[one.kind]
        if one.kind in FOUND | {"negated", "inside", "sale", "revoked"}:
            assert one.link in found[firm], one
        if one.kind == "excluded":
            assert one.link not in found.get(firm, ()), one
    ended = {row["id"] for row in rows if "吊销" in row["state"]} & set(answers)
    assert ended == {firm for firm, one in answers.items() if one.kind == "revoked"}


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_exact_words_are_all_found_and_each_kind_has_its_line(
    run: Here, home: Path, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"a.{ending}"
    assert run("screen", "--demo", "2500", "-o", path, workspace=home).returncode == 0
    side = tmp_path / f"a.{ending}.answers.csv"
    rows = run.json("screen", path, "--answers", side, workspace=home)["rows"]
    by_kind = {row["kind"]: row for row in rows}
    assert list(by_kind) == [*KINDS, "all"]
    for kind in FOUND:
        assert by_kind[kind]["recall"] == 1.0, kind
    assert by_kind["revoked"]["found"] == by_kind["excluded"]["found"] == 0
    assert by_kind["negated"]["precision"] == 0.0
    answers = planted(side)
    assert {kind: row["planted"] for kind, row in by_kind.items()} == {
        kind: sum(kind in ("all", one.kind) for one in answers.values()) for kind in by_kind
    }
    table = run("screen", path, "--answers", side, workspace=home).text
    assert "查准率" in table and "原词" in table


def test_judging_counts_right_and_wrong_pairs(run: Here, home: Path, tmp_path: Path) -> None:
    """Three firms, worked out by hand: one right, one also for a link without its word, one
    that should not be there."""
    register = tmp_path / "r.csv"
    register.write_text(
        "id,name,scope\na,甲,碱性电解槽制造\nb,乙,光伏硅片制造；电池片\nc,丙,电池片销售\n",
        encoding="utf-8",
    )
    answers = tmp_path / "a.csv"
    answers.write_text(
        "id,chain,link,kind,wanted,word\na,probe,ring,exact,true,碱性电解槽\n"
        "b,probe,wafer,exact,true,光伏硅片\nc,probe,cell,sale,false,电池片\n",
        encoding="utf-8",
    )
    done = run("screen", register, "--answers", answers, "--format", "csv", workspace=home)
    assert cells_of(done.stdout) == [
        ["kind", "wanted", "planted", "found", "recall", "false", "precision"],
        ["exact", "true", "2", "2", "1.0", "1", "0.6666666666666666"],
        ["sale", "false", "1", "1", "", "1", "0.0"],
        ["all", "", "3", "3", "1.0", "2", "0.5"],
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--demo", "10"), 2), (("--demo", "10", "-o", "x.xlsx"), 2),
        (("--demo", "0", "-o", "x.csv"), 2),
        (("r.csv", "--demo", "10", "-o", "x.csv"), 2), (("--demo", "10", "-o", "none/x.csv"), 4),
        (("r.csv", "--answers", "none"), 2), (("r.csv", "--answers", "r.csv"), 2),
    ],
)  # fmt: skip
def test_bad_usage_of_the_demo_ends_in_words(
    run: Here, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], code: int,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text("id,name,scope\na,甲,硅片\n", encoding="utf-8")
    assert run("screen", *arguments, workspace=home).returncode == code
    assert {path.name for path in tmp_path.iterdir()} == {"r.csv"}


def test_a_small_register_is_made_without_plants_where_there_is_no_room(
    run: Here, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    assert run("screen", "--demo", "5", "-o", path, workspace=home).returncode == 0
    assert len(read(path)[0]) <= 5
    assert len(cells_of((tmp_path / "a.csv.answers.csv").read_bytes())) == 1
