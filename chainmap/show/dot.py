"""The panorama as a Graphviz file."""

from __future__ import annotations

from collections.abc import Sequence

from chainmap.core.text import safe
from chainmap.show.panorama import Band

STYLES = {
    "strong": 'fillcolor="#E6F1F8", color="#0B5680", style="filled"',
    "weak": 'fillcolor="#FFF3DC", color="#855000", style="filled"',
    "present": 'fillcolor="#E6F1F8", color="#0B5680", style="filled"',
    "missing": 'color="#A61B1B", style="dashed", penwidth=2',
    "unknown": 'color="#535C67", style="dotted"',
    "planned": 'fillcolor="#F1ECFB", color="#5A379C", style="filled"',
}


def as_dot(
    title: str,
    bands: Sequence[Band],
    flows: Sequence[tuple[Sequence[str], str, str]],
    tags: dict[str, str],
) -> bytes:
    """A digraph, a cluster a stage; required flows solid, any dashed, optional dotted.

    ``flows`` are (sources, target, need) by link id; ``tags`` the word that carries a status.
    """
    lines = [
        "digraph chain {",
        f"  label={_quoted(title)}; labelloc=t; rankdir=LR; compound=true;",
        '  node [shape=box, fontname="Noto Sans CJK SC"];',
    ]
    for at, band in enumerate(bands):
        lines.append(f"  subgraph cluster_{at} {{ label={_quoted(band.name)};")
        for card in band.cards:
            link = card.ref.split("/")[-1]
            label = _quoted(f"{tags[card.status]} {card.name}")
            lines.append(f"    {_quoted(link)} [label={label}, {STYLES[card.status]}];")
        lines.append("  }")
    look = {"required": "solid", "any": "dashed", "optional": "dotted"}
    for sources, target, need in flows:
        lines += [
            f"  {_quoted(source)} -> {_quoted(target)} [style={look[need]}];" for source in sources
        ]
    return ("\n".join([*lines, "}"]) + "\n").encode()


def _quoted(text: str) -> str:
    return '"' + safe(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
