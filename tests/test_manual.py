"""The manual page says what the help pages say, and no text steers the formatter."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from running import chainmap
from test_hostile_names import NAMES

from chainmap.cli.main import command
from chainmap.show.manual import EXITS, Entry, page, roff


def _page(lang: str) -> str:
    done = chainmap("--lang", lang, "manual", workspace=None)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode("ascii")


def _commands(one: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, one
    for name, below in getattr(one, "commands", {}).items():
        yield from _commands(below, (*path, name))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_and_option_is_in_the_manual_with_its_help(lang: str) -> None:
    text = _page(lang)
    for path, one in _commands(command(lang)):
        assert not path or f".SS {roff(' '.join(path))}\n" in text
        assert roff(one.help or "") in text
        for parameter in one.params:
            assert roff(parameter.help or "") in text
            if parameter.param_type_name == "option":
                assert f"\\fB{roff(', '.join(parameter.opts))}" in text
    for code in EXITS:
        assert f"\n\\fB{code}\\fR\n" in text


def test_the_manual_is_the_same_each_time() -> None:
    assert _page("zh") == _page("zh")


def test_no_text_is_a_request_or_an_escape() -> None:
    entry = Entry(("x",), "", tuple((name, name) for name in NAMES), ())
    lines = page("1.0", entry, [entry], "zh").splitlines()
    requests = {re.split(r"[ ]", line)[0] for line in lines if line.startswith((".", "'"))}
    assert requests <= {".TH", ".SH", ".SS", ".TP", ".PP", ".ad", ".nh", '.\\"'}
    for name in NAMES:
        assert "\n" not in roff(name)
        # What is left of a backslash are our own escapes.
        assert re.sub(r"\\(e|-|:|&|\(dq|\[u[0-9A-F]{4,5}\])", "", roff(name)).count("\\") == 0


def test_the_name_of_a_command_comes_first() -> None:
    assert re.search(r"^\.SH NAME\nchainmap \\- ", _page("en"), re.M)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_formatter_finds_nothing_to_say(lang: str) -> None:
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n"],
        input=_page(lang), capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stderr == ""
    word = {"zh": "缺口清单", "en": "candidates in their order"}[lang]
    assert word in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
