"""The kernels against ten lines of plain Python: the same rows, to the byte."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screen_made import (
    LETTERS,
    batch,
    firm,
    made_rows,
    made_rule,
    real_rule,
    rows_of,
    rule_of,
    scopes_like,
)
from screen_oracle import best

from chainmap.screen.best import Floor, merge, schema
from chainmap.screen.kernel import Matcher, kernel
from chainmap.screen.rule import LinkWords, Rule, link_words, make_rule
from chainmap.screen.weights import Sample, hashed, weights
from chainmap.screen.wire import written

Row = dict[str, Any]
BOTH = pytest.mark.parametrize("fast", [False, True], ids=["library", "compiled"])


def found(rule: Rule, rows: list[Row], fast: bool, size: int = 1 << 16) -> pa.Table:
    one = kernel(rule, fast)
    fed(one, rows, size)
    return one.result()


def fed(one: Matcher, rows: list[Row], size: int) -> None:
    for at in range(0, len(rows), size):
        one.add(batch(rows[at : at + size]))


WORD = st.text(st.sampled_from(LETTERS[:14]), min_size=2, max_size=4)
SCOPE = st.text(st.sampled_from(LETTERS) | st.characters(exclude_categories=["Cs"]), max_size=40)
FIRM = st.builds(
    firm,
    st.text(st.sampled_from("ab\uffee😀"), min_size=1, max_size=2),
    SCOPE,
    st.sampled_from([-1, 0, 7, 2**63 - 1]),
    st.sampled_from(["甲", "乙"]),
)


@settings(max_examples=100, deadline=None)
@given(
    links=st.lists(st.tuples(st.lists(WORD, max_size=5), st.lists(WORD, max_size=2)), max_size=4),
    rows=st.lists(FIRM, max_size=25),
    keep=st.integers(1, 5),
    size=st.integers(1, 30),
    chance=st.randoms(use_true_random=False),
)
def test_kernels_in_any_order_and_batches_find_what_the_definition_says(
    links: list[tuple[list[str], list[str]]],
    rows: list[Row],
    keep: int,
    size: int,
    chance: random.Random,
) -> None:
    rule = rule_of(*[(" ".join(some), " ".join(none)) for some, none in links], keep=keep)
    expected = best(rows, rule)
    one = found(rule, rows, fast=False)
    assert rows_of(one) == expected
    mixed = chance.sample(rows, len(rows))
    for fast in (False, True):
        assert written(found(rule, mixed, fast, size)) == written(one)


@BOTH
@pytest.mark.parametrize("keep", [1, 20, 10_000])
def test_thousands_of_rows_with_ties_and_firms_that_come_again(keep: int, fast: bool) -> None:
    chance = random.Random(keep)
    rule = made_rule(chance, links=8, keep=keep)
    rows = made_rows(chance, 9_000)
    expected = best(rows, rule)
    for size in (9_000, 1_000):
        assert rows_of(found(rule, rows, fast, size)) == expected


@BOTH
def test_the_words_of_real_chains(fast: bool) -> None:
    rule = real_rule(("hydrogen", "integrated-circuits"), keep=7)
    rows = scopes_like(rule, random.Random(3), 3_000)
    expected = best(rows, rule)
    assert len(expected) > 3 * len(rule.links)
    assert rows_of(found(rule, rows, fast)) == expected


@BOTH
def test_what_the_rule_says_of_overlaps_excludes_and_spellings(fast: bool) -> None:
    rule = rule_of(("硅片 光伏硅片 伏硅", "碳化硅片"), ("pem电解槽", ""), keep=9)
    weight = rule.weights
    three = weight["硅片"] + weight["光伏硅片"] + weight["伏硅"]
    rows = [
        firm("1", "光伏硅片、光伏硅片"),
        firm("2", "硅片"),
        firm("3", "光伏硅片；碳化硅片"),
        firm("4", "ＰＥＭ電解槽"),
        firm("5", "光伏 硅片"),
        firm("6", "pem电解\u200b槽"),
    ]
    assert rows_of(found(rule, rows, fast)) == [
        (0, "1", "", "", -1, three, "硅片|光伏硅片|伏硅"),
        (0, "2", "", "", -1, weight["硅片"], "硅片"),
        (0, "5", "", "", -1, weight["硅片"], "硅片"),
        (1, "4", "", "", -1, weight["pem电解槽"], "pem电解槽"),
    ]  # fmt: skip


@BOTH
def test_the_order_is_score_then_capital_then_id_and_unknown_capital_is_last(fast: bool) -> None:
    rule = rule_of(("硅片 电池", ""), keep=5)
    rows = [
        firm("z", "硅片", 0),
        firm("b", "硅片", 5),
        firm("a", "硅片", -1),
        firm("😀", "硅片", 5),
        firm("\uffee", "硅片", 5),
        firm("c", "硅片电池", -1),
    ]
    order = [row[1] for row in rows_of(found(rule, rows, fast))]
    assert order == ["c", "b", "\uffee", "😀", "z"]


@BOTH
def test_ids_that_begin_alike_for_longer_than_the_floor_looks(fast: bool) -> None:
    rule = rule_of(("硅片", ""), keep=3)
    rows = [firm("x" * 40 + str(at % 7_000), "硅片") for at in range(9_000)]
    random.Random(1).shuffle(rows)
    assert rows_of(found(rule, rows, fast, 500)) == best(rows, rule)


@BOTH
def test_a_firm_that_comes_many_times_in_a_batch_takes_one_place(fast: bool) -> None:
    rule = rule_of(("硅片", ""), keep=3)
    rows = [firm("same", "硅片", 9) for _ in range(20)]
    rows += [firm(f"f{at:04}", "硅片", at % 8) for at in range(6_000)]
    expected = best(rows, rule)
    assert [row[1] for row in expected] == ["same", "f0007", "f0015"]
    assert rows_of(found(rule, rows, fast)) == expected


@BOTH
@pytest.mark.parametrize("keep", [1, 7, 60])
def test_what_stands_behind_a_floor_is_left_out_and_nothing_else(keep: int, fast: bool) -> None:
    chance = random.Random(keep)
    rule = rule_of(("硅片 光伏硅片 电池", "坏词"), ("电池 光伏", ""), ("坏词", ""), keep=keep)
    scopes = ["硅片", "光伏硅片", "电池", "电池硅片", "坏词硅片", "光伏"]
    rows = [
        firm(f"{at:04}", chance.choice(scopes), chance.choice((-1, 3, 4))) for at in range(9_000)
    ]
    chance.shuffle(rows)
    one, floor, whole = kernel(rule, fast), Floor(len(rule.links)), schema().empty_table()
    taken = 0
    # Large batches and small ones: the floor rises inside a batch, between them, and by merging.
    for start, end in [(0, 5_000), (5_000, 5_010), (5_010, 5_400), (5_400, 9_000)]:
        one.start(floor)
        fed(one, rows[start:end], 4_900)
        taken += one.result().num_rows
        whole = merge([whole, one.result()], keep)
        floor = floor.copy()
        floor.rise(whole, keep)
    assert rows_of(whole) == best(rows, rule)
    assert taken < 4 * whole.num_rows
    fed(one, rows[:9_000], 2_000)
    assert rows_of(merge([whole, one.result()], keep)) == best(rows, rule)


@BOTH
def test_scopes_that_no_register_should_hold(fast: bool) -> None:
    rule = rule_of(("硅片 (株)社 ガス 각도", "坏词"), keep=50)
    long = "光伏" * 300_000
    texts = [
        "", "\0硅片\0", "硅\0片", long + "硅片", long, "\ufdfa" * 9_000 + "硅片", "😀硅片😀",
        "㈱社", "ｶﾞｽ", "カ\u3099ス", "가\u11a8도", "각도", "硅\u0301片", "硅片\u0301", "\u0301硅片",
        "硅片坏词", "\U0010ffff硅片", "硅片\r\n硅片", "硅" * 99 + "片",
    ]  # fmt: skip
    rows = [firm(f"{at:02}", text) for at, text in enumerate(texts)]
    expected = best(rows, rule)
    assert {row[1] for row in expected} >= {"01", "03", "05", "06", "07", "08", "09", "10", "11"}
    assert rows_of(found(rule, rows, fast)) == expected


@BOTH
def test_a_link_with_more_words_than_a_machine_word_has_bits(fast: bool) -> None:
    words = [f"{chr(0x4E00 + at)}丙" for at in range(150)]
    rule = rule_of((" ".join(words), ""), ("甲丙", ""), keep=2)
    rows = [firm("1", "".join(words)), firm("2", words[64] + words[149]), firm("3", "甲丙")]
    assert rows_of(found(rule, rows, fast)) == best(rows, rule)


@BOTH
def test_nothing_to_find_and_nothing_to_look_in(fast: bool) -> None:
    some = [firm("1", "硅片")]
    for rule, rows in [
        (rule_of(("硅片", "")), []),
        (rule_of(("", "硅片"), ("", "")), some),
        (rule_of(), some),
    ]:
        table = found(rule, rows, fast)
        assert table.schema == schema() and table.num_rows == 0
    again = kernel(rule_of(("硅片", "")), fast)
    again.add(batch(some).slice(0, 0))
    again.add(batch([firm("0", ""), *some, firm("2", "")]).slice(1, 1))
    assert [row[1] for row in rows_of(again.result())] == ["1"]


def test_merging_tables_that_were_merged_changes_nothing() -> None:
    chance = random.Random(5)
    rule, rows = made_rule(chance, keep=4), made_rows(chance, 600)
    tables = [found(rule, rows[at : at + 50], fast=False) for at in range(0, 600, 50)]
    whole = written(merge(tables, 4))
    for _ in range(20):
        chance.shuffle(tables)
        cut = chance.randint(0, len(tables))
        parts = [merge(tables[:cut], 4), merge(tables[cut:], 4), *chance.choices(tables, k=2)]
        assert written(merge(parts, 4)) == whole
    assert rows_of(merge(tables, 4)) == best(rows, rule)


def test_a_rule_reads_back_and_its_digest_is_of_all_it_says() -> None:
    rule = rule_of(("硅片 光伏硅片", "碳化硅片"), ("电解槽", ""))
    assert Rule.of(rule.plain()) == rule
    others = [
        rule_of(("硅片 光伏硅片", "碳化硅片"), ("电解槽", ""), keep=4),
        rule_of(("硅片 光伏硅片", "碳化硅"), ("电解槽", "")),
        rule_of(("硅片 光伏硅片", "碳化硅片"), ("电解槽", ""), weights={"硅片": 9}),
    ]
    assert len({one.digest for one in (rule, *others)}) == 4


@pytest.mark.parametrize("weight", [0, -1, 1.5, True, "3", None, 2**31])
def test_a_weight_that_is_no_positive_integer_is_refused(weight: Any) -> None:
    with pytest.raises(ValueError, match="硅片"):
        make_rule([LinkWords("c", "l", ("硅片",))], {"硅片": weight}, 3)


def test_weights_that_add_up_beyond_32_bits_are_refused() -> None:
    with pytest.raises(ValueError, match="c/l"):
        make_rule([LinkWords("c", "l", ("硅片", "电池"))], {"硅片": 2**30, "电池": 2**30}, 3)


def test_the_words_of_a_link_are_its_name_and_products_normalised() -> None:
    from running import ROOT

    from chainmap.read.workspace import load

    chain = load(ROOT)[0].chains["integrated-circuits"]
    for words, link in zip(link_words(chain), chain.links, strict=True):
        assert words.link == link.id and words.include
        assert len(set(words.include)) == len(words.include) <= 1 + len(link.products)
        assert all(word == word.casefold() and len(word) > 1 for word in words.include)


def test_a_rare_word_weighs_more_and_a_longer_one_more_than_what_it_contains() -> None:
    links = [LinkWords("c", "l", ("硅片", "光伏硅片", "高效光伏硅片", "广告", "从未见过"))]
    scopes = ["广告"] * 60 + ["高效光伏硅片"] * 3 + ["其他"] * 36
    found = weights(scopes, links, 10)
    assert found["广告"] == 7  # 10 x log2(100 / 61)
    assert found["硅片"] == 46  # 10 x log2(100 / 4)
    assert found["光伏硅片"] == 47 and found["高效光伏硅片"] == 48
    assert found["从未见过"] == 66
    assert weights([], links, 10)["广告"] == 1


def test_a_sample_is_the_same_in_any_order_and_holds_a_firm_once() -> None:
    rows = [firm(f"f{at % 900}", f"经营{at}") for at in range(1_000)]
    chance = random.Random(2)
    expected = None
    for size in (7, 100, 1_000):
        chance.shuffle(rows)
        sample = Sample(50)
        for at in range(0, 1_000, size):
            sample.add(batch(rows[at : at + size]))
        expected = expected or sample.rows()
        assert sample.rows() == expected
    codes = {row["id"]: int(hashed(pa.array([row["id"]]))[0]) for row in rows}
    assert [row[1] for row in expected or ()] == sorted(codes, key=lambda one: codes[one])[:50]
    texts: dict[str, str] = {}
    for row in rows:
        texts[row["id"]] = min(texts.get(row["id"], row["scope"]), row["scope"])
    assert all(scope == texts[id] for _, id, scope in expected or ())


def test_hashes_do_not_depend_on_neighbours_and_spread() -> None:
    texts = ["", "a", "b", "ab", "硅", "x" * 50, *map(str, range(5_000))]
    codes = hashed(pa.array(texts)).tolist()
    assert codes == [int(hashed(pa.array([text]))[0]) for text in texts[:6]] + codes[6:]
    assert hashed(pa.array(["zz", *texts]).slice(1)).tolist() == codes
    assert len(set(codes)) == len(texts)
    assert 2_300 < sum(code < 2**63 for code in codes) < 2_700
