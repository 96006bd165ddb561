"""The rules of a chain file beyond its shape: one check, one function, one code."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chainmap.core.model import Chain, Flow, Link, Milestone, Stage
from chainmap.core.problems import Both, Place, Problem, problem
from chainmap.read.guesses import Guesses
from chainmap.read.values import has_marks

_LINK = Both("环节", "link")
_STAGE = Both("段", "stage")
_MILESTONE = Both("里程碑", "milestone")
_RINGS = 100  # circles reported in one file
_SHOWN = 8  # members of a ring that its sentence names


@dataclass(frozen=True)
class Surroundings:
    """What a chain is checked against: its file's stem, and the grades of known sources."""

    stem: str
    sources: Mapping[str, str] | None = None
    guess: Guesses = field(default_factory=Guesses)


Check = Callable[[Chain, Surroundings], Iterator[Problem]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Enter a check into the table."""
    CHECKS.append(function)
    return function


def broken_rules(chain: Chain, around: Surroundings) -> list[Problem]:
    """Every rule that a chain of sound shape breaks."""
    return [found for one in CHECKS for found in one(chain, around)]


@check
def id_is_the_file_name(chain: Chain, around: Surroundings) -> Iterator[Problem]:
    """C114: the chain's id is the stem of its file."""
    if chain.id != around.stem:
        yield problem("C114", chain.place("chain"), around.stem, id=chain.id, stem=around.stem)


@check
def ids_once(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C103: no two stages, links or milestones share an id."""
    panorama = chain.file.panorama
    lists: tuple[tuple[tuple[str, ...], Sequence[Stage | Link | Milestone]], ...] = (
        (("panorama", "stages"), panorama.stages),
        (("panorama", "links"), panorama.links),
        (("path",), chain.file.path),
    )
    for way, parts in lists:
        first: dict[str, Place] = {}
        for at, part in enumerate(parts):
            place = chain.place(*way, at, "id")
            if part.id in first:
                yield problem("C103", place, id=part.id, other=first[part.id].line)
            first.setdefault(part.id, place)


@check
def stages_exist(chain: Chain, around: Surroundings) -> Iterator[Problem]:
    """C104: a link stands in a stage of the panorama."""
    known = {stage.id for stage in chain.file.panorama.stages}
    for at, link in enumerate(chain.links):
        if link.stage not in known:
            place = chain.place("panorama", "links", at, "stage")
            yield _dangling(place, link.stage, known, _STAGE, around)


@check
def flow_ends_exist(chain: Chain, around: Surroundings) -> Iterator[Problem]:
    """C104: the ends of a flow are links of the chain."""
    known = {link.id for link in chain.links}
    for at, flow in enumerate(chain.flows):
        target = (chain.place("panorama", "flows", at, "to"), flow.target)
        for place, end in (*_sources(chain, at, flow), target):
            if end not in known:
                yield _dangling(place, end, known, _LINK, around)


@check
def milestones_point_somewhere(chain: Chain, around: Surroundings) -> Iterator[Problem]:
    """C104: a milestone's link is a link, and its needs are milestones."""
    links = {link.id for link in chain.links}
    steps = {step.id for step in chain.file.path}
    for at, step in enumerate(chain.file.path):
        if step.link is not None and step.link not in links:
            place = chain.place("path", at, "link")
            yield _dangling(place, step.link, links, _LINK, around)
        for nth, need in enumerate(step.needs):
            if need not in steps:
                place = chain.place("path", at, "needs", nth)
                yield _dangling(place, need, steps, _MILESTONE, around)


def _dangling(at: Place, word: str, known: set[str], what: Both, around: Surroundings) -> Problem:
    return problem("C104", at, around.guess(word, known), id=word, what=what)


def _sources(chain: Chain, at: int, flow: Flow) -> Iterator[tuple[Place, str]]:
    for nth, source in enumerate(flow.sources):
        yield chain.place("panorama", "flows", at, "from", nth), source


@check
def no_self_loop(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C105: a link does not flow into itself."""
    for at, flow in enumerate(chain.flows):
        for place, source in _sources(chain, at, flow):
            if source == flow.target:
                yield problem("C105", place, id=source)


@check
def pairs_once(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C106: one flow between two links, members of a group included."""
    first: dict[tuple[str, str], Place] = {}
    for at, flow in enumerate(chain.flows):
        for place, source in _sources(chain, at, flow):
            pair = (source, flow.target)
            if pair in first:
                yield problem(
                    "C106", place, source=source, target=flow.target, other=first[pair].line
                )
            first.setdefault(pair, place)


@check
def share_in_range(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C107: a share is above 0 and below 1."""
    for at, flow in enumerate(chain.flows):
        if flow.share is not None and not 0 < flow.share < 1:
            yield problem(
                "C107", chain.place("panorama", "flows", at, "share"), share=f"{flow.share:g}"
            )


@check
def shares_leave_value(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C108: shares into one link sum to less than 1; the share of a group counts once."""
    shares: dict[str, list[float]] = {}
    full: set[str] = set()
    for at, flow in enumerate(chain.flows):
        if flow.share is None or not 0 < flow.share < 1:
            continue
        into = shares.setdefault(flow.target, [])
        into.append(flow.share)
        # A sum of decimal fractions may miss 1 by the last bit.
        total = round(math.fsum(into), 12)
        if total >= 1 and flow.target not in full:
            full.add(flow.target)
            place = chain.place("panorama", "flows", at, "share")
            yield problem("C108", place, target=flow.target, sum=f"{total:g}")


@check
def groups_are_any(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C115: a list of sources goes with ``need: any``, which has at least two members."""
    for at, flow in enumerate(chain.flows):
        place = chain.place("panorama", "flows", at, "from")
        is_list = ("panorama", "flows", at, "from", 0) in chain.places or not flow.sources
        if (flow.need == "any") != is_list or (is_list and len(flow.sources) < 2):
            yield problem("C115", place)


@check
def due_after_start(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C111: a milestone is not due before it starts."""
    for at, step in enumerate(chain.file.path):
        if step.start and step.due and step.due.last < step.start.first:
            place = chain.place("path", at, "due")
            yield problem("C111", place, due=step.due.text, start=step.start.text)


@check
def needs_run_forward(chain: Chain, _: Surroundings) -> Iterator[Problem]:
    """C112: no milestone waits for itself, however long the way round."""
    order = {step.id: at for at, step in reversed(list(enumerate(chain.file.path)))}
    needs = {step.id: [n for n in step.needs if n in order] for step in chain.file.path}
    for ring in rings(needs, _RINGS):
        first = min(ring, key=lambda step: order[step])
        turned = ring[ring.index(first) :] + ring[: ring.index(first)]
        yield problem("C112", chain.place("path", order[first], "needs"), ring=ring_text(turned))


def rings(arrows: Mapping[str, Iterable[str]], most: int | None = None) -> list[list[str]]:
    """Circles of a directed graph, one for each arrow that closes one on a walk in order.

    Notes: depth first on a stack of its own; O(V + E) but for writing the circles out, of
    which a dense graph can have very many: ``most`` ends the search.
    """
    found: list[list[str]] = []
    done: set[str] = set()
    for start in arrows:
        way: list[str] = []
        at: dict[str, int] = {}
        stack: list[tuple[str, Iterator[str]]] = []
        if start in done:
            continue
        stack.append((start, iter(arrows[start])))
        at[start] = 0
        way.append(start)
        while stack:
            node, following = stack[-1]
            for end in following:
                if end in at:
                    found.append(way[at[end] :])
                    if len(found) == most:
                        return found
                elif end not in done and end in arrows:
                    at[end] = len(way)
                    way.append(end)
                    stack.append((end, iter(arrows[end])))
                    break
            else:
                stack.pop()
                way.pop()
                del at[node]
                done.add(node)
    return found


def ring_text(ring: list[str]) -> str:
    """A circle in words, shortened in the middle where it is long."""
    shown = ring if len(ring) <= _SHOWN else [*ring[: _SHOWN - 1], "…", ring[-1]]
    return " → ".join([*shown, ring[0]])


@check
def sources_exist(chain: Chain, around: Surroundings) -> Iterator[Problem]:
    """C118: every source that the file names is in sources.csv."""
    if around.sources is None:
        return
    for place, cell in _cited(chain):
        for source in _split(cell):
            if source not in around.sources:
                yield problem("C118", place, around.guess(source, around.sources), id=source)


def _cited(chain: Chain) -> Iterator[tuple[Place, str]]:
    for at, link in enumerate(chain.links):
        if link.status is not None:
            yield chain.place("panorama", "links", at, "status", "source"), link.status.source
    for at, flow in enumerate(chain.flows):
        if flow.source is not None:
            yield chain.place("panorama", "flows", at, "source"), flow.source


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|")]


@check
def overrides_have_evidence(chain: Chain, around: Surroundings) -> Iterator[Problem]:
    """C122: a status set by hand does not rest on grade D alone."""
    if around.sources is None:
        return
    for at, link in enumerate(chain.links):
        if link.status is None:
            continue
        grades = {around.sources.get(source) for source in _split(link.status.source)}
        if grades == {"D"}:
            yield problem("C122", chain.place("panorama", "links", at, "status", "source"))


def hidden_marks(
    data: Any, places: Mapping[tuple[str | int, ...], Place], path: tuple[str | int, ...] = ()
) -> Iterator[Problem]:
    """C120: texts and keys hold no control or direction marks."""
    if isinstance(data, dict):
        for key, value in data.items():
            if has_marks(key):
                yield problem("C120", places[*path, f"key:{key}"])
            yield from hidden_marks(value, places, (*path, key))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from hidden_marks(value, places, (*path, at))
    elif isinstance(data, str) and has_marks(data) and path in places:
        yield problem("C120", places[path])
