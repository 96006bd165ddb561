"""The ledger: every firm of a list once, what is known of it, and a verdict from the facts."""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainmap.core.derivation import replay
from chainmap.core.text import width
from chainmap.rank.ranks import Request
from chainmap.show.why_data import plain
from chainmap.study import Study, open_study
from chainmap.study.ledger import ledger_rows
from tests import ledger_oracle, random_worlds
from tests.rank_worlds import distinct, rank_worlds
from tests.running import as_json, chainmap

ROOT = Path(__file__).parent.parent
KEYS = ["ref", "firm", "name", "list", "rank", "here", "chains", "links", "verdict", "reason",
        "evidence_grade", "sources", "year", "would_change", "here_by"]  # fmt: skip


def places() -> dict[tuple[str, str], list[str]]:
    """The firms of every list and year in the order of their ranks, as the file has them."""
    with (ROOT / "data" / "lists.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: float(row["rank"]))
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        found.setdefault((row["list"], row["year"]), []).append(row["firm"])
    return found


PLACES = places()


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


@pytest.fixture(scope="module")
def oracle(study: Study) -> ledger_oracle.Ledger:
    return oracle_of(ROOT, study)


def oracle_of(path: Path, study: Study) -> ledger_oracle.Ledger:
    """The oracle with the ranking's rows of every chain."""
    scores = {
        (row["firm"], row["chain"], row["link"]): row
        for chain in study.workspace.chains
        for row in study.ranking(Request(chain, draws=1)).rows
    }
    return ledger_oracle.read(path, list(study.workspace.chains), scores)


@pytest.mark.parametrize("name", ["global500", "china500", "central_soe", "private500"])
def test_as_many_go_out_as_came_in(name: str) -> None:
    rows = as_json("ledger", "--list", name)["rows"]
    newest = max(year for one, year in PLACES if one == name)
    assert Counter(row["firm"] for row in rows) == Counter(PLACES[name, newest])
    ranks = [row["rank"] for row in rows]
    assert ranks == sorted(ranks)
    for row in rows:
        assert list(row) == KEYS
        assert row["ref"] == f"ledger/{name}/{row['firm']}"
        assert row["year"] == int(newest)
        assert row["reason"] and row["would_change"] is not None
        assert bool(row["here_by"]) == (row["here"] != "not_looked")


@pytest.mark.parametrize(("name", "year"), PLACES)
def test_every_year_keeps_its_order_and_two_places_of_one_firm(
    study: Study, name: str, year: str
) -> None:
    rows = ledger_rows(study, name, year)
    assert Counter(row["firm"] for row in rows) == Counter(PLACES[name, year])
    with (ROOT / "data" / "lists.csv").open(encoding="utf-8-sig", newline="") as file:
        told = [r for r in csv.DictReader(file) if (r["list"], r["year"]) == (name, year)]
    assert sorted((row["rank"], row["firm"]) for row in rows) == sorted(
        (float(row["rank"]), row["firm"]) for row in told
    )
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)


def test_an_older_year_has_refs_of_its_own() -> None:
    found = as_json("ledger", "--list", "global500", "--year", "2024", "--top", "3")["rows"]
    assert len(found) == 3
    for row in found:
        assert row["ref"] == f"ledger/global500:2024/{row['firm']}"
        (cell,) = as_json("why", row["ref"], "--column", "rank")["rows"]
        assert cell["value"] == row["rank"]


def test_each_verdict_says_what_would_change_it() -> None:
    rows = as_json("ledger", "--list", "global500")["rows"]
    assert {row["verdict"] for row in rows} <= {"A", "B", "C", "D", "?"}
    told = [row["would_change"] for row in rows if row["verdict"] in ("B", "C", "?")]
    assert sum(map(bool, told)) > 100
    assert all(row["chains"] for row in rows if row["verdict"] in "AB")
    assert not any(row["links"] for row in rows if row["verdict"] in "D?")


@pytest.mark.parametrize("name", ["central_soe", "global500"])
def test_the_reference_ledger_agrees_with_the_oracle(
    study: Study, oracle: ledger_oracle.Ledger, name: str
) -> None:
    for row in ledger_rows(study, name):
        firm = row["firm"]
        assert row["here"] == ledger_oracle.here(oracle, firm), firm
        pairs = {tuple(ref.split("/")) for ref in row["links"]}
        assert pairs == ledger_oracle.links(oracle, firm), firm
        assert row["verdict"] == ledger_oracle.verdict(oracle, firm), firm
        change = study.book.value("ledger.would_change", firm, "group")
        assert change == ledger_oracle.would_change(oracle, firm), firm


LOOKS = {
    "searched": ["chain", "link", "firm", "where", "found", "note", "source", "as_of"],
    "no_fit": ["firm", "reason", "nearest_chain", "nearest_link", "source", "as_of"],
}


@st.composite
def looked_at(draw: st.DrawFn) -> random_worlds.World:
    """A world to rank in which firms were looked for, found absent, or found unfit."""
    world = draw(rank_worlds())
    firms = sorted({row["firm"] for row in world.tables["firms"]})
    dates = st.sampled_from(random_worlds.dates_around(world.study_date))
    told = {"source": "s1", "as_of": dates}

    def some(**cells: Any) -> list[dict[str, str]]:
        row = st.fixed_dictionaries(
            {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in cells.items()}
        )
        return draw(st.lists(row, max_size=3))

    firm = st.sampled_from(firms)
    looks = some(firm=firm, found=st.sampled_from(["yes", "no"]), **told)
    for number, row in enumerate(looks):
        row["where"] = f"目录{number}"
    link = draw(st.sampled_from(world.places()))
    unfit = some(firm=firm, reason="别的业务", nearest_chain=link[0], nearest_link=link[1], **told)
    for row in world.tables["presence"]:
        if draw(st.booleans()):
            row |= {"activity": "none", "output": "", "output_unit": ""}
    world.tables |= {
        "presence": distinct("presence", world.tables["presence"]),
        "searched": looks,
        "no_fit": list({row["firm"]: row for row in unfit}.values()),
    }
    world.columns = {**world.columns, **LOOKS}
    return world


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=looked_at())
def test_random_worlds_agree_with_the_oracle(world: random_worlds.World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        random_worlds.write(world, path)
        study = open_study(path)
        oracle = oracle_of(path, study)
        for firm in [row.text("firm") for row in study.world.newest("firms")]:
            value = study.book.value
            assert value("ledger.here", firm).word == ledger_oracle.here(oracle, firm)
            for scope in ("group", "own"):
                whole = scope == "group"
                letter = value("ledger.verdict", firm, scope).letter
                assert letter == ledger_oracle.verdict(oracle, firm, whole)
                change = value("ledger.would_change", firm, scope)
                assert change == ledger_oracle.would_change(oracle, firm, whole)


@pytest.mark.parametrize("command", [("ledger", "--list", "central_soe"), ("relocation",)])
def test_every_cell_answers_why_and_follows_from_its_derivation(
    study: Study, command: tuple[str, ...]
) -> None:
    rows = as_json(*command)["rows"]
    by_verdict = {row["verdict"]: row for row in rows}
    assert len(by_verdict) > 3
    for row in [rows[0], rows[-1], *by_verdict.values()]:
        assert study.why(row["ref"]).inputs
        for column, printed in row.items():
            figure = study.why(row["ref"], column)
            assert plain(figure.value) == printed, (row["ref"], column)
            assert plain(replay(study.book, figure)) == printed, (row["ref"], column)


def test_why_shows_verdict_and_presence_with_their_sources() -> None:
    row = as_json("ledger", "--list", "central_soe", "--here", "yes", "--verdict", "A")["rows"][0]
    done = chainmap("why", row["ref"])
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "A 立即对接" in text and "在青" in text and "scoring.yaml" in text
    assert any(place in text for place in row["here_by"])


def test_a_chain_alone_can_be_gone_through() -> None:
    whole = as_json("ledger", "--list", "central_soe")
    one = as_json("ledger", "--list", "central_soe", "--chain", "hydrogen")
    assert one["rows"] == [row for row in whole["rows"] if "hydrogen" in row["chains"]] != []
    done = chainmap("ledger", "--list", "central_soe", "--chain", "hydrogne")
    assert done.returncode == 2 and "hydrogen" in done.stderr.decode()


def test_an_unknown_list_is_wrong_usage_with_a_guess() -> None:
    done = chainmap("ledger", "--list", "global50")
    assert done.returncode == 2
    assert "global500" in done.stderr.decode()


def test_filters_keep_the_counts_of_the_whole() -> None:
    whole = as_json("ledger", "--list", "central_soe")
    here = as_json("ledger", "--list", "central_soe", "--here", "yes")
    assert [r for r in whole["rows"] if r["here"] == "yes"] == here["rows"]
    assert whole["counts"] == here["counts"]
    only = as_json("ledger", "--list", "central_soe", "--verdict", "A")
    assert {row["verdict"] for row in only["rows"]} <= {"A"}


@pytest.mark.parametrize("columns", ["80", "100", "120"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", [("ledger", "--list", "global500"), ("relocation",)])
def test_the_screen_fits_in_gbk(command: tuple[str, ...], lang: str, columns: str) -> None:
    env = {"COLUMNS": columns, "NO_COLOR": "1", "PYTHONIOENCODING": "gbk:strict"}
    done = chainmap("--lang", lang, *command, env=env)
    assert done.returncode == 0, done.stderr.decode("gbk")
    lines = done.stdout.decode("gbk").splitlines()
    assert max(map(width, lines)) <= int(columns)


def test_the_screen_counts_everyone_and_names_each_gap_whole() -> None:
    found = as_json("ledger", "--list", "global500")
    for columns in ("80", "120"):
        done = chainmap("ledger", "--list", "global500", env={"COLUMNS": columns})
        text = done.stdout.decode()
        words = {"yes": "在青", "absent": "查无", "mentioned": "有线索", "not_looked": "未查"}
        for word, count in found["counts"]["here"].items():
            assert f"{words[word]} {count}" in text or not count
        assert sum(found["counts"]["here"].values()) == len(found["rows"]) == 500
        for row in found["rows"][:20]:
            link = re.search(r"·(.*?)（", row["reason"])
            assert link is None or link[1] in text, row["ref"]
            if columns == "120" and len(row["would_change"]) < 16:
                assert row["would_change"] in text, row["ref"]


def test_csv_reads_back_the_same_rows(tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    assert chainmap("ledger", "--list", "central_soe", "-o", file).returncode == 0
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wanted: list[dict[str, Any]] = as_json("ledger", "--list", "central_soe")["rows"]
    assert [row["firm"] for row in rows] == [row["firm"] for row in wanted]
    assert json.dumps([row["verdict"] for row in rows]) == json.dumps(
        [row["verdict"] for row in wanted]
    )
