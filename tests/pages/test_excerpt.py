"""What of a passage is shown for a hit: about three lines around its best match. Runs ui.search.excerpt."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.search.excerpt import LINE, LINES, Excerpt, FoundText, of

FILL = "The board met in spring and went through the accounts of the year one by one. "


def shown(text: str, pattern: str = "zither", **known: object) -> Excerpt:
    marks = [match.span() for match in re.finditer(pattern, text)]
    return of(FoundText(text, **{"chunk": (0, len(text)), "marks": marks, **known}))  # type: ignore[arg-type]


def marked(found: Excerpt) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


def test_the_best_match_is_shown_wherever_it_stands() -> None:
    text = FILL * 4 + "A zither was bought. " + FILL * 3 + "The zither has strings of gut. " + FILL * 3
    found = shown(text, "zither|strings|gut")
    assert marked(found) == ["zither", "strings", "gut"]
    assert found.text.startswith("… The zither has strings of gut. The board")
    assert len(found.text) <= LINES * LINE


def test_lines_of_a_page_become_running_text_without_its_number_and_blank_lines() -> None:
    lines = (
        "The yard keeps a zither for guests, which nobody",
        "has played since the flood.",
        "",
        "31",
        "",
        "It was tuned in the spring by a man from the town.",
    )
    found = shown("\n".join(lines), page=28)
    assert found.text == f"{lines[0]} {lines[1]}\n{lines[5]}"
    assert "31" in shown("\n".join(lines), page=0).text, "where there are no pages, it is no page's number"
    assert "31" in shown("\n".join(lines), page=400).text, "too far from this page's"
    cells = "\n".join(["Zithers", "31", "Harps", "12", "a zither", "9"])
    assert "31" in shown(cells, page=31).text, "a figure among its like"


def test_short_lines_stand_side_by_side() -> None:
    assert shown("By: A. Reed\nName: A. Reed\nTitle: zither maker").text == (
        "By: A. Reed · Name: A. Reed · Title: zither maker"
    )


def test_a_row_is_a_line_below_the_names_of_its_columns() -> None:
    rows = ["Instrument | 2022 | 2021", *(f"Harp {i} | {i} | {i}" for i in range(30)), "Zither | 429 | 711"]
    text = "\n".join(rows)
    found = shown(text, "Zither", tables=[(0, len(text))])
    assert found.text.splitlines()[0] == rows[0]
    assert found.text.splitlines()[-1] in (rows[-1], f"… {rows[-1]}")
    assert len(found.text.splitlines()) <= LINES
    assert marked(found) == ["Zither"]


def test_of_a_long_sentence_the_words_around_the_match_are_shown() -> None:
    found = shown("and " * 400 + "the zither " + "and " * 400)
    assert found.text.startswith("… and")
    assert found.text.endswith("and …")
    assert marked(found) == ["zither"]
    assert len(found.text) < LINES * LINE + 10


def test_without_a_match_it_begins_at_the_sentence_of_what_was_found() -> None:
    text = FILL * 2 + "Harps are kept dry. " + FILL * 2
    at = text.index("are kept")
    found = of(FoundText(text, (at, at + 12)))
    assert found.text.startswith("… Harps are kept dry.")


def test_a_heading_whose_text_is_not_shown_is_left_out() -> None:
    text = f"The zither stands in the hall of the old school house by the river.\n\nHarps\n{FILL[:-2] * 4}"
    assert "Harps" not in shown(text).text


@pytest.mark.parametrize("text", ["", "\n\n", " "])
def test_nothing_gives_nothing(text: str) -> None:
    assert of(FoundText(text, (0, len(text)))) == Excerpt("", ())


@given(st.text("ab .\n\t|zx12Ä。", max_size=900), st.integers(0, 40))
def test_whatever_the_text_a_match_is_shown_whole(text: str, page: int) -> None:
    found = shown(text, "zz?", page=page)
    assert len(found.text) <= 2 * LINES * LINE + 40
    assert all(0 <= start < end <= len(found.text) for start, end in found.marks)
    assert all(word in ("z", "zz") for word in marked(found))
    assert bool(found.marks) == ("z" in text)
