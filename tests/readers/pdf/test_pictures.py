"""Words of a picture within a page's text: everything that points into the text still points at the same.

Of explorer.readers.pdf.pictures.placing.
"""

from __future__ import annotations

from explorer.readers.pdf.clean_text import Written
from explorer.readers.pdf.offset_map import Run
from explorer.readers.pdf.pdfium import Line
from explorer.readers.pdf.pictures import placing


def line(first: int, last: int, top: float, left: float = 0.0) -> Line:
    return Line(first, last, left, top, left + 200.0, top + 10.0, top + 10.0, 10.0)


def written() -> Written:
    """Two paragraphs and a footer; the page's characters are the same."""
    text = "First of all.\n\nFigure 1: The quay\n\nPage 7"
    out = Written(parts=[text], length=len(text))
    out.rows = [(0, [line(0, 13, 0)]), (15, [line(15, 33, 200)]), (35, [line(35, 41, 700)])]
    out.runs = [Run(0, 13, 0, 13), Run(15, 18, 15, 18), Run(35, 6, 35, 6)]
    out.asides = [(35, 41)]
    return out


def test_text_is_inserted_and_all_else_moves_along() -> None:
    page = written()
    moved, begins = placing.inserted(page, [(15, "In the picture"), (15, ""), (41, "Last")])
    assert moved.text == "First of all.\n\nIn the picture\n\nFigure 1: The quay\n\nPage 7\n\nLast"
    assert [moved.text[start:][:4] for start in begins] == ["In t", "Figu", "Last"]
    assert [moved.text[offset:][:4] for offset, _ in moved.rows] == ["Firs", "Figu", "Page"]
    assert [moved.text[run.start : run.start + run.length] for run in moved.runs] == [
        page.text[run.start : run.start + run.length] for run in page.runs
    ]
    assert [moved.text[first:last] for first, last in moved.asides] == ["Page 7"]


def test_a_run_that_something_is_written_into_becomes_two() -> None:
    page = Written(parts=["one two"], length=7, runs=[Run(0, 7, 100, 7)])
    moved, _ = placing.inserted(page, [(4, "X")])
    assert moved.text == "one \n\nX\n\ntwo"
    assert moved.runs == [Run(0, 4, 100, 4), Run(9, 3, 104, 3)]


def test_a_picture_stands_where_the_next_paragraph_begins() -> None:
    page = written()
    place = (0.0, 20.0, 200.0, 190.0)
    assert placing.offset_of(page, place) == 15
    assert placing.caption(page, place) == (15, "Figure 1: The quay")
    assert placing.caption(page, (0.0, 20.0, 200.0, 100.0)) is None, "too far above the caption"
    assert placing.letters_within(page, place) == 0
    assert placing.letters_within(page, (0.0, 0.0, 100.0, 50.0)) == 6
    assert page.text[: placing.offset_of(page, (0.0, 300.0, 200.0, 600.0))].endswith("quay\n\n"), (
        "above the footer"
    )
