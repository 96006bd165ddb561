"""The message catalogue: both languages say the same, and nothing in it is dead."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from chainmap.core.problems import CATALOGUE
from chainmap.core.words import PARTS, WORDS

ROOT = Path(__file__).parent.parent


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_no_key_stands_in_two_parts() -> None:
    assert len(WORDS) == sum(len(part.WORDS) for part in PARTS)


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_take_the_same_words(key: str) -> None:
    zh, en = WORDS[key]
    assert zh and en
    assert fields(zh) == fields(en)


@pytest.mark.parametrize("code", CATALOGUE)
def test_both_languages_of_a_problem_take_the_same_words(code: str) -> None:
    entry = CATALOGUE[code]
    assert fields(entry.zh) == fields(entry.en)
    assert fields(entry.zh_do) == fields(entry.en_do)


def test_every_sentence_is_said_somewhere() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "chainmap").rglob("*.py")
        if path.parent.name != "words"
    )
    made = tuple(re.findall(r"""f["']([a-z_.]+\.)\{""", code))
    dead = [key for key in WORDS if f'"{key}"' not in code and not key.startswith(made)]
    assert not dead


def test_chinese_sentences_can_be_shown_on_a_gbk_console() -> None:
    for zh, en in WORDS.values():
        (zh + en).encode("gbk")
    for entry in CATALOGUE.values():
        (entry.zh + entry.zh_do).encode("gbk")


def test_every_problem_is_raised_somewhere() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "chainmap").rglob("*.py")
        if path.name != "problems.py"
    )
    assert not [one for one in CATALOGUE if f'"{one}"' not in code]
