"""`explorer.readers.text.notebook` and `explorer.readers.text.subtitles`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ReadError
from tests.readers.conftest import Read, Write

CELLS = [
    {"cell_type": "markdown", "source": ["# Ducks\n", "![p](data:image/png;base64,AAAA) and words"]},
    {
        "cell_type": "code",
        "source": "print(1)",
        "outputs": [
            {"output_type": "stream", "text": ["1\n", "\u001b[31mred\u001b[0m\n"]},
            {"output_type": "display_data", "data": {"image/png": "AAAA", "text/html": "<b>bold</b> x"}},
            {"output_type": "execute_result", "data": {"text/plain": ["'two'"], "text/html": "<i>no</i>"}},
            {"output_type": "error", "ename": "ValueError", "evalue": "bad", "traceback": ["\u001b[0;31m"]},
        ],
    },
    {"cell_type": "markdown", "source": "## Swans"},
    {"cell_type": "code", "source": []},
]


def test_a_notebook(write: Write, read: Read) -> None:
    notebook = {"cells": CELLS, "nbformat": 4, "metadata": {"kernelspec": {"name": "python3"}}}
    reading = read(write("a.ipynb", json.dumps(notebook)))
    assert reading.text == (
        "# Ducks\np and words\n\nprint(1)\n\n1\nred\n\nbold x\n\n'two'\n\nValueError: bad\n\n## Swans"
    )
    assert [(each.level, each.text, reading.text[each.start]) for each in reading.headings] == [
        (1, "Ducks", "#"),
        (2, "Swans", "#"),
    ]
    assert (reading.kind, reading.title) == ("notebook", "Ducks")


def test_an_old_notebook(write: Write, read: Read) -> None:
    cells = [{"cell_type": "code", "input": "x = 1", "outputs": [{"output_type": "pyout", "text": "1"}]}]
    old = {"nbformat": 3, "worksheets": [{"cells": cells}]}
    assert read(write("a.ipynb", json.dumps(old))).text == "x = 1\n\n1"


def test_damaged_notebooks(write: Write, read: Read) -> None:
    with pytest.raises(ReadError, match=r"^a\.ipynb could not be read: the notebook is damaged\.$"):
        read(write("a.ipynb", '{"cells": [{"cell_type": '))
    with pytest.raises(ReadError, match=r"^a\.ipynb could not be read"):
        read(write("a.ipynb", '{"cells": ' + "[" * 100_000 + '"cell_type"'))
    with pytest.raises(ReadError, match=r"^a\.ipynb has no text"):
        read(write("a.ipynb", '{"nbformat": 4, "cells": []}'))


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.sampled_from(["markdown", "code", "x", "# h"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cell_type", "source", "outputs", "data", "text", "output_type", "cells"]), inner
        )
    ),
    max_leaves=15,
)


@given(cells=ODD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_notebook_is_read_or_refused(cells: Any, write: Write, read: Read) -> None:
    path = write("any.ipynb", json.dumps({"cells": cells, "nbformat": 4, "metadata": cells}))
    try:
        assert read(path).text.strip()
    except ReadError:
        return


@pytest.mark.data
def test_a_notebook_of_the_zoo(zoo: Path, read: Read) -> None:
    reading = read(zoo / "markitdown/test_notebook.ipynb")
    assert reading.title == "Test Notebook Title"
    assert [each.text for each in reading.headings] == ["Test Notebook", "Code Cell Below"]


VTT = """WEBVTT - A talk
Language: en

NOTE
nobody sees this

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.500 align:start
<v Mary Ann>Hello <b>there</b> &amp; <00:01.500>you.</v>

00:02.600 --> 00:04.000
<v Mary Ann>How are you?

00:04.000 --> 00:05.000
<v Bob>Fine.

01:00:05.000 --> 01:00:06.000
<v Bob>An hour later.
"""


def test_webvtt(write: Write, read: Read) -> None:
    reading = read(write("a.vtt", VTT))
    assert reading.text == (
        "[0:00:01] Mary Ann: Hello there & you. How are you?\n\n"
        "[0:00:04] Bob: Fine.\n\n"
        "[1:00:05] Bob: An hour later."
    )
    assert (reading.kind, reading.title, reading.language) == ("subtitles", "A talk", "en")


def test_subrip_in_an_old_encoding(write: Write, read: Read) -> None:
    first = "1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Größe</i> und\r\nMaß\r\n\r\n"
    srt = first + "2\r\n00:00:03,5 --> 00:00:04,000\r\n{\\an8}Schön\r\n"
    assert read(write("a.srt", srt.encode("cp1252"))).text == "[0:00:01] Größe und Maß Schön"


def test_captions_that_roll_say_everything_once(write: Write, read: Read) -> None:
    cues = ["so today", "so today we look", "so today we look at ducks"]
    blocks = [f"00:0{n}.000 --> 00:0{n + 1}.000\n{cue}" for n, cue in enumerate(cues, 1)]
    assert (
        read(write("a.vtt", "WEBVTT\n\n" + "\n\n".join(blocks))).text == "[0:00:01] so today we look at ducks"
    )


def test_words_that_begin_alike_or_are_repeated_are_words_said(write: Write, read: Read) -> None:
    cues = [
        "So",
        "Some people say yes.",
        "Yes.",
        "Yes.",
        "I",
        "Ice cream",
        "Ice cream, please",
        "So",
        "So far",
    ]
    blocks = [f"00:{n:02}.000 --> 00:{n + 1:02}.000\n{cue}" for n, cue in enumerate(cues, 1)]
    assert read(write("a.vtt", "WEBVTT\n\n" + "\n\n".join(blocks))).text == (
        "[0:00:01] So Some people say yes. Yes. Yes. I Ice cream Ice cream, please So far"
    )


def test_captions_that_hold_a_line_while_they_roll(write: Write, read: Read) -> None:
    vtt = """WEBVTT

00:01.000 --> 00:02.990
first line

00:02.990 --> 00:03.000
first line

00:03.000 --> 00:04.990
first line
second one

00:04.990 --> 00:05.000
second one

00:05.000 --> 00:06.000
second one
third
"""
    assert read(write("a.vtt", vtt)).text == "[0:00:01] first line second one third"


def test_a_talk_is_cut_into_paragraphs_of_a_minute(write: Write, read: Read) -> None:
    blocks = [
        f"00:{n // 60:02}:{n % 60:02},000 --> 00:{n // 60:02}:{n % 60:02},900\nword{n}" for n in range(300)
    ]
    text = read(write("a.srt", "\n\n".join(blocks))).text
    assert [line[:9] for line in text.split("\n\n")] == [f"[0:0{minute}:00]" for minute in range(5)]
    assert all(f"word{n}" in text for n in range(300))


def test_subtitles_without_words(write: Write, read: Read) -> None:
    for text in ("WEBVTT\n", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Bob></v>\n", "WEBVTT\n\nNOTE x\n"):
        with pytest.raises(ReadError, match=r"^a\.vtt has no text"):
            read(write("a.vtt", text))


@given(
    pieces=st.lists(
        st.sampled_from(
            [
                "\n",
                "\n\n",
                "1",
                "00:01.000 --> 00:02.000",
                "-->",
                "<v A>",
                "x",
                "NOTE",
                "99:99:99,9 --> 0:0,0",
            ]
        )
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_subtitles_are_read_or_refused(pieces: list[str], write: Write, read: Read) -> None:
    path = write("any.vtt", "WEBVTT\n" + "".join(pieces))
    try:
        assert read(path).text.strip()
    except ReadError:
        return


@pytest.mark.parametrize("name", ["a.py", "a.rs", "a.sql", "a.yaml"])
def test_source_code_is_kept_character_by_character(write: Write, read: Read, name: str) -> None:
    code = "def f(x):\n\treturn x  # Größe\n\n\nclass A:\n    pass\n"
    reading = read(write(name, code))
    assert (reading.kind, reading.text) == ("code", code)
