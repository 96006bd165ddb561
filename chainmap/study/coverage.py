"""What the data cover, and which open question would change most if it were answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chainmap.core.model import Chain, Override, Row
from chainmap.study import JsonRow, Study

# What a look could find: an unknown link is there or not; one that is there is strong or weak.
ANSWERS = {"unknown": ("missing", "present"), "present": ("strong", "weak")}
TOP = 20


def coverage_rows(study: Study, chain: str | None = None) -> list[JsonRow]:
    """Per chain: links by status and basis, grades, oldest and newest evidence, looks."""
    return [_coverage(study, one) for one in study.chains(chain)]


def _coverage(study: Study, chain: Chain) -> JsonRow:
    gaps = study.gap_rows(chain.id, all_links=True)
    bases = Counter(row["basis"] for row in gaps)
    grades = Counter(row["evidence_grade"] or "none" for row in gaps)
    evidence = list(_evidence(study, chain.id))
    dates = sorted(row.as_of for row in evidence)
    looked = {row.text("link") for row in study.world.rows("searched", ("chain",), (chain.id,))} | {
        row.text("link") for row in evidence
    }
    field = study.book.value("field", chain.id)
    wanting = {link.id for link in chain.links} - {c.link for c in field.running}
    names = ("override", "capacity", "finding", "count", "search", "project", "none")
    return {
        "ref": chain.id,
        "chain": chain.id,
        "name": chain.file.name,
        "links": len(gaps),
        "unknown": sum(row["status"] == "unknown" for row in gaps),
        **{f"basis_{name}": bases[name] for name in names},
        **{f"grade_{grade.lower()}": grades[grade] for grade in ("A", "B", "C", "D", "none")},
        "oldest": dates[0].isoformat() if dates else None,
        "newest": dates[-1].isoformat() if dates else None,
        "stale": sum(bool(study.book.value("stale", chain.id, link.id)) for link in chain.links),
        "looked": len(looked & {link.id for link in chain.links}),
        "candidates": len({c.firm for c in field.running}),
        "no_candidates": len(wanting),
    }


def _evidence(study: Study, chain: str) -> Iterator[Row]:
    for table in ("findings", "presence", "projects"):
        yield from study.world.rows(table, ("chain",), (chain,))


def firms_without_activity(study: Study) -> tuple[int, int]:
    """Firms of the lists that have neither an activity nor a reason for none, and all of them."""
    listed = {row.text("firm") for row in study.world.newest("lists")}
    placed = {row.text("firm") for row in study.world.newest("activities")}
    placed |= {row.text("firm") for row in study.world.newest("no_fit")}
    return len(listed - placed), len(listed)


def looked_for(study: Study, chain: str, link: str) -> str:
    """``seen`` in public sources, ``unseen`` though looked for, or ``never`` looked for."""
    rows = study.world.rows("searched", ("chain", "link"), (chain, link))
    if not rows:
        return "never"
    return "seen" if any(row.text("found") == "yes" for row in rows) else "unseen"


def verify_rows(study: Study, chain: str | None = None) -> list[JsonRow]:
    """Links to check, by what an answer would change: kinds of gaps and who is in the top 20.

    Each possible answer is put in as if set by hand, and the chain is worked out again; the
    answer that changes most counts.
    """
    rows: list[JsonRow] = []
    for one in study.chains(chain):
        before = _outcome(study, one.id)
        open_links = [gap for gap in study.gap_rows(one.id) if gap["status"] in ANSWERS]
        rows += [_verify(study, one, gap, before) for gap in open_links]
    rows.sort(key=lambda row: (-row["changes"], -(row["priority"] or 0), row["ref"]))
    return rows


Outcome = tuple[dict[str, tuple[Any, ...]], frozenset[str]]


def _verify(study: Study, chain: Chain, gap: JsonRow, before: Outcome) -> JsonRow:
    kinds = ranks = 0
    for answer in ANSWERS[gap["status"]]:
        after = _outcome(as_if(study, chain.id, gap["link"], answer), chain.id)
        kinds = max(kinds, sum(after[0][link] != was for link, was in before[0].items()))
        ranks = max(ranks, len(after[1] - before[1]))
    return {
        "ref": gap["ref"],
        "chain": chain.id,
        "link": gap["link"],
        "name": gap["name"],
        "status": gap["status"],
        "suspect": gap["suspect"],
        "priority": gap["priority"],
        "kinds": kinds,
        "top20": ranks,
        "changes": kinds + ranks,
        "looked": looked_for(study, chain.id, gap["link"]),
    }


def _outcome(study: Study, chain: str) -> Outcome:
    """Every link's gap, and the refs of the twenty best by point score."""
    value = study.book.value
    gaps: dict[str, tuple[Any, ...]] = {
        link.id: (g.kind, g.suspect, g.settled, value("worth", chain, link.id).value)
        for link in study.chain(chain).links
        if (g := value("gap", chain, link.id))
    }
    running = study.book.value("field", chain).running
    best = sorted(
        (-round(value("score", c.firm, chain, c.link).score, 9), c.firm, c.link) for c in running
    )
    return gaps, frozenset(f"{link}/{firm}" for _, firm, link in best[:TOP])


def as_if(study: Study, chain: str, link: str, status: str) -> Study:
    """The study with one link's status set by hand; the one given is left as it is."""
    was = study.chain(chain)
    by_hand = Override.model_validate(
        {"is": status, "because": "as if", "source": "none", "as_of": study.world.at}
    )
    at = was.index[link]
    links = list(was.links)
    links[at] = links[at].model_copy(update={"status": by_hand})
    panorama = was.file.panorama.model_copy(update={"links": tuple(links)})
    file = was.file.model_copy(update={"panorama": panorama})
    world = study.world.with_chain(Chain(file, was.places))
    return Study(world.workspace, [], study.world.at, world)
