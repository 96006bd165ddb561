"""What a look at the pictures of five chains found amiss, each fault held by a test.

The smallest chain, the largest, the one with the longest names, one where nearly nothing is
known, and the one where most is made here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.core.words import say
from chainmap.plan.titles import codes_in
from chainmap.show.draw.fonts import wrap
from chainmap.show.draw.scene import Grid, Page, flat, groups, texts
from chainmap.show.draw.scene import Text as Line
from chainmap.show.key_table import COLUMNS
from chainmap.show.pictures.frame import shared_out
from chainmap.show.pictures.report import LEFT, RIGHT
from chainmap.study import Study, open_study
from chainmap.study.content import in_words_of
from chainmap.study.papers import Papers
from tests.running import ROOT

FIVE = ("tourism", "integrated-circuits", "display", "smart-equipment", "smart-appliance")


@lru_cache(maxsize=1)
def study() -> Study:
    return open_study(ROOT)


@lru_cache(maxsize=16)
def papers(chain: str, lang: str = "zh") -> Papers:
    return Papers(study(), study().chain(chain), lang)


def all_pages(of: Papers) -> list[Page | Grid]:
    maps = [*of.panorama_pages("16:9"), *of.path_pages("16:9")]
    return [*of.paper_pages(), *maps, *of.slides()]


@pytest.mark.parametrize("chain", FIVE)
def test_on_the_page_no_task_is_cut(chain: str) -> None:
    for task in groups(papers(chain).front.items, "task"):
        words = [item.text for item in flat(task.items) if isinstance(item, Line)]
        assert not any("…" in text for text in words), words


@pytest.mark.parametrize("chain", FIVE)
def test_on_the_page_few_names_of_links_are_cut(chain: str) -> None:
    cards = list(groups(papers(chain).front.items, "card"))
    cut = [c.title for c in cards if any("…" in t.text for t in flat(c.items)
                                         if isinstance(t, Line))]  # fmt: skip
    assert len(cut) <= len(cards) / 5, cut


@pytest.mark.parametrize("chain", FIVE)
def test_on_the_slide_few_names_of_links_are_cut(chain: str) -> None:
    (page,) = papers(chain).panorama_pages("16:9")
    names = {card.name for card in papers(chain).panorama.cards()}
    shown = {text.text.removesuffix("*") for text in texts(page)}
    bare = {re.sub(r"（[^）]*）", "", name): name for name in names}
    cut = names - shown - {bare[one] for one in shown & bare.keys()}
    assert len(cut) <= len(names) / 8, cut


@pytest.mark.parametrize("chain", FIVE)
def test_the_page_names_a_firm_once_and_says_of_how_many_it_speaks(chain: str) -> None:
    of = papers(chain)
    (sentence,) = [told for label, told in of.report.findings if label == say("report.first")]
    found = re.fullmatch(r"(.+?)(等)? ?(\d+) 项在抽样.*", sentence)
    if found is None:
        assert sentence in (say("report.unstable", top=20), say("report.no_rows"))
        return
    names = [re.sub(r"（\d+ 项）", "", name) for name in found[1].split("、")]
    assert len(set(names)) == len(names)
    assert of.ranks is not None
    told = re.match(r"(\d+) 项稳定", of.ranks.conclusion)
    assert told and told[1] == found[3]  # the page and the chart speak of the same rows


@pytest.mark.parametrize("chain", FIVE)
def test_pictures_show_no_switches_of_a_command_line(chain: str) -> None:
    for page in all_pages(papers(chain)):
        lines = page.rows if isinstance(page, Grid) else [[text.text for text in texts(page)]]
        assert not any(re.search(r"(?<!-)--[a-z]", text) for line in lines for text in line)


@pytest.mark.parametrize("chain", FIVE)
def test_no_page_of_the_table_or_of_a_term_is_left_nearly_empty(chain: str) -> None:
    of = papers(chain)
    sheets = [len({cell.ref.rpartition("#")[0] for cell in groups(page.items, "cell")})
              for page in of.table_pages]  # fmt: skip
    slides = [len(page.rows) for page in of.slides() if isinstance(page, Grid)]
    for counts in (sheets, slides):
        assert len(counts) == 1 or min(counts) >= 0.4 * max(counts), counts
    terms: dict[str, list[int]] = {}
    for page in of.path_pages("16:9"):
        name = re.sub(r" \d+/\d+$", "", page.title)
        terms.setdefault(name, []).append(len(list(groups(page.items, "task"))))
    for counts in terms.values():
        assert len(counts) == 1 or min(counts) >= 0.3 * max(counts), counts


def splits(highs: Sequence[float], pages: int) -> list[list[Sequence[float]]]:
    """Every way to break a sequence into so many pages."""
    found = []
    for cuts in combinations(range(1, len(highs)), pages - 1):
        edges = [0, *cuts, len(highs)]
        found.append([highs[a:b] for a, b in pairwise(edges)])
    return found


@given(highs=st.lists(st.integers(1, 9), min_size=1, max_size=9), room=st.integers(9, 30))
def test_rows_are_shared_out_over_as_few_pages_as_can_be_and_evenly(
    highs: list[int], room: int
) -> None:
    counts = shared_out(highs, room)
    assert sum(counts) == len(highs) and min(counts) > 0
    at = [sum(counts[:n]) for n in range(len(counts) + 1)]
    fullest = max(sum(highs[a:b]) for a, b in pairwise(at))
    assert fullest <= room
    every = [max(sum(page) for page in pages) for n in range(1, len(highs) + 1)
             for pages in splits(highs, n)]  # fmt: skip
    fewest = next(n for n in range(1, len(highs) + 1)
                  if any(max(map(sum, pages)) <= room for pages in splits(highs, n)))  # fmt: skip
    assert len(counts) == fewest
    assert fullest == min(max(map(sum, pages)) for pages in splits(highs, fewest))
    assert fullest >= min(every)


@pytest.mark.parametrize("chain", ["display"])
def test_in_the_workbook_every_row_is_as_high_as_its_text(chain: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(papers(chain).made("xlsx")))
    for sheet in book.worksheets[1:]:
        widths = {n: d.width for d in sheet.column_dimensions.values()
                  for n in range(d.min, d.max + 1)}  # fmt: skip
        for line in sheet.iter_rows(min_row=2):
            needed = max(
                len(wrap(str(cell.value or ""), 7 * widths[cell.column], 13.3)) for cell in line
            )
            high = sheet.row_dimensions[line[0].row].height or 15
            assert high >= 12.5 * needed, (sheet.title, line[0].value)


KINDS = ("strengthen", "deepen", "fill", "extend", "build", "check")


@pytest.mark.parametrize("chain", FIVE[1:4])
def test_an_english_report_has_english_headings_kinds_and_marks(chain: str) -> None:
    of = papers(chain, "en")
    told: list[str] = []
    for page in all_pages(of):
        told += [text.text for text in texts(page)]  # type: ignore[arg-type]
        if isinstance(page, Grid):
            told += [*page.heads, *(cell for row in page.rows for cell in row)]
    told += re.findall(r"<(?:th|h1|h2|option)[^>]*>([^<]*)", of.made("html").decode())
    told += re.findall(r'label="?([^";]*)', of.dot().decode())
    chinese = {*COLUMNS, *(say(f"kind.{kind}") for kind in KINDS), say("unknown")}
    assert not chinese & set(told)
    file = study().chain(chain).file
    links = file.panorama.links
    heads = {link.group for link in links} - {link.name for link in links}
    heads |= {word for stage in file.panorama.stages for word in stage.name.split(" ")}
    heads.add(study().workspace.region)
    sheets = ("16:9", "a3")
    maps = [page for s in sheets for page in (*of.panorama_pages(s), *of.path_pages(s))]
    shown = {text.text for page in maps for text in texts(page)}
    assert not heads & {*shown, *(text.split(" ", maxsplit=1)[0] for text in shown)}
    assert not any(study().workspace.region in page.title for page in all_pages(of))
    assert not any(re.match(r"[上中下支总]\d", text) for text in told)  # codes of tasks


def test_the_files_of_an_english_report_keep_the_columns_of_the_contract() -> None:
    of = papers("display", "en")
    assert of.csv() == papers("display").csv()
    assert of.made("xlsx") == papers("display").made("xlsx")


def test_two_stages_with_one_letter_keep_their_codes() -> None:
    chain = study().chain("display")
    named = in_words_of(chain, "en")
    codes = codes_in(["上1", "上10核", "中2b", "总1"], chain, named, "en")
    assert list(codes.values()) == ["U1", "U10chk", "M2b", "A1"]
    stages = named.file.panorama.stages
    alike = tuple(one.model_copy(update={"name": "Stage"}) for one in stages)
    panorama = named.file.panorama.model_copy(update={"stages": alike})
    same = replace(named, file=named.file.model_copy(update={"panorama": panorama}))
    assert codes_in(["上1"], chain, same, "en") == {"上1": "上1"}
    assert codes_in(["上1"], chain, named, "zh") == {"上1": "上1"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("chain", FIVE)
def test_on_the_page_all_lines_stay_between_the_margins(chain: str, lang: str) -> None:
    for text in texts(papers(chain, lang).front):
        assert text.left >= LEFT - 0.6 and text.left + text.width <= RIGHT + 0.6, text
