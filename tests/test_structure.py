"""Each chain says what industry texts say that it was not written from."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from running import ROOT

from chainmap.core.model import Chain
from chainmap.read.workspace import load

CASES = ROOT / "tests" / "cases" / "structure"
CHAINS = {chain.id: chain for chain in load(ROOT)[0].chains.values()}


def facts() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for at, fact in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            found.append(pytest.param(path.stem, fact, id=f"{path.stem}-{at}"))
    return found


def inputs(chain: Chain, link: str, needs: tuple[str, ...]) -> list[set[str]]:
    return [set(f.sources) for f in chain.flows if f.target == link and f.need in needs]


@pytest.mark.parametrize(("chain_id", "fact"), facts())
def test_a_chain_holds_an_outside_fact(chain_id: str, fact: dict[str, Any]) -> None:
    chain = CHAINS[chain_id]
    assert str(fact["source"]).startswith("http") and fact["because"]
    if "needs" in fact:
        user, wanted = fact["needs"]
        assert any(wanted in group for group in inputs(chain, user, ("required", "any")))
    elif "alternatives" in fact:
        members = set(fact["alternatives"])
        assert any(members <= group for group in inputs(chain, fact["of"], ("any",)))
    else:
        one, other = fact["not_input"]
        assert {one, other} <= set(chain.index)
        everything = ("required", "any", "optional")
        assert not any(one in group for group in inputs(chain, other, everything))


def test_every_chain_has_its_ten_facts() -> None:
    for chain in CHAINS:
        path = CASES / f"{chain}.yaml"
        assert path.exists(), f"no outside facts of {chain}"
        assert len(yaml.safe_load(path.read_text(encoding="utf-8"))) >= 10


def test_every_link_can_be_recognised_and_every_code_exists() -> None:
    codes = ROOT.parent / "shared" / "reference" / "gbt4754_2017.csv"
    known = set()
    if codes.exists():
        known = {ln.split(",")[0] for ln in codes.read_text(encoding="utf-8").splitlines()}
    for chain in CHAINS.values():
        for link in chain.links:
            assert link.products
            assert not known or set(link.industry) <= known, f"{chain.id}/{link.id}"
