"""``why`` for a reader: formulas with their numbers, intervals, and what a score rests on."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from read_back import ReadBack, calculated, graded, nodes
from running import ROOT, as_json, chainmap

from chainmap.core.derivation import Figure, replay
from chainmap.core.formula import Work, exact, least, ln, most, ratio, shown, total, within
from chainmap.core.text import width
from chainmap.core.words import WORDS
from chainmap.find.value import percent_mean
from chainmap.rank.criteria import decayed, log_scale
from chainmap.rank.ranks import Request
from chainmap.show.why import tree
from chainmap.show.why_data import as_data, plain
from chainmap.show.why_tree import tree_lines
from chainmap.study import RULES, Study, open_study
from chainmap.study.trust import BUCKETS

CHAIN = "hydrogen"
Tree = dict[str, Any]
numbers = st.floats(0.001, 1e6, allow_nan=False)
signed = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(ROOT)


# Formulas are computed and written down by the same lines


def read(work: Work) -> Any:
    return calculated({"exact": exact(work.term)})


@given(st.dictionaries(st.text("abc", min_size=1), st.tuples(numbers, signed), min_size=1))
def test_a_mean_is_written_as_it_is_computed(terms: dict[str, tuple[float, float]]) -> None:
    value = percent_mean(terms)
    assert read(Work("", percent_mean, (terms,), value)) == value


@given(numbers, numbers, numbers.filter(lambda high: high > 0.01))
def test_a_scale_is_written_as_it_is_computed(amount: float, low: float, high: float) -> None:
    if math.log(high / low) == 0:
        return
    value = log_scale(amount, low, high)
    assert read(Work("", log_scale, (amount, low, high), value)) == value


@given(
    signed,
    st.lists(st.one_of(st.tuples(signed, numbers), st.tuples(signed, signed, numbers))),
    numbers,
)
def test_a_decay_is_written_as_it_is_computed(
    middle: float, events: list[tuple[float, ...]], half_life: float
) -> None:
    value = decayed(middle, events, half_life, 365.25)
    assert read(Work("", decayed, (middle, events, half_life, 365.25), value)) == value


def nested(a: Any, b: Any, c: Any) -> Any:
    return (a - (b - c)) * (a + b) / (c / (a * b)) - total([a, b, c]) * ln(most(a, 1) / 0.5**b)


@given(st.floats(0.5, 9), st.floats(0.5, 9), st.floats(0.5, 9))
def test_brackets_stand_where_the_order_needs_them(a: float, b: float, c: float) -> None:
    value = nested(a, b, c)
    assert read(Work("", nested, (a, b, c), value)) == value


def test_a_reader_sees_rounded_numbers_and_no_idle_bound() -> None:
    terms = {"value": (3.0, 0.62), "dependents": (3.0, 0.4), "wanted": (2.0, 1.0)}
    work = Work("", percent_mean, (terms,), percent_mean(terms))
    said = shown(work.term, lambda label: {"value": "金额"}.get(label, ""))
    assert said == "100×(金额3×0.62 + 3×0.4 + 2×1) / (3 + 3 + 2)"

    def bounded(value: Any) -> Any:
        return within(0.0, 100 * value, 100.0)

    assert shown(Work("", bounded, (0.5,), 50.0).term) == "100×0.5"
    assert shown(Work("", bounded, (2.0,), 100.0).term) == "min(100, 100×2)"
    assert least(1.0, 2.0) == 1.0 and ratio(1, 4) == 0.25


# The screen


def lines_of(study: Study, ref: str, column: str | None = None, lang: str = "zh") -> list[str]:
    sources = {row.text("source"): row for row in study.workspace.rows("sources")}
    figure = study.why(ref, column, Request(chain=CHAIN))
    node = tree(figure, sources.get, lang)
    return ["".join(text for text, _ in line) for line in tree_lines(node, 80)]


def every_cell(study: Study) -> Iterator[tuple[str, str]]:
    """Some row of each kind, with each of its columns."""
    draw = random.Random(5)
    refs = {
        "chain": CHAIN,
        "link": draw.choice(study.gap_rows(CHAIN, True))["ref"],
        "candidate": draw.choice(study.ranking(Request(CHAIN)).rows)["ref"],
    }
    for ref in refs.values():
        for column in study.understood(ref).kind.columns:
            yield ref, column


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_has_a_tree_that_fits_a_narrow_terminal(study: Study, lang: str) -> None:
    for ref, column in every_cell(study):
        lines = lines_of(study, ref, column, lang)
        assert lines[0].startswith(f"{column}: "), (ref, column)
        assert all(width(line) <= 80 for line in lines)


def test_a_gbk_console_shows_the_formulas() -> None:
    ref = as_json("rank", CHAIN, "--top", "1")["rows"][0]["ref"]
    done = chainmap("why", ref, "--column", "score", env={"PYTHONIOENCODING": "gbk:strict"})
    assert done.returncode == 0 and "25×" in done.stdout.decode("gbk")


def test_a_priority_shows_its_formula_with_the_numbers_put_in(study: Study) -> None:
    row = next(r for r in study.gap_rows(CHAIN) if r["priority"] and r["critical"])
    text = "".join(lines_of(study, row["ref"], "priority"))
    assert re.search(r"优先度 = 100×\(.*关键2×1 ?\+ .*\) / \(.*\) = ", text.replace("|   ", ""))


def test_a_score_shows_three_formulas(study: Study) -> None:
    (row, *_) = study.ranking(Request(CHAIN)).rows
    text = "\n".join(lines_of(study, row["ref"], "score"))
    for word in ("得分 = ", "影响 = ", "可能性 = ", "缺口优先度25×"):
        assert word in text


def test_an_interval_names_draws_seed_own_marks_and_rivals_on_one_page(study: Study) -> None:
    rows = study.ranking(Request(CHAIN)).rows
    row = rows[9]
    lines = lines_of(study, row["ref"], "rank_p95")
    text = "\n".join(lines)
    assert len(lines) < 40
    assert "1000" in text and "20260101" in text and f"{len(rows)} 行" in text
    assert f"{row['rank_p05']}-{row['rank_p95']}" in text
    for rival in rows[6:13]:
        assert f"{rival['position']}. {rival['ref']}" in text
    for name in row["criteria"]:
        assert WORDS[f"criterion.{name}"][0] in text


def test_a_rank_among_all_chains_is_asked_for_by_name() -> None:
    ref = f"{CHAIN}/" + as_json("rank", CHAIN, "--top", "1")["rows"][0]["ref"].split("/", 1)[1]
    rows = as_json("rank", "--draws", "60")["rows"]
    (wanted,) = [row for row in rows if row["ref"] == ref]
    among = ("--among", "all", "--draws", "60", "--column", "rank_p95")
    done = chainmap("why", ref, *among)
    assert done.stdout.decode().startswith(f"rank_p95: {wanted['rank_p95']}\n")
    own = chainmap("why", ref, "--column", "rank_p95").stdout.decode()
    assert not own.startswith(f"rank_p95: {wanted['rank_p95']}\n")


def test_every_rule_has_a_name_that_a_reader_knows() -> None:
    for rule in RULES:
        key = rule if rule.startswith("criterion.") else f"rule.{rule}"
        assert rule == "cell" or key in WORDS, rule


# A figure stands once


@pytest.mark.parametrize(
    ("ref", "column"), [(f"{CHAIN}/refuelling-station", None), ("", "rank_p05")]
)
def test_what_is_shared_stands_once_and_then_by_its_number(
    study: Study, ref: str, column: str | None
) -> None:
    ref = ref or study.ranking(Request(CHAIN)).rows[0]["ref"]
    told = () if column is None else ("--column", column)
    (row,) = as_json("why", ref, *told, "--draws", "9")["rows"]
    known: set[int] = set()
    content = set()
    again = 0
    for node in nodes(row["tree"]):
        if "seen" in node:
            assert node == {"id": node["id"], "seen": True} and node["id"] in known
            again += 1
            continue
        assert node["id"] not in known
        known.add(node["id"])
        own = {key: value for key, value in node.items() if key not in ("id", "inputs")}
        told_once = json.dumps(own, sort_keys=True)
        assert told_once not in content or own.get("kind") == "rows"
        content.add(told_once)
    assert again > 20 and known == set(range(1, len(known) + 1))


def test_the_screen_numbers_what_it_refers_to_again(study: Study) -> None:
    numbered = 0
    for ref, column in every_cell(study):
        text = "".join(line.strip("|`-+ ") for line in lines_of(study, ref, column))
        text = text.replace(" ", "")
        once, again = re.findall(r"(?<!见上文)#(\d+)", text), re.findall(r"见上文#(\d+)", text)
        for number in again:
            assert text.index(f"#{number}") < text.index(f"上文#{number}")
        # Each number that is referred to stands once where it is unfolded, and there is no other.
        assert once == sorted({*again}, key=int) == [str(at + 1) for at in range(len(once))]
        numbered += len(once)
    assert numbered > 20


def test_the_table_form_has_the_numbers_too() -> None:
    done = chainmap("why", f"{CHAIN}/refuelling-station", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))
    firsts = {row["id"] for row in rows if not row["seen"]}
    assert len(firsts) == sum(not row["seen"] for row in rows)
    again = [row for row in rows if row["seen"]]
    assert again and all(row["id"] in firsts and row["rule"] for row in again)


# Firms whose link is not decided


def test_a_firm_without_a_link_answers_why() -> None:
    rows = as_json("rank", CHAIN, "--basis", "any")["rows"]
    assert rows and all(row["link"] is None for row in rows)
    study = open_study(ROOT)
    wanted = {code[:3] for link in study.chain(CHAIN).links for code in link.industry}
    for row in random.Random(3).sample(rows, min(len(rows), 12)):
        assert row["ref"] == f"undecided/{CHAIN}/{row['firm']}"
        columns = study.understood(row["ref"]).kind.columns
        assert {"ref", "firm", "name", "chain", "basis", "evidence_grade", "sources"} <= {*columns}
        for column in columns:
            figure = study.why(row["ref"], column)
            assert plain(figure.value) == row[column], column
            assert replay(study.book, figure) == figure.value
            back = ReadBack(study, read_tree(figure))
            assert plain(back.value(back.figure(read_tree(figure)))) == row[column]
        cells = [
            one for one in nodes(read_tree(study.why(row["ref"]))) if one.get("kind") == "cell"
        ]
        codes = {code for cell in cells for code in cell["value"] if cell["name"] == "industry"}
        assert wanted & {code[:3] for code in codes}
    told = chainmap("why", rows[0]["ref"])
    assert told.returncode == 0 and "data/" in told.stdout.decode()


def read_tree(figure: Figure) -> Tree:
    found: Tree = json.loads(json.dumps(as_data(figure, {}.get)))
    return found


def test_a_firm_that_is_not_listed_apart_has_no_such_ref() -> None:
    ranked = as_json("rank", CHAIN)["rows"][0]["firm"]
    done = chainmap("why", f"undecided/{CHAIN}/{ranked}")
    assert done.returncode == 2 and b"Traceback" not in done.stderr


# What a score rests on


def whole(study: Study, rule: str, *args: str) -> Tree:
    """A figure's derivation with nothing left out."""
    sources = {row.text("source"): row for row in study.workspace.rows("sources")}
    data: Tree = json.loads(json.dumps(as_data(study.book.figure(rule, *args), sources.get)))
    return data


def test_coverage_is_what_the_printed_derivations_say(study: Study) -> None:
    draw = random.Random(11)
    weights = study.world.settings.group("weights")
    rows = [row for c in (CHAIN, "textile") for row in study.ranking(Request(c)).rows]
    seen = set()
    for row in draw.sample(rows, 40):
        chain, link, firm = row["ref"].split("/")
        expected = dict.fromkeys(BUCKETS, 0.0)
        for name, weight in weights.items():
            args = study.understood(row["ref"]).kind.columns[f"criteria.{name}"].args
            grade = graded(whole(study, f"criterion.{name}", *args((firm, chain, link))))
            seen.add(grade)
            expected[grade] += weight / sum(weights.values())
        got = study.book.value("coverage.candidate", firm, chain, link)
        assert got == pytest.approx(expected)
    assert seen == set(BUCKETS)


@pytest.mark.parametrize(
    "command",
    [("rank", CHAIN), ("rank", CHAIN, "--list", "global500"), ("table", CHAIN), ("gaps", CHAIN),
     ("gaps",), ("report", CHAIN), ("ledger",), ("relocation",), ("leaders",),
     ("backtest", "--as-of", "2019-12-31", "--until", "2022-12-31")],
    ids=" ".join,
)  # fmt: skip
def test_every_report_states_its_coverage_and_it_sums_to_one(command: tuple[str, ...]) -> None:
    coverage = as_json(*command)["coverage"]
    assert tuple(coverage) == BUCKETS
    assert sum(coverage.values()) == pytest.approx(1)
    assert all(share >= 0 for share in coverage.values())
    said = chainmap(*command, env={"COLUMNS": "80"}).stdout.decode()
    (line,) = [one for one in said.splitlines() if one.startswith("证据覆盖（按")]
    assert f"{coverage['unknown']:.0%}" in line


def test_the_coverage_of_a_report_answers_why() -> None:
    for report in ("rank", "gaps"):
        printed = as_json(report, CHAIN)["coverage"]
        (row,) = as_json("why", f"coverage/{report}/{CHAIN}")["rows"]
        assert row["tree"]["value"] == printed
        for node in nodes(row["tree"]):
            for formula in node.get("formulas", ()):
                assert calculated(formula) == formula["value"]


def test_a_report_without_rows_rests_on_nothing() -> None:
    done = as_json("rank", CHAIN, "--kind", "build", "--list", "private500")
    assert done["rows"] == [] and done["coverage"] is None


@pytest.mark.parametrize("ref", ["coverage/nosuch/all", "coverage/rank", "coverage/rank/x"])
def test_a_wrong_ref_of_a_report_is_wrong_usage(ref: str) -> None:
    done = chainmap("why", ref)
    assert done.returncode == 2 and b"Traceback" not in done.stderr
