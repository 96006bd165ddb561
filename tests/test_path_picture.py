"""The geometry of the path: every task once, no box on another, no line through a box."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.show.draw.scene import Box, Group, Page, Shape, Text, flat, groups, texts
from chainmap.show.path_words import RISKS
from chainmap.show.pictures.path import LEFT, path_pages
from chainmap.show.pictures.path_content import PathContent, jobs_of, month
from tests.picture_worlds import NAMES

LANES = ("上游 材料", "中游 制造", "下游 应用", "支撑 平台")
KINDS = ("check", "advance", "fill", "strengthen", "deepen", "extend", "build")
FIRST = 2026 * 12 + 11


def day(at: int) -> str:
    return f"{at // 12}-{at % 12 + 1:02d}"


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Tasks with dates within five years; each may need some of those before it."""
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 60))):
        start = FIRST + draw(st.integers(0, 54))
        length = draw(st.integers(1, 24))
        ready = [row["code"] for row in found if month(row["due"], last=True) < start]
        needs = draw(st.lists(st.sampled_from(ready), max_size=3, unique=True)) if ready else []
        due = start + length - 1
        term = "near" if due < FIRST + 12 else "mid" if due < FIRST + 36 else "far"
        found.append(
            {
                "code": f"上{number}",
                "action": draw(st.sampled_from(KINDS)),
                "link": f"l{draw(st.integers(0, 40))}",
                "name": draw(NAMES),
                "title": draw(NAMES),
                "stage": draw(st.sampled_from(LANES)),
                "start": day(start),
                "due": day(due),
                "term": term,
                "owner": draw(st.sampled_from([None, "市工业和信息化局"])),
                "needs": needs,
                "conditional": draw(st.booleans()),
                "started": draw(st.booleans()),
                "late": draw(st.booleans()),
                "critical": draw(st.booleans()),
                "origin": draw(st.sampled_from(["hand", "generated", "plan", "project"])),
                "risk": (risk := draw(st.lists(st.sampled_from(RISKS), unique=True))),
                "at_risk": bool(risk),
                "in_plan": draw(st.sampled_from([None, True, False])),
                "project_stage": draw(st.sampled_from([None, "签约", "建设"])),
                "stage_date": draw(st.sampled_from([None, "2026-08"])),
            }
        )
    return found


def content(of: list[dict[str, Any]]) -> PathContent:
    terms = (FIRST + 12, FIRST + 36, FIRST + 60)
    words = ("路径图", "共若干项。", "数据截至 2026-11-25")
    return PathContent(*words, LANES, jobs_of(of, "zh"), FIRST, terms, (), "来源", "2026-11-25")


def box_of(task: Group) -> Box:
    return next(item for item in flat(task.items) if isinstance(item, Box))


def extent(task: Group) -> tuple[float, float, float, float]:
    """Everything that belongs to a task: its box and its words."""
    box = box_of(task)
    right = max(
        [box.x + box.w, *(t.left + t.width for t in flat(task.items) if isinstance(t, Text))]
    )
    return box.x, box.y, right, box.y + box.h


def lines_of(page: Page) -> list[Shape]:
    """The ways between boxes: open shapes that begin right of the lane heads, with an arrow."""
    drawn = [item for item in page.items if isinstance(item, Shape)]
    return [
        line for line, head in pairwise(drawn)
        if not line.closed and head.closed and len(head.points) == 3
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(of=rows())
def test_every_task_is_drawn_once_and_no_two_touch(of: list[dict[str, Any]]) -> None:
    drawn = content(of)
    pages = path_pages(drawn)
    codes = Counter(task.ref for page in pages for task in groups(page.items, "task"))
    assert codes == Counter(job.code for job in drawn.jobs)
    assert sum(job.count for job in drawn.jobs) == len(of)
    for page in pages:
        tasks = [extent(task) for task in groups(page.items, "task")]
        for a, b in combinations(tasks, 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (a, b)
        for text in texts(page):
            assert text.left >= 20 and text.left + text.width <= page.width - 20


@settings(max_examples=60, deadline=None)
@given(of=rows())
def test_no_line_runs_through_a_box_and_every_need_is_drawn_or_written(
    of: list[dict[str, Any]],
) -> None:
    for page in path_pages(content(of)):
        boxes = [box_of(task) for task in groups(page.items, "task")]
        for line in lines_of(page):
            assert line.points[0][0] > LEFT
            for (x0, y0), (x1, y1) in pairwise(line.points):
                for box in boxes:
                    through = (
                        min(x0, x1) < box.x + box.w - 1
                        and max(x0, x1) > box.x + 1
                        and min(y0, y1) < box.y + box.h - 1
                        and max(y0, y1) > box.y + 1
                    )
                    assert not through, (line.points, box)
        drawn = len(lines_of(page))
        tasks = {task.ref: task for task in groups(page.items, "task")}
        jobs = [job for job in jobs_of(of, "zh") if job.code in tasks]
        wanted = sum(len(job.needs) for job in jobs)
        written = sum(
            text.text.startswith("前置")
            for task in tasks.values()
            for text in flat(task.items)
            if isinstance(text, Text)
        )
        assert drawn <= wanted
        if drawn < wanted:
            assert written > 0
