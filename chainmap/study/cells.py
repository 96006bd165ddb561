"""Figures that hold one cell of a command's rows: names, ids, sources, grades, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from chainmap.core.derivation import Ask, Rule
from chainmap.core.model import Row
from chainmap.find.status import sources_of
from chainmap.rank.criteria import CRITERIA, figure_of
from chainmap.rank.marks import Mark

EVIDENCE = ("findings", "presence", "projects")


def chain_part(ask: Ask, chain: str, part: str) -> Any:
    """What the chain file says of the chain: its id, name or kind."""
    return ask.structure(chain, (part,), getattr(ask.world.chain(chain).file, part))


def link_part(ask: Ask, chain: str, link: str, part: str) -> Any:
    """What the chain file says of a link: its id, name or stage."""
    file = ask.world.chain(chain)
    path = ("panorama", "links", file.index[link], part)
    return ask.structure(chain, path, getattr(file.link(link), part))


def firm_id(ask: Ask, firm: str) -> str:
    """The firm's id, as its own row has it where there is one."""
    for row in ask.rows("firms", ("firm",), (firm,)):
        ask.cell(row, "firm")
    return firm


def firm_name(ask: Ask, firm: str) -> str:
    """The firm's name; its id where no visible row names it."""
    for row in ask.rows("firms", ("firm",), (firm,)):
        return str(ask.cell(row, "name"))
    return firm


def source_grade(ask: Ask, source: str) -> str:
    """The grade of a source; D where its row is missing."""
    for row in ask.rows("sources", ("source",), (source,)):
        return str(ask.cell(row, "grade"))
    return "D"


def _worst(ask: Ask, sources: Iterable[str]) -> str | None:
    return max((ask("source_grade", source) for source in sources), default=None)


def link_grade(ask: Ask, chain: str, link: str) -> str | None:
    """The worst grade of the sources behind a link's status and basis; None without any."""
    standing = ask("standing", chain, link)
    return _worst(ask, sources_of(standing.rows, standing.sources))


def link_sources(ask: Ask, chain: str, link: str) -> list[str]:
    """What decides the status, then what bears on the gap without deciding it."""
    standing = ask("standing", chain, link)
    behind = sources_of(standing.rows, standing.sources)
    beside = [*ask("wanted_rows", chain, link), *ask("stale", chain, link)]
    return list(dict.fromkeys([*behind, *sources_of(beside)]))


def candidate_sources(ask: Ask, firm: str, chain: str, link: str) -> list[str]:
    """The sources behind the link's status and the reason to think of the firm."""
    standing = ask("standing", chain, link)
    rows: Sequence[Row] = (*standing.rows, *ask("basis_rows", firm, chain, link))
    return list(sources_of(rows, standing.sources))


def candidate_grade(ask: Ask, firm: str, chain: str, link: str) -> str | None:
    """The worst grade of those sources."""
    return _worst(ask, ask("cell.candidate_sources", firm, chain, link))


def undecided_grade(ask: Ask, chain: str, firm: str) -> str | None:
    """The worst grade of the sources that give a firm codes near those of a chain."""
    return _worst(ask, sources_of(ask("undecided", chain, firm)))


def candidate_marks(ask: Ask, firm: str, chain: str, link: str) -> dict[str, Mark]:
    """The marks of a candidate on every criterion."""
    return {name: ask(*figure_of(name, firm, chain, link)) for name in CRITERIA}


# What the data cover


def bases(ask: Ask, chain: str) -> Counter[str]:
    """Links of the chain by the basis of their status."""
    return Counter(ask("standing", chain, link.id).basis for link in ask.world.chain(chain).links)


def grades(ask: Ask, chain: str) -> Counter[str]:
    """Links of the chain by evidence grade, in small letters; ``none`` without evidence."""
    found = (ask("cell.link_grade", chain, link.id) for link in ask.world.chain(chain).links)
    return Counter((grade or "none").lower() for grade in found)


def evidence_rows(ask: Ask, chain: str) -> tuple[Row, ...]:
    """All evidence on the links of a chain."""
    return tuple(row for table in EVIDENCE for row in ask.rows(table, ("chain",), (chain,)))


def dates(ask: Ask, chain: str) -> tuple[str | None, str | None]:
    """The oldest and the newest day of the evidence."""
    rows = sorted(ask("data.evidence", chain), key=lambda row: row.as_of)
    if not rows:
        return None, None
    for row in (rows[0], rows[-1]):
        ask.cell(row, "as_of")
    return rows[0].as_of.isoformat(), rows[-1].as_of.isoformat()


def stale_links(ask: Ask, chain: str) -> list[str]:
    """Links about which there is only evidence that is too old."""
    return [link.id for link in ask.world.chain(chain).links if ask("stale", chain, link.id)]


def looked_links(ask: Ask, chain: str) -> list[str]:
    """Links with evidence or a logged look, in the order of the file."""
    rows = (*ask.rows("searched", ("chain",), (chain,)), *ask("data.evidence", chain))
    looked = {row.text("link") for row in rows}
    return [link.id for link in ask.world.chain(chain).links if link.id in looked]


def candidate_firms(ask: Ask, chain: str) -> list[str]:
    """Firms in the running for any link of the chain."""
    return sorted({one.firm for one in ask("field", chain).running})


def bare_links(ask: Ask, chain: str) -> list[str]:
    """Links for which nobody is in the running."""
    served = {one.link for one in ask("field", chain).running}
    return [link.id for link in ask.world.chain(chain).links if link.id not in served]


def looked(ask: Ask, chain: str, link: str) -> str:
    """``seen`` in public sources, ``unseen`` though looked for, or ``never`` looked for."""
    rows = ask.rows("searched", ("chain", "link"), (chain, link))
    if not rows:
        return "never"
    return "seen" if any(ask.cell(row, "found") == "yes" for row in rows) else "unseen"


RULES: dict[str, Rule] = {
    "source_grade": source_grade,
    "cell.chain": chain_part,
    "cell.link": link_part,
    "cell.firm": firm_id,
    "cell.firm_name": firm_name,
    "cell.link_grade": link_grade,
    "cell.link_sources": link_sources,
    "cell.candidate_grade": candidate_grade,
    "cell.candidate_sources": candidate_sources,
    "cell.undecided_grade": undecided_grade,
    "cell.marks": candidate_marks,
    "data.bases": bases,
    "data.grades": grades,
    "data.evidence": evidence_rows,
    "data.dates": dates,
    "data.stale": stale_links,
    "data.looked": looked_links,
    "data.candidates": candidate_firms,
    "data.no_candidates": bare_links,
    "looked": looked,
}
