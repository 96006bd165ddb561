"""What a chain is reported on: every part worked out once, and each format made from the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from chainmap.core.model import Chain
from chainmap.core.text import safe
from chainmap.core.words import say
from chainmap.show.key_table import heads, official_line
from chainmap.study import JsonRow, Study
from chainmap.study.books import sources_of_rows, table_book
from chainmap.study.content import in_words_of

if TYPE_CHECKING:
    from chainmap.show.draw.scene import Grid, Page
    from chainmap.show.pictures.content import Panorama
    from chainmap.show.pictures.path_content import PathContent
    from chainmap.show.pictures.ranks import RankContent
    from chainmap.show.pictures.report import Report
    from chainmap.show.pictures.table import TableContent
    from chainmap.show.web.page import Evidence

SINGLE = ("pdf", "pptx", "html", "docx", "xlsx", "svg", "png")


class Papers:
    """Two maps and a table of a chain, as content, as pages, and as files.

    ``official`` is the signed form: no scores, no ranks, and a line for who signs.
    """

    def __init__(
        self,
        study: Study,
        chain: Chain,
        lang: str = "zh",
        official: bool = False,
        top: int | None = None,
    ) -> None:
        self.study, self.chain, self.lang = study, in_words_of(chain, lang), lang
        self.official, self.top = official, top

    # content

    @cached_property
    def rows(self) -> list[JsonRow]:
        """The rows of the key-project table, all or the first ``top``."""
        from chainmap.rank.ranks import Request
        from chainmap.study.content import table_rows

        return table_rows(self.study, Request(self.chain.id), self.top, self.lang)[0]

    @cached_property
    def contract(self) -> list[JsonRow]:
        """The same for files that programs read: in the words of the contract."""
        from chainmap.rank.ranks import Request
        from chainmap.study.content import table_rows

        if self.lang == "zh":
            return self.rows
        return table_rows(self.study, Request(self.chain.id), self.top, "zh")[0]

    @property
    def _signed(self) -> str:
        """Who signs, in the words of the contract."""
        bureau, day = self.chain.file.bureau or "", self.study.world.at.text
        return official_line(bureau, day) if self.official else ""

    @cached_property
    def report(self) -> Report:
        """The page to read."""
        from chainmap.study.report import report_content

        return report_content(self.study, self.chain, self.rows, self.lang, self.official)

    @property
    def panorama(self) -> Panorama:
        """The first map."""
        return self.report.panorama

    @property
    def path(self) -> PathContent:
        """The second map."""
        return self.report.path

    @cached_property
    def table(self) -> TableContent:
        """The table with its totals."""
        from chainmap.study.report import table_content

        return table_content(self.study, self.chain, self.rows, self.lang, self.official)

    @cached_property
    def ranks(self) -> RankContent | None:
        """The candidates with their intervals; None in the signed form and without candidates."""
        from chainmap.rank.ranks import Request
        from chainmap.study.charts import rank_content

        found = self.study.ranking(Request(self.chain.id))
        if self.official or not found.rows:
            return None
        return rank_content(self.study, found, self.chain.id, self.lang)

    @cached_property
    def sources(self) -> list[dict[str, str]]:
        """The sources of the table's rows and of the links, each once."""
        return sources_of_rows(self.study, [*self.rows, *self._links])

    @cached_property
    def evidence(self) -> dict[str, list[Evidence]]:
        """What is known of each link, by its ref."""
        from chainmap.study.pictures import link_evidence

        return link_evidence(self.study, self.chain, self.lang)

    @cached_property
    def _links(self) -> list[JsonRow]:
        return self.study.gap_rows(self.chain.id, all_links=True)

    def fingerprint(self) -> str:
        """A hash of everything that the files say."""
        parts = (self.report, self.table, self.ranks, self.sources, self.evidence, self.lang,
                 self._graph)  # fmt: skip
        return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()

    # pages

    @cached_property
    def front(self) -> Page:
        """The A4 page."""
        from chainmap.show.pictures.report import report_page

        return report_page(self.report)

    def panorama_pages(self, sheet: str) -> list[Page]:
        """The panorama on slides (``16:9``) or sheets (``a3``)."""
        from chainmap.show.pictures.panorama import panorama

        return panorama(self.panorama, sheet)

    def path_pages(self, sheet: str) -> list[Page]:
        """The path on slides or sheets."""
        from chainmap.show.pictures.path import path_pages

        return path_pages(self.path, sheet)

    @cached_property
    def table_pages(self) -> list[Page]:
        """The table on A3 sheets."""
        from chainmap.show.pictures.table import table_pages

        return table_pages(self.table)

    @cached_property
    def rank_pages(self) -> list[Page]:
        """The chart of the ranks; none in the signed form."""
        from chainmap.show.pictures.ranks import rank_pages

        return rank_pages(self.ranks) if self.ranks else []

    @cached_property
    def quadrant_pages(self) -> list[Page]:
        """Impact against likelihood; none in the signed form."""
        from chainmap.show.pictures.quadrant import quadrant_page

        return quadrant_page(self.ranks) if self.ranks else []

    def paper_pages(self) -> list[Page]:
        """The page to read, then the sheets to look things up in."""
        maps = [*self.panorama_pages("a3"), *self.path_pages("a3")]
        return [self.front, *maps, *self.table_pages]

    def slides(self) -> list[Page | Grid]:
        """The maps, the ranks and the first rows of the table, with their sources as notes."""
        from dataclasses import replace

        from chainmap.show.pictures.slides import table_slides

        told = [f"{label}{sentence}" for label, sentence in self.report.findings]
        cited = list(self._cited(row["sources"] for row in self._links))
        first, *more = self.panorama_pages("16:9")
        first = replace(first, notes=(*told, *first.notes, *cited))
        most = self.top or int(self.study.world.settings["table.rows"])
        notes = {row["ref"]: tuple(self._cited([row["sources"]])) for row in self.rows}
        tables = table_slides(self.table, most, notes)
        charts = [*self.rank_pages, *self.quadrant_pages]
        return [first, *more, *self.path_pages("16:9"), *charts, *tables]

    def _cited(self, ids: Iterable[Iterable[str]]) -> Iterable[str]:
        """Sources as lines, each once."""
        by_id = {row["source"]: row for row in self.sources}
        for source in dict.fromkeys(one for some in ids for one in some):
            row = by_id.get(source)
            names = ("source", "grade", "date", "publisher", "title", "url")
            yield "　".join(row[name] for name in names if row[name]) if row else source

    @property
    def lacking(self) -> set[str]:
        """Characters that the shipped font does not have."""
        from chainmap.show.draw.fonts import lacking
        from chainmap.show.draw.scene import texts

        pages = self.paper_pages()
        return {ch for page in pages for text in texts(page) for ch in lacking(safe(text.text))}

    # files

    def made(self, kind: str) -> bytes:
        """The report as one file: pdf, pptx, html, docx, xlsx, or its A4 page as svg or png.

        Raises MissingExtra where the part that writes the format is not installed.
        """
        make: dict[str, Callable[[], bytes]] = {
            "pdf": self._pdf,
            "pptx": self._pptx,
            "html": self._html,
            "docx": self._docx,
            "xlsx": self._xlsx,
            "svg": lambda: picture(self.front, "svg"),
            "png": lambda: picture(self.front, "png"),
        }
        return make[kind]()

    def _pdf(self) -> bytes:
        from chainmap.show.draw.pdf import as_pdf

        return as_pdf(self.paper_pages(), not self.lacking)

    def _pptx(self) -> bytes:
        from chainmap.show.draw.pptx import as_pptx

        return as_pptx(self.slides())

    def _xlsx(self) -> bytes:
        columns = heads(self.official)
        return table_book(self.study, self.chain.id, columns, self.contract, self._signed)

    def _html(self) -> bytes:
        from chainmap.show.web.report import Whole, report_document

        report = self.report
        whole = Whole(
            report.title, report.about, report.findings, report.asks, report.footer,
            self.panorama, self.panorama_pages("16:9"), self.evidence, self.path_pages("16:9"),
            [*self.rank_pages, *self.quadrant_pages], self.table, self.sources, self.lang,
        )  # fmt: skip
        return report_document(whole)

    def _docx(self) -> bytes:
        from chainmap.show.office.docx import Paper, as_docx

        report = self.report
        maps = [*self.panorama_pages("a3"), *self.path_pages("a3")]
        paper = Paper(
            report.title, report.about, report.findings, report.asks, report.footer, maps,
            self.table, self.sources, not self.lacking, self.lang,
        )  # fmt: skip
        return as_docx(paper)

    def csv(self) -> bytes:
        """The table as CSV."""
        from chainmap.show.formats import as_csv

        columns = heads(self.official)
        rows = [[row[name] for name in columns] for row in self.contract]
        if self._signed:
            rows.append([self._signed, *[""] * (len(columns) - 1)])
        return as_csv(columns, rows)

    def json(self) -> bytes:
        """The chain's graph for programs: as ``map`` writes it, but without the workspace's hash.

        That hash changes with any row of any chain, and this file only with its own.
        """
        from chainmap.show.formats import as_json

        links, flows = self._graph
        return as_json(
            {"as_of": self.study.world.at.text, "chain": self.chain.id, "flows": flows}, links
        )

    @cached_property
    def _graph(self) -> tuple[list[JsonRow], list[JsonRow]]:
        return graph_rows(self.study, self.chain.id)

    def dot(self) -> bytes:
        """The chain's graph for Graphviz."""
        return graph(self.study, self.chain, self.lang)


def graph_rows(study: Study, chain: str) -> tuple[list[JsonRow], list[JsonRow]]:
    """A chain's links with all that is known of their gaps, in the file's order, and its flows."""
    file = study.chain(chain)
    rows = {row["link"]: row for row in study.gap_rows(chain, True)}
    links = [{**rows[link.id], "group": link.group} for link in file.links]
    flows: list[JsonRow] = [
        {"from": list(f.sources), "to": f.target, "need": f.need, "share": f.share}
        for f in file.flows
    ]
    return links, flows


def graph(study: Study, chain: Chain, lang: str) -> bytes:
    """A chain's graph for Graphviz."""
    from chainmap.show.dot import STYLES, as_dot
    from chainmap.study.content import bands, chain_name

    chain, region = in_words_of(chain, lang), study.region(lang)
    title = say("title.panorama", lang, region=region, chain=chain_name(chain, lang))
    tags = {status: say(f"tag.{status}", lang) for status in STYLES}
    flows = [(flow.sources, flow.target, flow.need) for flow in chain.flows]
    return as_dot(title, bands(study, chain, lang), flows, tags)


def picture(page: Page, kind: str) -> bytes:
    """One page as svg or png."""
    if kind == "svg":
        from chainmap.show.draw.svg import as_svg

        return as_svg(page).encode()
    from chainmap.show.draw.fonts import lacking
    from chainmap.show.draw.png import as_png
    from chainmap.show.draw.scene import texts

    return as_png(page, not any(lacking(safe(text.text)) for text in texts(page)))
