"""What the data cover, and which open question would change most if it were answered."""

from __future__ import annotations

from chainmap.study import JsonRow, Study
from chainmap.study.refs import DATA_COLUMNS, VERIFY_COLUMNS, row_of
from chainmap.study.verify import ANSWERS
from chainmap.study.verify import as_if as supposed


def coverage_rows(study: Study, chain: str | None = None) -> list[JsonRow]:
    """Per chain: links by status and basis, grades, oldest and newest evidence, looks."""
    return [row_of(study.book, DATA_COLUMNS, (one.id,)) for one in study.chains(chain)]


def firms_without_activity(study: Study) -> tuple[int, int]:
    """Firms of the lists that have neither an activity nor a reason for none, and all of them."""
    listed = {row.text("firm") for row in study.world.newest("lists")}
    placed = {row.text("firm") for row in study.world.newest("activities")}
    placed |= {row.text("firm") for row in study.world.newest("no_fit")}
    return len(listed - placed), len(listed)


def looked_for(study: Study, chain: str, link: str) -> str:
    """``seen`` in public sources, ``unseen`` though looked for, or ``never`` looked for."""
    found: str = study.book.value("looked", chain, link)
    return found


def verify_rows(study: Study, chain: str | None = None) -> list[JsonRow]:
    """Links to check, by what an answer would change: kinds of gaps and who is in the top 20."""
    rows: list[JsonRow] = []
    for one in study.chains(chain):
        for gap in study.gap_rows(one.id):
            if gap["status"] in ANSWERS:
                rows.append(row_of(study.book, VERIFY_COLUMNS, (one.id, gap["link"])))
                # Its worlds are many; whoever asks why gets them again.
                study.book.forget("verify", one.id, gap["link"])
    rows.sort(key=lambda row: (-row["changes"], -(row["priority"] or 0), row["ref"]))
    return rows


def as_if(study: Study, chain: str, link: str, status: str) -> Study:
    """The study with one link's status set by hand; the one given is left as it is."""
    world = supposed(study.world, chain, link, status)
    return Study(world.workspace, [], study.world.at, world)
