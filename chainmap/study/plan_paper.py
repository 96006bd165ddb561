"""The programme to hand over: whom, where, when, by whom, why, and what was given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chainmap.core.words import say
from chainmap.show.draw.extras import extra
from chainmap.show.handout import Cell, Handout, Head, Part
from chainmap.study.content import chain_name, link_name, short_name
from chainmap.study.given_up import given_up
from chainmap.study.plan_words import core_lines, given_up_words, summary

if TYPE_CHECKING:
    from chainmap.study import JsonRow, Study
    from chainmap.study.cores import Cores
    from chainmap.study.programme import Programme

GIVEN_UP = 50
# Columns of the programme, and how wide each is in characters.
COLUMNS = (
    ("firm", 18), ("chain", 14), ("link", 18), ("kind", 12), ("place", 18),
    ("start", 9), ("due", 9), ("chief", 14), ("bureau", 18), ("expected", 9), ("money", 10),
    ("core", 8), ("core_place", 8), ("reason", 46),
)  # fmt: skip


def plan_paper(
    study: Study,
    found: Programme,
    rows: Sequence[JsonRow],
    envelope: Mapping[str, Any],
    cores: Cores,
    lang: str,
    chain: str | None = None,
) -> Handout:
    """The report on a programme, before any format."""
    name = chain_name(study.chain(chain), lang) if chain else say("plan.all_chains", lang)
    words = {"region": study.region(lang), "chain": name, "years": envelope["years"]}
    told = [*summary(study, found, rows, envelope, lang), *core_lines(study, cores, rows, lang)]
    return Handout(
        say("title.plan", lang, **words),
        say("picture.date", lang, day=study.world.at.text),
        told,
        [
            _targets(study, rows, lang),
            _districts(study, rows, lang),
            _left_out(study, found, lang),
        ],
        say("plan.foot", lang, of=chain or "all"),
        lang,
    )


def _targets(study: Study, rows: Sequence[JsonRow], lang: str) -> Part:
    heads = [Head(say(f"plan.column.{key}", lang), wide, key == "firm") for key, wide in COLUMNS]
    return Part(say("plan.part.targets", lang), (), heads, [_row(study, r, lang) for r in rows])


def _row(study: Study, row: JsonRow, lang: str) -> list[Cell]:
    chain = study.chain(row["chain"])
    named = row["leader"] if row["leader"] != row["chain"] else chain.file.chief
    shares = [row[key] for key in ("core_index", "core_place")]
    return [
        short_name(study, row["firm"]),
        chain_name(chain, lang),
        link_name(chain, row["link"], lang),
        kind_words(row, lang),
        " ".join(part for part in (row["district"], row["park"]) if part),
        row["start"],
        row["due"],
        named,
        chain.file.bureau,
        row["expected"],
        row["expected_100m_cny"],
        *("-" if share is None else f"{share:.0%}" for share in shares),
        row["reason"],
    ]


def kind_words(row: Mapping[str, Any], lang: str) -> str:
    """What the target is for: ``补链``, or ``补链（待核）`` where a check comes first."""
    kind = row["suspect"] if row["kind"] == "check" else row["kind"]
    if kind in (None, "covered"):
        return say("kind.check", lang)
    word = say(f"kind.{kind}", lang)
    return word if row["settled"] else say("kind.unsettled", lang, kind=word)


def _districts(study: Study, rows: Sequence[JsonRow], lang: str) -> Part:
    """Who gets how much of it: targets by district, with their chains."""
    counts = Counter(row["district"] for row in rows)
    heads = [
        Head(say("plan.column.district", lang), 16, True),
        Head(say("plan.column.count", lang), 9),
        Head(say("plan.column.chains", lang), 60),
    ]
    lines: list[list[Cell]] = []
    for district, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        chains = Counter(row["chain"] for row in rows if row["district"] == district)
        told = (f"{chain_name(study.chain(c), lang)} {n}" for c, n in chains.most_common())
        lines.append([district, count, ("、" if lang == "zh" else ", ").join(told)])
    return Part(say("plan.part.districts", lang), (), heads, lines)


def _left_out(study: Study, found: Programme, lang: str) -> Part:
    """The targets of most worth that were not chosen, and what stood against each."""
    heads = [
        Head(say("plan.column.firm", lang), 18, True),
        Head(say("plan.column.chain", lang), 14),
        Head(say("plan.column.link", lang), 18),
        Head(say("plan.column.expected", lang), 9),
        Head(say("plan.column.against", lang), 60),
    ]
    lines: list[list[Cell]] = []
    for one in given_up(found, GIVEN_UP):
        chain = study.chain(one.chain)
        lines.append(
            [
                short_name(study, one.firm),
                chain_name(chain, lang),
                link_name(chain, one.link, lang),
                one.expected,
                given_up_words(study, one, lang),
            ]
        )
    return Part(say("plan.given_up", lang), (), heads, lines)


def need_writer(kind: str) -> None:
    """Raises MissingExtra where what writes that format is not installed."""
    module = {"xlsx": "xlsxwriter", "docx": "docx"}.get(kind)
    if module:
        extra(module)


def as_file(paper: Handout, kind: str) -> bytes:
    """The report as html, xlsx or docx; MissingExtra where its writer is not installed."""
    if kind == "html":
        from chainmap.show.web.handout import as_html

        return as_html(paper)
    from chainmap.show.office.handout import as_docx, as_xlsx

    return as_xlsx(paper) if kind == "xlsx" else as_docx(paper)
