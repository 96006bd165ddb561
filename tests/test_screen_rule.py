"""What a word and a scope are normalised to, over the whole of Unicode."""

from __future__ import annotations

import random
import sys
import unicodedata

from screen_oracle import plain

from chainmap.screen.characters import folded, joining
from chainmap.screen.rule import characters, normalise


def _known(code: int) -> bool:
    """Characters that are assigned, and of the others one of a hundred."""
    return unicodedata.category(chr(code)) not in ("Cn", "Co", "Cs") or (
        code % 101 == 0 and not 0xD800 <= code < 0xE000
    )


ALL = [chr(code) for code in range(sys.maxunicode + 1) if _known(code)]
SIMPLE = dict(zip(*characters(), strict=True))


def by_character(text: str) -> str:
    """Each character by itself, from the tables that the compiled kernel has."""
    made = "".join(folded().get(one, one) for one in text)
    return "".join(SIMPLE.get(one, one) for one in made)


def test_every_character_alone_is_as_the_definition_says() -> None:
    for start in range(0, len(ALL), 4096):
        some = ALL[start : start + 4096]
        text = "\n".join(some)
        expected = plain(text)
        assert normalise(text) == expected
        assert "\n".join(map(by_character, some)) == expected


def test_characters_that_join_nothing_can_be_read_one_by_one_beside_any_other() -> None:
    alone = [one for one in ALL if one not in joining()]
    chance = random.Random(1)
    # Every character that is not said to join, behind characters of every kind.
    telling = [one for one in ALL if unicodedata.normalize("NFKD", one) != one or one in joining()]
    for one in alone:
        before = chance.choice(telling)
        text = before + one
        expected = unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", one)
        assert unicodedata.normalize("NFKC", text) == expected, [hex(ord(ch)) for ch in text]
    for _ in range(3000):
        text = "".join(chance.choices(alone, k=50)) + "".join(chance.choices(telling, k=20))
        text = "".join(one for one in chance.sample(text, len(text)) if one not in joining())
        assert by_character(text) == plain(text)


def test_what_joins_is_known_to_join() -> None:
    for one in ("\u0301", "ﾞ", "ﾟ", "\u1161", "\u11a8", "\u3099", "\u093c"):
        assert one in joining()
    for one in "硅電가がABé；（①㈱":
        assert one not in joining()
