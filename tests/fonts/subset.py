"""Cut the shipped fonts out of the full Noto Sans CJK: ``python tests/fonts/subset.py FOLDER``.

FOLDER holds NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc (Debian: fonts-noto-cjk). Kept are
the characters of GB 2312, Latin letters, and every character that the workspace or the message
catalogue uses. Kerning and hinting go: what is measured is then what is drawn.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FONTS = ROOT / "chainmap" / "show" / "fonts"
SC = "Noto Sans CJK SC"


def gb2312() -> set[str]:
    """The characters of GB 2312-80."""
    found = set()
    for first in range(0xA1, 0xF8):
        for second in range(0xA1, 0xFF):
            try:
                found.add(bytes([first, second]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def latin() -> set[str]:
    """ASCII, and the letters of western European names."""
    return {chr(code) for span in ((0x20, 0x7F), (0xA0, 0x180)) for code in range(*span)}


def used() -> set[str]:
    """Every character of the workspace and of the product's own sentences."""
    files = [
        *ROOT.glob("data/*.csv"),
        *ROOT.glob("data/*.yaml"),
        *ROOT.glob("chains/*.yaml"),
        *ROOT.glob("chainmap/core/words/*.py"),
        ROOT / "chainmap/core/problems.py",
    ]
    return {ch for file in files for ch in file.read_text(encoding="utf-8-sig")} - set("\n\r\t")


def main(folder: Path) -> None:
    """Write both weights."""
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    wanted = gb2312() | latin() | used()
    for weight in ("Regular", "Bold"):
        fonts = TTCollection(str(folder / f"NotoSansCJK-{weight}.ttc")).fonts
        font = next(f for f in fonts if f["name"].getDebugName(1).startswith(SC))
        options = subset.Options()
        options.hinting, options.name_IDs, options.notdef_outline = False, ["*"], True
        options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB"]
        font.recalcTimestamp = False
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(ch) for ch in wanted])
        cutter.subset(font)
        font.save(FONTS / f"NotoSansCJKsc-{weight}.otf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
