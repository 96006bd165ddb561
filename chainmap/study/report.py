"""The one-page report of a chain: three sentences that the counts support, and what to decide."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from chainmap.core.model import ACTIVE, Chain
from chainmap.core.words import figure, say
from chainmap.show.key_table import COLUMNS, official_line
from chainmap.show.pictures.report import MOST_ROWS, Report
from chainmap.show.pictures.table import TableContent
from chainmap.study import JsonRow, Study
from chainmap.study.books import table_title
from chainmap.study.content import chain_name, conclusion, link_name, short_name
from chainmap.study.pictures import kinds_of_sources, panorama_content, path_content

SAFE = 0.8  # a share of the draws that is called safe
NAMED = 4
CAME = 2  # new targets that are named


def report_content(
    study: Study, chain: Chain, rows: Sequence[JsonRow], lang: str, official: bool = False
) -> Report:
    """The report of a chain; ``rows`` are those of its key-project table."""
    name, day = chain_name(chain, lang), study.world.at.text
    words = {"region": study.region(lang), "chain": name}
    gaps = study.gap_rows(chain.id, all_links=True)
    title = table_title(study, chain.id, lang) if official else say("report.title", lang, **words)
    findings = [
        (say("report.state", lang), conclusion(study, chain, lang)),
        (say("report.lever", lang), _lever(study, chain, gaps, lang)),
    ]
    findings.append((say("report.change", lang), _change(study, chain, lang, official)))
    if not official:
        findings.append((say("report.first", lang), _first(study, chain, lang)))
    footer = say(
        "report.footer_plain" if official else "report.footer",
        lang,
        kinds=kinds_of_sources(study, gaps, lang) or "-",
    )
    signed = official_line(chain.file.bureau or "", day, lang) if official else ""
    return Report(
        title,
        say("report.about", lang, chain=name, day=day),
        tuple(findings),
        panorama_content(study, chain, lang),
        path_content(study, chain, lang),
        rows,
        _totals(rows, lang),
        tuple(_asks(chain, gaps, rows, lang)),
        footer,
        official,
        signed,
        lang,
    )


def _names(chain: Chain, rows: Sequence[JsonRow], lang: str) -> str:
    names = [link_name(chain, row["link"], lang) for row in rows[:NAMED]]
    return ("、" if lang == "zh" else ", ").join(names)


def _lever(study: Study, chain: Chain, gaps: Sequence[JsonRow], lang: str) -> str:
    """What is here to build on, and who has said what they want."""
    here = [row for row in gaps if row["status"] in ACTIVE]
    strong = [row for row in gaps if row["status"] == "strong"]
    wanted = [row for row in gaps if study.book.value("wanted_rows", chain.id, row["link"])]
    asked = sum(len(study.book.value("accepted_requests", chain.id, row["link"])) for row in gaps)
    text = say("report.here", lang, count=len(here), names="")
    if strong:
        text += say("report.strong", lang, names=_names(chain, strong, lang))
    if wanted:
        text += say("report.wanted", lang, count=len(wanted), names=_names(chain, wanted, lang))
    if asked:
        text += say("report.requests", lang, count=asked)
    return text + ("。" if lang == "zh" else ".")


def _first(study: Study, chain: Chain, lang: str) -> str:
    """Who is safely among the first, whatever the weights; or that nobody is."""
    from chainmap.rank.ranks import Request

    found = study.ranking(Request(chain.id))
    if not found.rows:
        return say("report.no_rows", lang)
    safe = [row for row in found.rows if row["p_top"] is not None and row["p_top"] >= SAFE]
    if not safe:
        return say("report.unstable", lang, top=found.top)
    times = Counter(row["firm"] for row in safe)
    names = [
        short_name(study, firm) if count == 1 else
        say("report.several", lang, firm=short_name(study, firm), count=count)
        for firm, count in list(times.items())[:NAMED]
    ]  # fmt: skip
    share = math.floor(min(row["p_top"] for row in safe) * 100 + 1e-9)
    words: dict[str, Any] = {"count": len(safe), "top": found.top, "share": f"{share}%"}
    words["names"] = ("、" if lang == "zh" else ", ").join(names)
    return say("report.stable_more" if len(times) > NAMED else "report.stable", lang, **words)


def _change(study: Study, chain: Chain, lang: str, official: bool) -> str:
    """What moved since the newest snapshot or the last quarter's end, and which it is."""
    from chainmap.study.since import Since, is_day, states

    (state,) = states(study)
    found: Since = study.book.value("since", chain.id, state)
    key = "since.quarter" if is_day(state) else "since.snapshot"
    start = say(key, lang, state=state, day=found.day)
    if found.before is None:
        return start + say("since.new", lang)
    joint = "、" if lang == "zh" else ", "
    parts = [
        f"{say(f'status.{name}', lang)} {was}→{now}" for name, (was, now) in found.moved.items()
    ]
    told = [joint.join(parts)] if parts else []
    for name in () if official else ("came", "left"):
        refs = getattr(found, name)
        firms = list(dict.fromkeys(short_name(study, ref.split("/")[2]) for ref in refs))
        if refs:
            more = say("since.more", lang) if len(firms) > CAME else ""
            names = joint.join(firms[:CAME]) + more
            told.append(say(f"since.{name}", lang, count=len(refs), names=names))
    if not told:
        return start + say("since.none_links" if official else "since.none", lang)
    return start + ("；" if lang == "zh" else "; ").join(told) + ("。" if lang == "zh" else ".")


def _totals(rows: Sequence[JsonRow], lang: str) -> str:
    money = [row[COLUMNS[8]] for row in rows]
    known = [amount for amount in money if amount is not None]
    if known:
        told = say("report.known_money", lang, sum=figure(math.fsum(known)),
                   unknown=len(money) - len(known))  # fmt: skip
    else:
        told = say("report.no_money", lang)
    shown = min(MOST_ROWS, len(rows))
    return say("report.totals", lang, shown=shown, all=len(rows), money=told)


def _asks(chain: Chain, gaps: Sequence[JsonRow], rows: Sequence[JsonRow], lang: str) -> list[str]:
    """What needs a decision: next steps of projects, settled gaps, and what to check."""
    unknown = say("unknown", lang)
    asks = [
        say("report.ask_due", lang, name=row[COLUMNS[1]], step=row[COLUMNS[16]])
        for row in rows
        if row[COLUMNS[16]] not in (None, unknown)
    ][:2]
    settled = [row for row in gaps if row["kind"] in ("fill", "build", "extend") and row["settled"]]
    if settled:
        asks.append(say("report.ask_fill", lang, names=_names(chain, settled, lang)))
    checks = [row for row in gaps if row["kind"] == "check"]
    if checks:
        more = say("report.of", lang, count=len(checks)) if len(checks) > NAMED else ""
        asks.append(say("report.ask_check", lang, names=_names(chain, checks, lang) + more))
    return asks[:3]


def table_content(
    study: Study, chain: Chain, rows: Sequence[JsonRow], lang: str, official: bool = False
) -> TableContent:
    """The key-project table of a chain with its totals, before any layout."""
    joint = "、" if lang == "zh" else ", "
    kinds = Counter(str(row[COLUMNS[6]]) for row in rows)
    stages = Counter(str(row[COLUMNS[14]]) for row in rows)
    money = [row[COLUMNS[8]] for row in rows]
    known = [amount for amount in money if amount is not None]
    left_out = say("table.left_out", lang, unknown=len(money) - len(known)) if rows else ""
    told = joint.join(f"{stage} {count}" for stage, count in stages.items())
    return TableContent(
        table_title(study, chain.id, lang),
        say("table.about_plain" if official else "table.about", lang, count=len(rows)),
        say("picture.date", lang, day=study.world.at.text),
        rows,
        joint.join(f"{kind} {count}" for kind, count in kinds.items()),
        figure(math.fsum(known)) if known else "",
        left_out + (say("table.stages", lang, stages=told) if rows else ""),
        say("table.grades", lang),
        study.world.at.text,
        official,
        official_line(chain.file.bureau or "", study.world.at.text, lang) if official else "",
        lang,
    )
