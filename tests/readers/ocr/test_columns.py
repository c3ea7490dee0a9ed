"""Scans of Japanese whose lines run down the page, with level headings and numbers."""

from __future__ import annotations

import numpy as np
import pypdfium2

from explorer.readers.ocr import engine, word_boxes
from tests.readers.pdf.vertical_pages import Show, pdf

COLUMNS = (
    "吾輩は猫である名前はまだ無いどこで生れ",
    "たかとんと見当がつかぬ何でも薄暗いじめじ",
    "憶している吾輩はここで始めて人間というも",
    "のを見たしかもあとで聞くとそれは書生とい",
)


def scan(shows: list[Show]) -> np.ndarray:
    """The pixels of a page, blue first."""
    drawn = pypdfium2.PdfDocument(pdf(shows))[0].render(scale=150 / 72).to_numpy()
    return np.ascontiguousarray(drawn[:, :, :3])


def columns(texts: tuple[str, ...], top: float) -> list[Show]:
    return [("V", 14, 500 - 28 * place, top, each) for place, each in enumerate(texts)]


def test_columns_are_read_from_the_right_and_level_lines_where_they_stand() -> None:
    heading: Show = ("H", 20, 60, 800, "吾輩は猫である")
    number: Show = ("L", 12, 290, 30, "117")
    page = engine.recognise(scan([number, *columns(COLUMNS, 760), heading]))
    assert page.text == "\n\n".join(("吾輩は猫である", "\n".join(COLUMNS), "117"))
    first = next(word_boxes.decode(page.boxes)).box  # of the heading
    assert (
        first.left < 0.15 and first.top < 0.06 and first.right - first.left > 3 * (first.bottom - first.top)
    )
    column = page.text.index("たかとん")
    (box,) = (each.box for each in word_boxes.decode(page.boxes) if each.start == column)
    assert 0.77 < box.left < box.right < 0.85 and box.bottom - box.top > 5 * (box.right - box.left)


def test_two_tiers_are_read_one_after_the_other() -> None:
    page = engine.recognise(scan([*columns(COLUMNS, 780), *columns(COLUMNS[::-1], 400)]))
    assert page.text.split() == [*COLUMNS, *COLUMNS[::-1]]
