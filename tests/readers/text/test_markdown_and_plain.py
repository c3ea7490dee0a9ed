"""Text that is kept as it stands: `explorer.readers.text.markdown` and `explorer.readers.text.plain`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ReadError
from explorer.readers.decoding import normal
from explorer.readers.reading import Heading
from tests.readers.conftest import Read, Write


def test_text_keeps_its_characters(write: Write, read: Read) -> None:
    path = write("a.txt", b"\xef\xbb\xbf  One\r\ntwo \xef\xac\x81\rthree\t\n\n")
    reading = read(path)
    assert reading.text == "  One\ntwo \ufb01\nthree\t\n\n"
    assert (reading.kind, len(reading.text_pages), reading.headings) == ("text", 1, ())


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1).filter(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_read_as_it_is_or_refused_with_a_message(text: str, write: Write, read: Read) -> None:
    path = write("any.txt", text)
    try:
        reading = read(path)
    except ReadError:
        return
    if reading.kind == "text" and not reading.warnings and text.isascii():
        assert reading.text == normal(text)


@pytest.mark.data
def test_spans_of_the_public_questions_are_offsets_into_our_text(shared_data: Path, read: Read) -> None:
    path = shared_data / "chunking/state_of_the_union.md"
    assert read(path).text == path.read_text(encoding="utf-8")


def test_white_space_is_no_text(write: Write, read: Read) -> None:
    with pytest.raises(ReadError, match=r"^a\.txt has no text"):
        read(write("a.txt", " \n\t\n"))
    with pytest.raises(ReadError, match=r"^b\.txt is empty\.$"):
        read(write("b.txt", b""))


def test_lost_characters_are_counted(write: Write, read: Read) -> None:
    reading = read(write("a.txt", "ü".encode() * 40_000 + b"\xff" + "ü".encode()))
    assert reading.warnings == ("1 character could not be decoded as utf-8 and is shown as \ufffd.",)


def test_a_text_beyond_the_limit(write: Write, read: Read) -> None:
    with pytest.raises(ReadError, match="more than 10 characters"):
        read(write("a.txt", "words " * 4), characters=10)


MARKDOWN = """---
title: "A Plan"
author: Ada
date: 2024-05-06
---
# One *two* [three](http://x.example/y_z)

text
- item
---

Setext
heading
===
```python
# no heading
```
~~~
## none
```
~~~
    # code
<!-- # hidden
## also hidden
-->
##no space
## Second ##
#
###### `six` snake_case
| a | b |
|---|---|
> quote
---
"""


def test_markdown_headings(write: Write, read: Read) -> None:
    reading = read(write("a.md", MARKDOWN))
    assert reading.text == MARKDOWN
    assert [(each.level, each.text) for each in reading.headings] == [
        (1, "One two three"),
        (1, "Setext heading"),
        (2, "Second"),
        (6, "six snake_case"),
    ]
    assert [MARKDOWN[each.start :].partition("\n")[0] for each in reading.headings] == [
        "# One *two* [three](http://x.example/y_z)",
        "Setext",
        "## Second ##",
        "###### `six` snake_case",
    ]
    assert (reading.title, reading.author, reading.date) == ("A Plan", "Ada", date(2024, 5, 6))


def test_tables_of_markdown(write: Write, read: Read) -> None:
    first = "| *Name* | [Sum](x) |\n|---|:-:|\n| a | 1 |\n| b \\| c | 2 |"
    second = "x | y\n- | -\n1 | 2"
    text = f"# T\n\n{first}\n\nwords | here\n\n{second}\nno row\n\n| - |\n\n---\n|"
    reading = read(write("a.md", text))
    assert [text[each.start : each.end] for each in reading.tables] == [first, second]
    assert [each.header for each in reading.tables] == ["Name | Sum", "x | y"]


@given(text=st.text("|-: \na", max_size=60).filter(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_tables_of_any_markdown_lie_apart(text: str, write: Write, read: Read) -> None:
    reading = read(write("any.md", text))
    end = 0
    for table in reading.tables:
        assert end <= table.start < table.end <= len(text)
        end = table.end


def test_a_table_of_tables_takes_no_time(write: Write, read: Read) -> None:
    (table,) = read(write("a.md", "|a|b|\n|-|-|\n" * 50_000)).tables
    assert table.header == "a | b"


def test_markdown_without_front_matter_is_called_by_its_first_heading(write: Write, read: Read) -> None:
    reading = read(write("a.md", "intro\n\n# Name\n"))
    assert (reading.title, reading.headings) == ("Name", (Heading(7, 1, "Name"),))


def test_markdown_headings_are_bounded(write: Write, read: Read) -> None:
    reading = read(write("a.md", "# h\n" * 50), headings=20)
    assert len(reading.headings) == 20
    assert reading.warnings == ("Only the first 20 headings are kept.",)


@given(text=st.text("#=-`~ \nab<!>*_[]()\\", max_size=200).filter(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_headings_of_any_markdown_lie_on_line_starts(text: str, write: Write, read: Read) -> None:
    reading = read(write("any.md", "x\n" + text))
    for heading in reading.headings:
        assert heading.start == 0 or reading.text[heading.start - 1] == "\n"
        assert heading.text
