"""The page in a real browser: it asks for nothing, does what its buttons say, and is readable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import browser, need_chromium
from tests.running import as_json, chainmap

CHAIN, LINKS = "smart-appliance", 29
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "map.html"
    done = chainmap("map", CHAIN, "-o", path)
    assert done.returncode == 0, done.stderr.decode()
    return path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    need_chromium()
    with browser() as one:
        yield one


class Visit:
    """A page that is open, with all that it asked for and complained of."""

    def __init__(self, chromium: Any, file: Path, size: dict[str, int], **more: Any) -> None:
        self.page = chromium.new_page(viewport=size, **more)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda one: self.asked.append(one.url))
        self.page.on("console", lambda one: self.said.append(one.text))
        self.page.on("pageerror", lambda one: self.said.append(str(one)))
        self.page.goto(file.as_uri())


@pytest.fixture
def wide(chromium: Any, file: Path) -> Iterator[Visit]:
    visit = Visit(chromium, file, WIDE)
    yield visit
    visit.page.close()


def test_the_file_is_small_and_names_no_address(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) <= 100_000
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert "style=" not in text.split("</style>")[1]


def test_nothing_is_asked_for_and_nothing_complains(wide: Visit, file: Path) -> None:
    assert wide.asked == [file.as_uri()]
    assert wide.said == []
    assert wide.page.locator("#count").inner_text() == f"显示 {LINKS} / {LINKS} 环"


def test_the_policy_stops_a_script_that_was_put_in(
    chromium: Any, file: Path, tmp_path: Path
) -> None:
    text = file.read_text(encoding="utf-8")
    bad = tmp_path / "bad.html"
    evil = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    bad.write_text(text.replace("<main>", evil + "<main>"), encoding="utf-8")
    visit = Visit(chromium, bad, WIDE)
    assert visit.page.title() != "taken"
    assert any("Content Security Policy" in said for said in visit.said)
    visit.page.close()


def test_status_stage_and_search_filter_and_say_how_many(wide: Visit) -> None:
    page = wide.page
    links = as_json("gaps", CHAIN, "--all")["rows"]
    unknown = sum(link["status"] == "unknown" for link in links)
    assert 0 < unknown < LINKS
    page.locator(".toggle.unknown").click()
    assert page.locator(".toggle.unknown").get_attribute("aria-pressed") == "false"
    assert page.locator("#count").inner_text() == f"显示 {LINKS - unknown} / {LINKS} 环"
    assert page.locator("#map .card.off").count() == unknown
    assert page.locator("#map .card.off[tabindex='-1']").count() == unknown
    page.locator(".toggle.unknown").click()
    page.locator("#stage").select_option(index=1)
    assert page.locator("#count").inner_text() == "显示 16 / 29 环"
    page.locator("#stage").select_option(index=0)
    page.keyboard.press("/")
    page.keyboard.type("压缩机")
    assert page.locator("#count").inner_text() == "显示 2 / 29 环"
    page.keyboard.type("没有这个")
    assert page.locator("#none").is_visible()


def test_a_card_opens_by_key_and_gives_the_focus_back(wide: Visit) -> None:
    page = wide.page
    card = page.locator("#map .card").nth(4)
    card.focus()
    page.keyboard.press("Enter")
    assert page.locator("#tip").is_visible()
    assert page.evaluate("document.activeElement.closest('#tip') !== null")
    page.keyboard.press("Escape")
    assert not page.locator("#tip").is_visible()
    assert page.evaluate("document.activeElement.dataset.ref") == card.get_attribute("data-ref")


def test_tab_goes_through_the_toolbar_to_the_cards(wide: Visit) -> None:
    page = wide.page
    way = []
    for _ in range(16):
        page.keyboard.press("Tab")
        way.append(page.evaluate("document.activeElement.id || document.activeElement.dataset.ref"
                                 " || document.activeElement.dataset.status"))  # fmt: skip
    assert way[0] == "q"
    assert way.index("theme") < next(at for at, one in enumerate(way) if "/" in str(one))


def test_zoom_goes_to_three_times_and_back(wide: Visit) -> None:
    page = wide.page
    for _ in range(12):
        page.locator("#in").click()
    assert page.locator("#whole").inner_text() == "300%"
    page.locator("#whole").click()
    assert page.locator("#whole").inner_text() == "100%"


def test_a_phone_shows_the_list_and_never_scrolls_sideways(chromium: Any, file: Path) -> None:
    visit = Visit(chromium, file, PHONE)
    page = visit.page
    assert page.locator("#list").is_visible()
    assert not page.locator("#map").is_visible()
    assert page.locator("#list .row").count() == LINKS
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    low = page.evaluate(
        "Math.min(...[...document.querySelectorAll('button,input,select')]"
        ".filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height))"
    )
    assert low >= 40
    page.locator("#list .row").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_serious_barrier(chromium: Any, file: Path, scheme: str, size: dict[str, int]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visit = Visit(chromium, file, size, color_scheme=scheme)
    found = Axe().run(visit.page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [n["html"][:80] for n in one["nodes"]]) for one in serious]
    visit.page.close()


def test_it_prints_on_one_page(chromium: Any, file: Path, tmp_path: Path) -> None:
    visit = Visit(chromium, file, WIDE)
    printed = visit.page.pdf(prefer_css_page_size=True, path=tmp_path / "p.pdf")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    visit.page.close()
