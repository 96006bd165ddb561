"""Candidates, marks, scores and order of random workspaces, beside the brute-force oracle."""

from __future__ import annotations

import dataclasses
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import oracle
import random_worlds
import rank_oracle
from agreement import differences, same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import World
from rank_worlds import foretold, rank_worlds, renamed, reordered, with_newcomer
from world_changes import new_names

from chainmap.rank.ranks import Request
from chainmap.rank.robust import Ranking
from chainmap.study import Study, open_study

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
RANK_KEYS = {
    *("ref", "position", "firm", "name", "chain", "link", "kind", "suspect", "settled", "basis"),
    *("score", "impact", "likelihood", "rank_p05", "rank_p95", "p_top", "criteria", "unknown"),
    *("evidence_grade", "sources"),
    # Beside the contract, for the bar and the error.
    *("rank_p25", "rank_p75", "rank_median", "p_top_error"),
}
NUMBERS = {
    "weights.gap": [0, 40],
    "weights.fit": [0, 5],
    "weights.pull": [0, 33],
    "weights.signals": [0, 50],
    "weights.closeness": [0, 3],
    "weights.headroom": [0, 3],
    "fit.main": [90],
    "fit.minor": [30, 100],
    "fit.other_product": [0, 1],
    "fit.match_ceiling": [0, 100],
    "fit.industry_ceiling": [20],
    "strength.lo": [0.1, 10000],
    "strength.hi": [100, 1],
    "pull.named": [60],
    "pull.product": [80],
    "pull.link": [0],
    "cluster.full": [1, 2.5],
    "signals.middle": [0, 80],
    "signals.half_life_years": [0.5, 10],
    "signals.unknown_low": [0, 70],
    "signals.elsewhere": [-1, 0.5],
    "signals.weights.exit": [-200],
    "signals.weights.expansion": [0, 99],
    "closeness.market": [0, 4],
    "closeness.resource": [0],
    "closeness.chain": [0, 2],
    "headroom.large_sites": [1, 2],
    "headroom.sales": [33],
}
Pair = tuple[str, str]
thorough = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@contextmanager
def written(world: World) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        random_worlds.write(world, Path(directory))
        yield Path(directory)


def opened(path: Path) -> Study:
    study = open_study(path)
    assert [one.line("en") for one in study.problems if one.severity == "error"] == []
    return study


def few(chain: str | None = "probe", **more: Any) -> Request:
    """A request with few draws: the drawing itself is not what is looked at here."""
    return Request(chain, **{"draws": 20, **more})


def ranking(world: World, chain: str | None = "probe", **more: Any) -> Ranking:
    with written(world) as path:
        return opened(path).ranking(few(chain, **more))


def by_pair(rows: list[dict[str, Any]]) -> dict[Pair, dict[str, Any]]:
    found = {(row["firm"], row["link"]): row for row in rows}
    assert len(found) == len(rows), "a candidate stands twice"
    return found


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its marks and ranges as values of their own."""
    found = {name: row[name] for name in ("kind", "suspect", "settled", "basis")}
    found |= {name: row[name] for name in ("score", "impact", "likelihood")}
    found |= {f"criterion {name}": value for name, value in row["criteria"].items()}
    for name, (low, high) in row["unknown"].items():
        found |= {f"lowest {name}": low, f"highest {name}": high}
    return found | {"what is unknown": sorted(row["unknown"])}


def alike(found: dict[Pair, dict[str, Any]], wanted: dict[Pair, dict[str, Any]]) -> None:
    assert (
        differences(
            {" ".join(pair): flat(row) for pair, row in found.items()},
            {" ".join(pair): flat(row) for pair, row in wanted.items()},
        )
        == []
    )


def assert_in_order(rows: list[dict[str, Any]], wanted: dict[Pair, dict[str, Any]]) -> None:
    """By score; equal ones by firm, then link. Sums in another order may differ in the last bit."""
    for one, other in itertools.pairwise(rows):
        above = wanted[one["firm"], one["link"]]["score"]
        below = wanted[other["firm"], other["link"]]["score"]
        if abs(above - below) < 1e-11:
            assert (one["firm"], one["link"]) < (other["firm"], other["link"])
        else:
            assert above > below - 2e-9


def assert_agreement(world: World) -> None:
    with written(world) as path:
        study = opened(path)
        for chain in world.chains:
            wanted = rank_oracle.answer(path, chain)
            found = study.ranking(few(chain))
            rows = by_pair(found.rows)
            alike(rows, wanted["ranked"])
            assert_in_order(found.rows, wanted["ranked"])
            assert [row["position"] for row in found.rows] == [*range(1, len(rows) + 1)]
            here = study.ranking(few(chain, basis="expansion"))
            assert {p: row["basis"] for p, row in by_pair(here.rows).items()} == wanted["expansion"]
            open_link = study.ranking(few(chain, basis="any"))
            assert sorted(row["firm"] for row in open_link.rows) == wanted["undecided"]
            assert {row["link"] for row in open_link.rows} <= {None}
            counts = (len(wanted["expansion"]), len(wanted["undecided"]))
            assert (found.expansion, found.undecided) == counts
            gone = {row["firm"] for row in found.rows if wanted["gone"][row["firm"]]}
            assert {one["firm"] for one in found.gone} == gone
            for one in found.gone:
                row = wanted["gone"][one["firm"]]
                assert (one["toward"], one["date"]) == (row["toward"], row["date"])


@thorough
@given(rank_worlds(ties=True))
def test_candidates_marks_ranges_scores_and_order_are_the_oracles(world: World) -> None:
    assert_agreement(world)


@thorough
@given(
    rank_worlds(ties=True),
    st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(values) for name, values in NUMBERS.items()}
    ),
)
def test_every_number_of_a_mark_is_a_setting(world: World, numbers: dict[str, float]) -> None:
    assert_agreement(dataclasses.replace(world, numbers=numbers))


@thorough
@given(rank_worlds())
def test_every_reason_leads_to_one_place(world: World) -> None:
    """Ranking, expansion list, or a link without a gap: each reason is in exactly one of them."""
    reasons = set()
    with written(world) as path:
        study = opened(path)
        files = rank_oracle.read_files(path, "probe")
        for firm, link in itertools.product(rank_oracle.known_firms(files), files.case.links):
            if rank_oracle.basis(files, firm, link):
                reasons.add((firm, link))
        ranked = set(by_pair(study.ranking(few()).rows))
        expansion = set(by_pair(study.ranking(few(basis="expansion")).rows))
        kinds = {row["link"]: row["kind"] for row in study.gap_rows("probe", all_links=True)}
        undecided = {row["firm"] for row in study.ranking(few(basis="any")).rows}
    closed = {pair for pair in reasons if kinds[pair[1]] in ("none", "planned", "covered")}
    assert not ranked & expansion
    assert not ranked & closed
    assert ranked | expansion | closed == reasons
    assert not undecided & {firm for firm, _ in reasons}


@thorough
@given(rank_worlds(ties=True))
def test_rows_have_their_keys_and_cite_what_stands_behind_them(world: World) -> None:
    with written(world) as path:
        found = opened(path).ranking(few())
        wanted = rank_oracle.answer(path, "probe")
        behind = oracle.answer(path, "probe")["sources"]
    links = {link["id"] for link in world.chains["probe"]["panorama"]["links"]}
    for row in found.rows:
        assert row.keys() == RANK_KEYS
        assert row["ref"] == f"probe/{row['link']}/{row['firm']}"
        assert row["link"] in links
        basis = wanted["ranked"][row["firm"], row["link"]]["basis_sources"]
        cited = row["sources"]
        assert len(set(cited)) == len(cited)
        assert basis | {*behind[row["link"]]["must"]} <= {*cited}
        assert {*cited} <= basis | {*behind[row["link"]]["may"]}
        assert row["evidence_grade"] == max(random_worlds.GRADES[source] for source in cited)
        for name, (low, high) in row["unknown"].items():
            assert 0 <= low < high <= 100
            assert same(row["criteria"][name], (low + high) / 2)
        for value in (*row["criteria"].values(), row["score"]):
            assert -1e-9 <= value <= 100 + 1e-9


def never_below(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether every criterion of one is at least the other's, whatever the unknowns turn out."""
    for name, (base, moves) in one["marks"].items():
        other_base, other_moves = other["marks"][name]
        least = base - other_base
        for quantity in {**moves, **other_moves}:
            scale, low, high = moves.get(quantity, (0.0, 0.0, 0.0))
            less, low_too, high_too = other_moves.get(quantity, (0.0, low, high))
            low, high = (low, high) if quantity in moves else (low_too, high_too)
            least += min((scale - less) * low, (scale - less) * high)
        if least < 0:
            return False
    return True


@thorough
@given(rank_worlds(ties=True), st.sampled_from(["around", "any", "order"]))
def test_who_is_never_below_is_never_ranked_below(world: World, scheme: str) -> None:
    """What two rows share as unknown is drawn once for both, so it cannot part them."""
    with written(world) as path:
        found = opened(path).ranking(few(weights=scheme, top=2))
        wanted = rank_oracle.answer(path, "probe")["ranked"]
    rows = by_pair(found.rows)
    for one, other in itertools.permutations(rows, 2):
        if never_below(wanted[one], wanted[other]):
            for end in ("rank_p05", "rank_p95"):
                assert rows[one][end] <= rows[other][end]
            assert rows[one]["p_top"] >= rows[other]["p_top"] - 1e-9
    assert same(float(sum(row["p_top"] for row in found.rows)), float(min(2, len(rows))))
    assert all(1 <= row["rank_p05"] <= row["rank_p95"] <= len(rows) for row in found.rows)


# What must not matter


def assert_unchanged(changed: World, world: World) -> None:
    found, old = ranking(changed), ranking(world)
    alike(by_pair(found.rows), by_pair(old.rows))
    assert [row["ref"] for row in found.rows] == [row["ref"] for row in old.rows]
    assert [row["rank_p05"] for row in found.rows] == [row["rank_p05"] for row in old.rows]
    assert [row["rank_p95"] for row in found.rows] == [row["rank_p95"] for row in old.rows]
    for one, other in zip(found.rows, old.rows, strict=True):
        assert sorted(one["sources"]) == sorted(other["sources"])
    assert (found.expansion, found.undecided) == (old.expansion, old.undecided)


@thorough
@given(rank_worlds(), st.integers(0, 2**32))
def test_another_order_of_files_and_rows_changes_nothing(world: World, seed: int) -> None:
    assert_unchanged(reordered(world, Random(seed)), world)


@thorough
@given(st.data())
def test_what_is_dated_after_the_study_date_changes_nothing(data: st.DataObject) -> None:
    world = data.draw(rank_worlds())
    assert_unchanged(data.draw(foretold(world)), world)


@thorough
@given(rank_worlds(), st.integers(0, 2**32))
def test_new_ids_change_nothing_but_the_order_of_equals(world: World, seed: int) -> None:
    names = new_names(world, Random(seed))
    found = ranking(renamed(world, names), names.chains["probe"])
    old = ranking(world)
    wanted = {
        (names.firms[firm], names.links["probe", link]): row
        for (firm, link), row in by_pair(old.rows).items()
    }
    alike(by_pair(found.rows), wanted)
    assert_in_order(found.rows, wanted)
    assert (found.expansion, found.undecided) == (old.expansion, old.undecided)


@thorough
@given(st.data())
def test_a_newcomer_changes_no_score_but_its_own(data: st.DataObject) -> None:
    world = data.draw(rank_worlds())
    found = ranking(data.draw(with_newcomer(world)))
    before = ranking(world)
    others = [row for row in found.rows if row["firm"] != "newcomer"]
    alike(by_pair(others), by_pair(before.rows))
    assert [row["ref"] for row in others] == [row["ref"] for row in before.rows]


@thorough
@given(rank_worlds(), st.integers(1, 6))
def test_top_only_cuts(world: World, top: int) -> None:
    with written(world) as path:
        study = opened(path)
        whole, cut = study.ranking(few(None)), study.ranking(few(None, top=top))
    assert cut.top == top
    for one, other in zip(cut.rows, whole.rows, strict=True):
        share = {"p_top": 0, "p_top_error": 0}  # these two are about the first `top`
        assert {**one, **share} == {**other, **share}


@thorough
@given(rank_worlds(), st.data())
def test_a_filter_lets_through_and_changes_no_score(world: World, data: st.DataObject) -> None:
    with written(world) as path:
        study = opened(path)
        rows = study.ranking(few(None)).rows
        links = [link["id"] for link in world.chains["probe"]["panorama"]["links"]]
        wanted = {
            "link": data.draw(st.sampled_from([None, *links])),
            "kind": data.draw(st.sampled_from([None, "check", "fill", "strengthen"])),
            "basis": data.draw(st.sampled_from([None, "activity", "match", "industry"])),
        }
        found = study.ranking(few(None, **wanted)).rows
    kept = [row for row in rows if all(v is None or row[k] == v for k, v in wanted.items())]
    assert [row["ref"] for row in found] == [row["ref"] for row in kept]
    for one, other in zip(found, kept, strict=True):
        assert flat(one) == flat(other)
