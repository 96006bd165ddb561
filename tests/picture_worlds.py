"""Random panoramas: chains of 0 to 200 links, names of every length, in uneven groups."""

from __future__ import annotations

from hypothesis import strategies as st

from chainmap.show.pictures.content import Card, Panorama, Stage

STATUSES = ("strong", "weak", "present", "missing", "planned", "unknown")
NAMES = st.text("轴承箱体减速器智能装备（）ABCiW0123 与、用", min_size=1, max_size=24).filter(
    str.strip
)


@st.composite
def panoramas(draw: st.DrawFn, most: int = 200) -> Panorama:
    """A chain's content with so many links at most; every link has an id of its own."""
    count = draw(st.integers(0, most))
    stages = draw(st.integers(1, 5))
    spread = draw(st.integers(1, 12))
    cards: list[list[Card]] = [[] for _ in range(stages)]
    for number in range(count):
        at = draw(st.integers(0, stages - 1))
        firms = tuple(draw(st.lists(NAMES, max_size=5)))
        lines = (draw(NAMES) + draw(NAMES), draw(NAMES))
        cards[at].append(
            Card(
                f"c/l{number}",
                draw(NAMES),
                draw(st.sampled_from(STATUSES)),
                draw(st.sampled_from(("A·14", "C·2", "—"))),
                draw(st.sampled_from(["", *(f"第{n}组" for n in range(spread))])),
                draw(st.booleans()),
                firms,
                len(firms) + draw(st.integers(0, 40)) if firms else 0,
                () if firms else lines,
                draw(NAMES),
            )
        )
    named = [
        Stage(f"第{at}段", draw(NAMES), tuple(part), at == stages - 1 and draw(st.booleans()))
        for at, part in enumerate(cards)
    ]
    return Panorama(
        draw(NAMES), draw(NAMES) * 3, "数据截至 2026-11-25", tuple(named), draw(NAMES), draw(NAMES),
        draw(NAMES), "2026-11-25",
    )  # fmt: skip
