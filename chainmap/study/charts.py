"""What the charts of a ranking say: candidates by median rank, with what is not known of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chainmap.core.words import say
from chainmap.show.pictures.ranks import Candidate, RankContent
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name, link_name, short_name
from chainmap.study.quadrant import AXES

if TYPE_CHECKING:
    from chainmap.rank.robust import Ranking

SAFE = 0.8  # a share of the draws that is called safe


def rank_content(study: Study, found: Ranking, chain: str | None, lang: str) -> RankContent:
    """The first ``found.top`` candidates by median rank; the rest are counted.

    The rows must have been ranked: those of the lists that stand apart have no interval.
    """
    rows = sorted(found.rows, key=lambda row: (row["rank_median"], row["position"]))
    shown = rows[: found.top]
    name = chain_name(study.chain(chain), lang) if chain else say("title.all", lang)
    settings = study.world.settings
    return RankContent(
        say("title.rank", lang, region=study.region(lang), chain=name),
        _conclusion(shown, found.top, lang),
        say("picture.date", lang, day=study.world.at.text),
        tuple(_candidate(study, row, lang) for row in shown),
        len(rows),
        found.top,
        tuple(_apart(found, lang)),
        say("chart.footer", lang, draws=found.draws),
        study.world.at.text,
        found.draws,
        found.seed,
        (settings["quadrant.impact"], settings["quadrant.likelihood"]),
        lang,
        study.book.value("quadrant", chain or "", *found.scope),
    )


def _candidate(study: Study, row: JsonRow, lang: str) -> Candidate:
    chain = study.chain(row["chain"])
    return Candidate(
        row["ref"],
        short_name(study, row["firm"]),
        link_name(chain, row["link"], lang),
        row["kind"],
        row["score"],
        (row["rank_p05"], row["rank_p25"], row["rank_median"], row["rank_p75"], row["rank_p95"]),
        row["p_top"],
        row["impact"],
        row["likelihood"],
        _span(study, row, "impact"),
        _span(study, row, "likelihood"),
    )


def _span(study: Study, row: JsonRow, axis: str) -> tuple[float, float] | None:
    """How far a point may lie while marks are unknown; None where nothing is."""
    if not any(name in row["unknown"] for name in AXES[axis]):
        return None
    found: tuple[float, float] | None = study.book.value(
        "quadrant.span", row["firm"], row["chain"], row["link"], axis
    )
    return found


def _conclusion(rows: Sequence[JsonRow], top: int, lang: str) -> str:
    """Who is safely on top, and that overlapping intervals have no order."""
    safe = [row for row in rows if row["p_top"] >= SAFE]
    if not rows:
        return say("report.no_rows", lang)
    if not safe:
        return say("report.unstable", lang, top=top)
    share = math.floor(min(row["p_top"] for row in safe) * 100 + 1e-9)
    return say("chart.safe", lang, count=len(safe), share=f"{share}%", top=top)


def _apart(found: Ranking, lang: str) -> list[str]:
    """Who is not in the ranking, and why."""
    counts = (("chart.expansion", found.expansion), ("chart.undecided", found.undecided),
              ("rank.no_gap", found.no_gap))  # fmt: skip
    told = [say(key, lang, count=count) for key, count in counts if count]
    if found.gone:
        joint = "；" if lang == "zh" else "; "
        firms = joint.join(f"{one['name']} {one['toward']} {one['date']}" for one in found.gone)
        told.append(say("rank.gone", lang, firms=firms))
    return told
