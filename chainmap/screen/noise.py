"""Ways in which a word of a link stands in a scope, and whether the firm is then one to find."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from chainmap.screen.rule import LinkWords

if TYPE_CHECKING:
    import numpy as np

    Random = np.random.Generator

# Kind, and whether a task-force would want the firm for the link.
KINDS: dict[str, bool] = {
    "exact": True,  # 碱性电解槽制造
    "full_width": True,  # ＰＥＭ电解槽制造
    "letter_case": True,  # pEM电解槽
    "traditional": True,  # 鹼性電解槽製造
    "long": True,  # at the end of a scope of some thousand characters
    "broken_line": True,  # beside line ends, commas and quotes
    "spaced": True,  # 碱性 电解槽
    "punctuated": True,  # 碱性·电解槽
    "typo": True,  # 碱某电解槽
    "reworded": True,  # 电解槽（碱性用）
    "excluded": False,  # an exclude word of the link stands there as well
    "negated": False,  # （不含碱性电解槽）
    "inside": False,  # 碱性电解槽题材图书零售
    "sale": False,  # 碱性电解槽销售, and nothing made
    "revoked": False,  # 碱性电解槽制造, of a firm that has ended
}
_INSIDE = ("主题餐厅", "题材图书零售", "造型玩具零售", "爱好者联谊活动")
_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def spoken(kind: str, word: str, link: LinkWords, random: Random) -> str | None:
    """The word of a link as it is written in that way; None where it cannot be."""
    middle = len(word) // 2
    if kind in ("spaced", "punctuated", "typo", "reworded") and len(word) < 4:
        return None
    if kind in ("exact", "long", "revoked"):
        return f"{word}制造"
    if kind == "full_width":
        return _changed(word, word.translate(_FULL))
    if kind == "letter_case":
        return _changed(word, word.swapcase())
    if kind == "traditional":
        return _changed(word, _traditional(word))
    if kind == "broken_line":
        return f'一般项目:\n{word}制造,"定制"'
    if kind == "spaced":
        return f"{word[:middle]} {word[middle:]}制造"
    if kind == "punctuated":
        return f"{word[:middle]}·{word[middle:]}制造"
    if kind == "typo":
        return f"{word[: middle - 1]}某{word[middle:]}制造"
    if kind == "reworded":
        return f"{word[middle:]}制造（{word[:middle]}用）"
    return _unwanted(kind, word, link, random)


def _unwanted(kind: str, word: str, link: LinkWords, random: Random) -> str | None:
    if kind == "excluded":
        if not link.exclude:
            return None
        return f"{word}制造；{link.exclude[int(random.integers(len(link.exclude)))]}制造"
    if kind == "negated":
        return f"产品加工（不含{word}）"
    if kind == "inside":
        return word + _INSIDE[int(random.integers(len(_INSIDE)))]
    return f"{word}销售"


def _changed(word: str, written: str) -> str | None:
    return None if written == word else f"{written}制造"


def _traditional(word: str) -> str:
    """The word in traditional characters, as a library has it."""
    return str(_converter().convert(word))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
