"""The two maps of a what-if: their content from the figures before and after."""

from __future__ import annotations

from collections.abc import Sequence

from chainmap.core.words import say
from chainmap.show.pictures.beside import Beside, Mark
from chainmap.show.screens import completeness, span
from chainmap.study import JsonRow, Study
from chainmap.study.content import chain_name
from chainmap.study.pictures import footer, panorama_content
from chainmap.study.whatif_rows import after_study
from chainmap.study.whatif_words import changed_links, told


def beside_content(
    study: Study, chain: str, word: str, rows: Sequence[JsonRow], lang: str
) -> Beside:
    """The maps before and after; ``rows`` are those of ``whatif_rows``."""
    file, after = study.chain(chain), after_study(study, chain, word)
    region = study.workspace.region
    return Beside(
        say("title.whatif", lang, region=region, chain=chain_name(file, lang)),
        tuple(told(study, chain, word, lang)),
        say("picture.date", lang, day=study.world.at.text),
        panorama_content(study, file, lang),
        panorama_content(after, after.chain(chain), lang),
        (_figures(study, chain, lang), _figures(after, chain, lang)),
        marks(study, chain, word, rows, lang),
        footer(study, study.gap_rows(chain, all_links=True), lang),
        lang,
    )


def _figures(study: Study, chain: str, lang: str) -> str:
    """Completeness and the local ratio, in few words."""
    (row,) = (one for one in study.chain_rows() if one["chain"] == chain)
    at = study.world.settings["figures.one_figure_at"]
    local = span(row["local_ratio_count_low"], row["local_ratio_count_high"])
    parts = (
        f"{say('whatif.completeness', lang)} {completeness(row, at)}",
        f"{say('beside.local', lang)} {local}",
    )
    return "　".join(parts) if lang == "zh" else ", ".join(parts)


def marks(
    study: Study, chain: str, word: str, rows: Sequence[JsonRow], lang: str
) -> dict[str, Mark]:
    """What differs of each link, by its ref."""
    stopped = set(study.book.value("whatif.stopped", chain, word).links)
    found: dict[str, Mark] = {}
    for row in changed_links(rows):
        was, now = row["before"], row["after"]
        link = row["link"]
        if was["status"] != now["status"]:
            before, after = (say(f"tag.{one['status']}", lang).strip("[]") for one in (was, now))
            found[link] = Mark(f"{before}→{after}", True, link in stopped)
        elif (was["kind"], was["suspect"]) != (now["kind"], now["suspect"]):
            open_ = now["kind"] == "check"
            kind = say(f"kind.{now['suspect'] if open_ else now['kind']}", lang)
            found[link] = Mark(kind + ("?" if open_ else ""), False, link in stopped)
        elif was["producers"] != now["producers"]:
            makers = say("beside.makers", lang, was=was["producers"], now=now["producers"])
            found[link] = Mark(makers, False, link in stopped)
    for link in stopped - found.keys():
        found[link] = Mark(say("beside.stop", lang), False, True)
    return {f"{chain}/{link}": mark for link, mark in found.items()}
