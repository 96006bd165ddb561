"""Colours by name, for light and dark: every picture names what a colour means."""

from __future__ import annotations

LIGHT = {
    "bg": "#FFFFFF", "card": "#FFFFFF", "panel": "#F3F5F8", "ink": "#16212C", "sub": "#465361",
    "line": "#C9D1DA", "head": "#17365A", "on-head": "#FFFFFF", "focus": "#0A58CA",
    "strong": "#0B5680", "strong-tint": "#E6F1F8", "weak": "#855000", "weak-tint": "#FFF3DC",
    "missing": "#A61B1B", "missing-tint": "#FDEDEB", "unknown": "#535C67",
    "unknown-tint": "#ECEFF2", "planned": "#5A379C", "planned-tint": "#F1ECFB",
    "present": "#0B5680", "present-tint": "#E6F1F8", "on-solid": "#FFFFFF",
    "near": "#17365A", "mid": "#3F5F86", "far": "#5B7597",
    "half": "#8FB1CF", "faint": "#7D8FA3", "track": "#E8ECF1", "band": "#E6F1F8",
    "zebra": "#F7F8FA", "mark": "#17365A",
}  # fmt: skip
DARK = {
    "bg": "#10161D", "card": "#1F2A36", "panel": "#18212B", "ink": "#EDF2F7", "sub": "#B3BFCC",
    "line": "#3B4958", "head": "#24466E", "on-head": "#FFFFFF", "focus": "#8AB8FF",
    "strong": "#7CCBF2", "strong-tint": "#16384B", "weak": "#F3BE68", "weak-tint": "#43320F",
    "missing": "#FFA79D", "missing-tint": "#4A1F1E", "unknown": "#C0C9D3",
    "unknown-tint": "#333E4A", "planned": "#CBB8FF", "planned-tint": "#352A55",
    "present": "#7CCBF2", "present-tint": "#16384B", "on-solid": "#10161D",
    "near": "#24466E", "mid": "#3F5F86", "far": "#5B7597",
    "half": "#4F7AA3", "faint": "#7D8FA3", "track": "#333E4A", "band": "#16384B",
    "zebra": "#18212B", "mark": "#A9C7EC",
}  # fmt: skip
# The colour of what is done about a link.
ACTS = {
    "strengthen": "strong", "deepen": "strong", "fill": "missing", "extend": "weak",
    "build": "planned", "check": "unknown", "advance": "planned",
}  # fmt: skip
