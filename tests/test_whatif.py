"""What-if: nothing changed changes nothing, and a change equals the same edit of the files."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import random_worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from one_link import made, money, opened, override, project, said
from random_worlds import World
from rank_worlds import rank_worlds
from running import ROOT, as_json, chainmap, copy_of
from whatif_worlds import by_hand, changes, landings, statuses, thinned

from chainmap.core.derivation import replay
from chainmap.plan.whatif import Change, Changes, District, Landing, Loss, Number, parsed
from chainmap.rank.ranks import Request
from chainmap.study import Study, open_study
from chainmap.study.whatif_rows import Problems, after_study, changes_of, whatif_rows

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
CHAIN = "probe"
KEYS = ["ref", "what", "name", "before", "after", "chain", "link", "firm"]
# What a supposed row cannot have is a source.
UNSOURCED = ("evidence_grade", "sources")
several = settings(
    max_examples=80, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def study_of(world: World) -> Study:
    """The ordinary study of the files."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        return open_study(Path(directory))


@contextmanager
def written(world: World) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        yield Path(directory)


def told(study: Study, **words: list[str]) -> str:
    """The changes as one word; the problems must be none."""
    found = changes_of(study, CHAIN, **words)
    assert not isinstance(found, Problems), found
    return found


def everything(study: Study) -> dict[str, Any]:
    """All figures of the chain but for where they come from."""
    asked = Request(CHAIN, draws=40)
    return {
        "gaps": [_bare(row) for row in study.gap_rows(CHAIN, all_links=True)],
        "chain": [row for row in study.chain_rows() if row["chain"] == CHAIN],
        "rank": [_bare(row) for row in study.ranking(asked).rows],
    }


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in UNSOURCED}


# Nothing changed


@several
@given(rank_worlds())
def test_nothing_changed_changes_nothing(world: World) -> None:
    study = study_of(world)
    rows = whatif_rows(study, CHAIN, told(study))
    assert rows and all(row["before"] == row["after"] for row in rows)
    assert all(list(row) == KEYS for row in rows)


@pytest.mark.parametrize("chain", ["hydrogen", "new-energy-vehicle"])
def test_nothing_changed_gives_equal_columns_and_the_same_bytes_twice(chain: str) -> None:
    one = chainmap("whatif", chain, "--format", "json")
    assert one.returncode == 0, one.stderr.decode()
    rows = json.loads(one.stdout)["rows"]
    assert len(rows) > 100 and all(row["before"] == row["after"] for row in rows)
    assert {"status", "kind", "completeness_low", "position"} <= {row["what"] for row in rows}
    assert chainmap("whatif", chain, "--format", "json").stdout == one.stdout


# A landing


@several
@given(st.data())
def test_a_landing_never_lowers_completeness(data: st.DataObject) -> None:
    """In worlds with supplies, demands and any-groups of every shape."""
    world = data.draw(st.one_of(random_worlds.worlds(), thinned(random_worlds.worlds())))
    study = study_of(world)
    after = after_study(study, CHAIN, told(study, land=data.draw(landings(world))))
    was = study.book.value("completeness", CHAIN)
    now = after.book.value("completeness", CHAIN)
    assert now[0] >= was[0] and now[1] >= was[1]


def test_no_landing_on_any_link_of_the_reference_workspace_lowers_completeness() -> None:
    study = open_study(ROOT)
    firms = [row.text("firm") for row in study.workspace.rows("firms")]
    rng = Random(7)
    for chain in study.workspace.chains:
        was = study.book.value("completeness", chain)
        for link in study.chain(chain).index:
            land = rng.choice(firms) + "@" + link + rng.choice(["", ":20", ":500"])
            word = changes_of(study, chain, land=[land])
            assert isinstance(word, str)
            now = after_study(study, chain, word).book.value("completeness", chain)
            assert now[0] >= was[0] and now[1] >= was[1], (chain, land)


@several
@given(st.data())
def test_what_was_looked_at_before_is_what_is_there_after(data: st.DataObject) -> None:
    """Taking a landing back restores the bytes: it never was in the study."""
    world = data.draw(rank_worlds())
    told_now = data.draw(changes(world))
    with written(world) as directory:
        study = open_study(directory)
        before = json.dumps(everything(study), ensure_ascii=False, default=str)
        whatif_rows(study, CHAIN, told(study, **told_now))
        fresh = open_study(directory)
        whatif_rows(fresh, CHAIN, told(fresh, **told_now))
        for one in (study, fresh):
            assert json.dumps(everything(one), ensure_ascii=False, default=str) == before


# Against the same edits made by hand


@several
@given(st.data())
def test_changes_equal_the_same_edits_of_the_files(data: st.DataObject) -> None:
    world = data.draw(st.one_of(rank_worlds(), thinned(rank_worlds())))
    words = data.draw(changes(world))
    study = study_of(world)
    edited, held = by_hand(world, CHAIN, words, study_of)
    other = study_of(edited)
    assert not [one for one in other.problems if one.severity == "error"]
    word = told(study, **words)
    after = after_study(study, CHAIN, word)
    assert dict(study.book.value("whatif.held", CHAIN, word)) == held
    assert everything(after) == everything(other)
    printed = {
        (row["what"], row["link"], row["firm"]): row["after"]
        for row in whatif_rows(study, CHAIN, word)
    }
    for row in other.gap_rows(CHAIN, all_links=True):
        for what in ("status", "kind", "suspect", "priority", "value_100m_cny", "producers"):
            assert printed[what, row["link"], None] == row[what]
    (chain,) = (row for row in other.chain_rows() if row["chain"] == CHAIN)
    for what in ("completeness_low", "completeness_high", "local_ratio_value", "missing"):
        assert printed[what, None, None] == chain[what]
    for row in other.ranking(Request(CHAIN)).rows[:20]:
        for what in ("position", "score", "rank_p05", "rank_p95"):
            assert printed[what, row["link"], row["firm"]] == row[what]


@several
@given(st.data())
def test_every_figure_can_be_worked_out_again_from_what_it_read(data: st.DataObject) -> None:
    world = data.draw(st.one_of(random_worlds.worlds(), thinned(random_worlds.worlds())))
    study = study_of(world)
    word = told(study, **data.draw(changes(world)))
    rows = whatif_rows(study, CHAIN, word)
    for row in data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=6)):
        figure = study.why(row["ref"])
        assert (figure.value.before, figure.value.after) == (row["before"], row["after"])
        again = replay(study.book, figure)
        assert (again.before, again.after) == (row["before"], row["after"])


@settings(several, max_examples=20)
@given(st.data())
def test_the_programme_after_is_as_good_as_that_of_the_same_edits(data: st.DataObject) -> None:
    """Neither is better than the other says is possible; which of equals it is, is the solver's."""
    world = data.draw(st.one_of(rank_worlds(), thinned(rank_worlds())))
    words = data.draw(changes(world))
    study = study_of(world)
    word = told(study, **words)
    edited, _ = by_hand(world, CHAIN, words, study_of)
    other = study_of(edited).book.value("plan.programme", CHAIN)
    own = after_study(study, CHAIN, word).book.value("plan.programme", CHAIN)
    rows = whatif_rows(study, CHAIN, word, plan=True)
    printed = {(row["what"], row["link"], row["firm"]): row["after"] for row in rows}
    assert (own.solution is None) == (other.solution is None)
    if own.solution:
        assert own.solution.objective <= other.solution.bound + 1e-6
        assert other.solution.objective <= own.solution.bound + 1e-6
        assert printed["plan_objective", None, None] == own.solution.objective
        assert printed["plan_targets", None, None] == len(own.seats)
    for seat in own.seats:
        assert printed["plan_district", seat.link, seat.firm] == seat.district
        assert printed["plan_year", seat.link, seat.firm] == seat.year + 1
    shown = sum(row["after"] is not None for row in rows if row["what"] == "plan_year")
    assert shown == len(own.seats)


# What each change means, case by case


def after_of(study: Study, **words: list[str]) -> dict[str, str]:
    return statuses(after_study(study, CHAIN, told(study, **words)), CHAIN)


def test_a_landing_makes_an_unknown_link_present_and_its_customer_no_gap(tmp_path: Path) -> None:
    study = opened(tmp_path, {"steel": {}, "ship": {}}, flows=[{"from": "steel", "to": "ship"}])
    assert after_of(study, land=["f1@steel"]) == {"steel": "present", "ship": "unknown"}


def test_a_landing_adds_to_the_supply_that_a_finding_states(tmp_path: Path) -> None:
    """Whoever comes does not make those who were counted go away."""
    study = opened(tmp_path, findings=[money(50, 100)])
    assert after_of(study) == {"steel": "weak"}
    assert after_of(study, land=["f1@steel:20"]) == {"steel": "strong"}
    assert after_of(study, land=["f1@steel"]) == {"steel": "weak"}


def test_what_is_supposed_is_the_newest_of_its_day_whatever_the_grade_of_the_others(
    tmp_path: Path,
) -> None:
    for name in ("stated", "ended"):
        (tmp_path / name).mkdir()
    today = "2025-12-31"
    study = opened(tmp_path / "stated", findings=[money(50, 100, today)])
    assert after_of(study, land=["f1@steel:20"]) == {"steel": "strong"}
    study = opened(tmp_path / "ended", presence=[made(today, until="2025-06")])
    assert after_of(study) == {"steel": "unknown"}
    assert after_of(study, land=["f1@steel"]) == {"steel": "present"}


def test_two_landings_on_a_link_add_up(tmp_path: Path) -> None:
    study = opened(tmp_path, findings=[money(40, 100)])
    assert after_of(study, land=["f1@steel:10"]) == {"steel": "weak"}
    assert after_of(study, land=["f1@steel:10", "f2@steel:10"]) == {"steel": "strong"}


def test_a_firm_that_is_here_already_grows(tmp_path: Path) -> None:
    rows = [made(output=40, output_unit="亿元")]
    study = opened(tmp_path, presence=rows, findings=[{**money("", 100), "as_of": "2020"}])
    study = study_of_demand(tmp_path / "more", rows)
    assert after_of(study) == {"steel": "weak"}
    assert after_of(study, land=["f1@steel"]) == {"steel": "weak"}
    assert after_of(study, land=["f1@steel:30"]) == {"steel": "strong"}


def study_of_demand(directory: Path, presence: list[dict[str, Any]]) -> Study:
    directory.mkdir()
    findings = [{"demand": 100, "unit": "亿元", "as_of": "2025-06-30"}]
    return opened(directory, presence=presence, findings=findings)


def test_a_status_set_by_hand_wins_over_a_landing_and_that_is_said(tmp_path: Path) -> None:
    study = opened(tmp_path, {"steel": override("missing")})
    word = told(study, land=["f1@steel"])
    assert statuses(after_study(study, CHAIN, word), CHAIN) == {"steel": "missing"}
    (effect,) = study.book.value("whatif.effects", CHAIN, word)
    assert effect.reason == "override"


def test_a_finding_of_the_same_day_wins_over_a_landing_and_that_is_said(tmp_path: Path) -> None:
    study = opened(tmp_path, findings=[said("missing", "2025-12-31")])
    word = told(study, land=["f1@steel"])
    assert statuses(after_study(study, CHAIN, word), CHAIN) == {"steel": "missing"}
    (effect,) = study.book.value("whatif.effects", CHAIN, word)
    assert (effect.reason, effect.before, effect.after) == ("finding", "missing", "missing")


def test_a_link_that_would_sink_by_a_landing_keeps_its_status_and_that_is_said(
    tmp_path: Path,
) -> None:
    """Nothing is known of the steel but that there is none, and now someone needs it."""
    flows = [{"from": "steel", "to": "ship", "share": 0.25}]
    study = opened(tmp_path, {"steel": {}, "ship": {}}, flows=flows, findings=[
        {"supply": 0, "unit": "亿元", "as_of": "2025-06-30"},
    ])  # fmt: skip
    word = told(study, land=["f1@ship:40"])
    after = after_study(study, CHAIN, word)
    assert statuses(study, CHAIN)["steel"] == statuses(after, CHAIN)["steel"] == "unknown"
    assert dict(study.book.value("whatif.held", CHAIN, word)) == {"steel": "unknown"}


def test_a_lost_link_is_missing_and_stops_what_needs_it(tmp_path: Path) -> None:
    flows = [{"from": "ore", "to": "steel"}, {"from": "steel", "to": "ship"}]
    links: dict[str, dict[str, Any]] = {name: override("present") for name in ("ore", "steel")}
    study = opened(tmp_path, {**links, "ship": {}}, flows=flows)
    rows = whatif_rows(study, CHAIN, told(study, lose=["steel"]))
    now = {(row["what"], row["link"]): row["after"] for row in rows}
    assert now["status", "steel"] == "missing" and now["status", "ore"] == "present"
    stops = {link for what, link in now if what == "stops" and now[what, link]}
    assert stops == {"steel", "ship"}
    assert now["stopped_share", None] == pytest.approx(2 / 3)


def test_a_lost_firm_ends_its_sites_and_its_projects(tmp_path: Path) -> None:
    study = opened(
        tmp_path, {"steel": {}, "ship": {}}, presence=[made()], projects=[
            {**project("投产"), "link": "ship"},
        ],
    )  # fmt: skip
    assert after_of(study) == {"steel": "present", "ship": "present"}
    assert after_of(study, lose=["f1"]) == {"steel": "unknown", "ship": "unknown"}
    assert after_of(study, lose=["f2"]) == {"steel": "present", "ship": "present"}


def test_a_firm_that_moves_is_lost_on_one_link_and_landed_on_another(tmp_path: Path) -> None:
    study = opened(tmp_path, {"steel": {}, "ship": {}}, presence=[made()])
    found = after_of(study, lose=["f1"], land=["f1@ship"])
    assert found == {"steel": "unknown", "ship": "present"}


def test_what_opens_next_is_said(tmp_path: Path) -> None:
    links = {"ore": override("missing"), "steel": override("missing"), "ship": {}}
    flows = [{"from": "ore", "to": "steel"}, {"from": "steel", "to": "ship"}]
    study = opened(tmp_path, links, flows=flows)
    now = {
        (row["what"], row["link"]): (row["before"], row["after"])
        for row in whatif_rows(study, CHAIN, told(study, land=["f1@ship"]))
    }
    assert now["kind", "steel"] == ("build", "fill") and now["kind", "ore"] == ("build", "fill")


# Changes as a word of a ref

ids = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)
amounts = st.floats(1e-9, 1e12, allow_nan=False)
districts = st.text(min_size=1).filter(lambda text: text.isprintable())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.builds(Landing, ids, ids, st.none() | amounts, st.just("") | districts),
            st.builds(Loss, st.sampled_from(("link", "firm")), ids),
            st.builds(Number, st.sampled_from(("weights.gap", "status.strong_at")), amounts),
            st.builds(District, districts, st.sampled_from(("land_mu",)), amounts),
        ),
        max_size=4,
    ),
    st.none() | st.integers(0, 10**6),
    st.none() | st.integers(0, 10**9),
)
def test_changes_are_read_back_from_their_word_whatever_a_district_is_called(
    all_of_them: list[Change], draws: int | None, seed: int | None
) -> None:
    made_up = Changes(tuple(all_of_them), draws, seed)
    assert parsed(made_up.word) == made_up
    assert "/" not in made_up.word and " " not in made_up.word


# Words that are not there


def test_every_wrong_word_is_named_at_once_with_what_was_probably_meant(tmp_path: Path) -> None:
    study = opened(tmp_path, districts=[{"district": "东区"}])
    found = changes_of(
        study, CHAIN,
        land=["f9@steel", "f1@stel", "f1", "f1@steel:much", "f1@steel:-3", "f1@steel@北区"],
        lose=["nobody"],
        set=["weights.gpa=3", "weights.gap=many", "status.strong_at=-1", "weights.gap"],
        district=["东区.land=3", "南区.land_mu=3", "东区.land_mu=x", "东区"],
    )  # fmt: skip
    assert isinstance(found, Problems)
    assert len(found.lines("zh")) == 15
    text = "\n".join(found.lines("en"))
    assert "steel" in text and "weights.gap" in text and "land_mu" in text


def test_a_word_that_is_a_link_and_a_firm_must_be_told_apart(tmp_path: Path) -> None:
    study = opened(tmp_path, {"f1": {}, "steel": {}}, presence=[made()])
    assert isinstance(changes_of(study, CHAIN, lose=["f1"]), Problems)
    assert after_of(study, lose=["link:f1"]) == {"f1": "missing", "steel": "present"}
    assert after_of(study, lose=["firm:f1"]) == {"f1": "unknown", "steel": "unknown"}


def test_the_command_names_all_wrong_words_and_leaves_no_traceback(tmp_path: Path) -> None:
    del tmp_path
    done = chainmap(
        "whatif", "hydrogen", "--land", "no-such@nowhere", "--lose", "x", "--set", "a.b=1"
    )
    said_there = done.stderr.decode()
    assert done.returncode == 2 and not done.stdout
    assert all(word in said_there for word in ("no-such", "nowhere", "x", "a.b"))
    assert "Traceback" not in said_there


# The command


LANDING = ("whatif", "hydrogen", "--lose", "green-hydrogen")


def test_a_run_writes_nothing_and_can_be_taken_back(tmp_path: Path) -> None:
    own = copy_of(ROOT, tmp_path / "own")
    files = {path: path.read_bytes() for path in sorted(own.rglob("*")) if path.is_file()}
    before = chainmap("gaps", "hydrogen", "--all", "--format", "json", workspace=own).stdout
    done = chainmap(*LANDING, "--format", "json", workspace=own)
    assert done.returncode == 0, done.stderr.decode()
    assert {path: path.read_bytes() for path in sorted(own.rglob("*")) if path.is_file()} == files
    after = chainmap("gaps", "hydrogen", "--all", "--format", "json", workspace=own).stdout
    assert after == before
    shutil.rmtree(own)


def test_each_printed_figure_answers_why(tmp_path: Path) -> None:
    del tmp_path
    rows = as_json(*LANDING, "--draws", "50", "--plan")["rows"]
    # On a screen what is unknown is named and not unfolded; the data form unfolds everything.
    plans = [row for row in rows if row["what"].startswith("plan_")]
    changed = [row for row in rows if row["before"] != row["after"]] + plans
    changed = [row for row in changed if row["after"] is not None]
    assert len({row["what"] for row in plans}) == 4 and changed
    for what in dict.fromkeys(row["what"] for row in changed):
        row = next(one for one in changed if one["what"] == what)
        done = chainmap("why", row["ref"], "--column", "after")
        assert done.returncode == 0, (row["ref"], done.stderr.decode())
        said_there = done.stdout.decode()
        assert "假设" in said_there
        # A record is told in words, and not as the code has it.
        assert not re.search(r"[A-Z][A-Za-z]+\([a-z_]+=", said_there)
