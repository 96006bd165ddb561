"""The city over all its chains: counts, completeness, what is open and what is under way."""

from __future__ import annotations

from chainmap.core.model import Chain
from chainmap.core.words import say
from chainmap.show.pictures.city import ChainLine, City
from chainmap.show.pictures.legend import STATUSES
from chainmap.show.screens import completeness
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name

UNDER_WAY = ("签约", "开工", "建设", "投产", "达产")


def city_content(study: Study, lang: str) -> City:
    """Every chain in a line, in the order of ``chains``."""
    rows = study.chain_rows()
    lines = tuple(_line(study, study.chain(row["chain"]), row, lang) for row in rows)
    day = study.world.at.text
    total = sum(line.links for line in lines)
    unknown = sum(line.counts["unknown"] for line in lines)
    return City(
        say("city.title", lang, region=study.region(lang)),
        say("city.about", lang, chains=len(lines), day=day),
        say("city.conclusion", lang, chains=len(lines), links=total, known=total - unknown,
            unknown=unknown, settled=sum(line.settled for line in lines),
            open=sum(line.open for line in lines)),
        lines,
        say("city.footer", lang),
        lang,
    )  # fmt: skip


def _line(study: Study, chain: Chain, row: JsonRow, lang: str) -> ChainLine:
    gaps = study.gap_rows(chain.id)
    settled = sum(gap["settled"] for gap in gaps)
    projects = study.world.rows("projects", ("chain",), (chain.id,))
    return ChainLine(
        chain.id,
        chain_name(chain, lang),
        {status: row[status] for status in STATUSES},
        completeness(row, study.world.settings["figures.one_figure_at"]),
        settled,
        len(gaps) - settled,
        sum(one.text("stage") in UNDER_WAY for one in projects),
    )
