"""The kernels and the local driver against ten lines of plain Python."""

from __future__ import annotations

import random

import pytest
from screen_made import Held, batch, made_rows, made_rule, rows_of, rule_of
from screen_oracle import best

from chainmap.screen.kernel import kernel
from chainmap.screen.local import screen_local
from chainmap.screen.rule import Rule

KERNELS = (False, True)


def found(rule: Rule, rows: list[dict[str, object]], fast: bool) -> list[tuple[object, ...]]:
    one = kernel(rule, fast)
    one.add(batch(rows))
    return rows_of(one.result())


@pytest.mark.parametrize("fast", KERNELS)
@pytest.mark.parametrize("seed", range(20))
def test_a_kernel_finds_what_the_definition_says(seed: int, fast: bool) -> None:
    chance = random.Random(seed)
    rule, rows = made_rule(chance), made_rows(chance, 300)
    expected = best(rows, rule)
    assert len(expected) > 3
    assert found(rule, rows, fast) == expected
    parts = [Held(str(at), tuple(rows[at : at + 70])) for at in range(0, 300, 70)]
    assert rows_of(screen_local(parts, rule, workers=2, batch=16).best) == expected


def test_a_rule_reads_back_and_its_digest_is_of_all_it_says() -> None:
    rule = rule_of(("硅片 光伏硅片", "碳化硅片"), ("电解槽", ""))
    assert Rule.of(rule.plain()) == rule
    others = [
        rule_of(("硅片 光伏硅片", "碳化硅片"), ("电解槽", ""), keep=4),
        rule_of(("硅片 光伏硅片", "碳化硅"), ("电解槽", "")),
        rule_of(("硅片 光伏硅片", "碳化硅片"), ("电解槽", ""), weights={"硅片": 9}),
    ]
    assert len({one.digest for one in (rule, *others)}) == 4
