"""How much of what is expected is found, file by file of the zoo, and the rows of the filings' tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import scoring
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool

pytestmark = pytest.mark.data

LEAST = 0.95
FILES = {"csv": 7, "doc": 1, "docx": 19, "html": 24, "md": 6, "ods": 1, "odt": 1}
FILES |= {"pdf": 7, "pptx": 4, "xls": 1, "xlsx": 6}
"""How many files of each format have an expected rendering."""
BELOW = {"unit_test_formatting.docx": 0.78, "formatting.html": 0.90, "right_to_left_02.pdf": 0.91}
"""Files that may be below `LEAST`; docs/reading.md says why."""
ROWS = 275


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as one:
        yield one


def renderings(zoo: Path, extension: str) -> Iterator[tuple[Path, str]]:
    """Each file of a format that has an expected rendering, with it."""
    for expected in sorted({*zoo.glob("*/expected*/*.md"), *zoo.glob("*/*/expected/*.md")}):
        named = expected.parent.parent / expected.name.removesuffix(".md")
        file = named if named.exists() else named.with_name(f"{named.name}.pdf")
        if file.suffix == f".{extension}":
            yield file, expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("extension", FILES)
def test_the_words_that_are_expected_are_found(pool: ReaderPool, zoo: Path, extension: str) -> None:
    found: dict[str, float] = {}
    for file, rendering in renderings(zoo, extension):
        text = pool.read(file, file.name, limits=Limits(ocr=False)).text
        expected = scoring.words(scoring.without_markup(scoring.without_repeats(rendering)))
        found[file.name], _ = scoring.recall_and_precision(expected, scoring.words(text))
    assert len(found) == FILES[extension]
    assert {name: share for name, share in found.items() if share < BELOW.get(name, LEAST)} == {}
    assert sum(found.values()) / len(found) >= LEAST


def test_a_merged_cell_of_a_rendering_counts_once() -> None:
    rendering = "Total | Total\n\n| Name | Year | Year |\n| - | - | - |\n| a | | |\n| b | 1 | 2 |"
    once = "total total name year a b 1 2"
    assert " ".join(scoring.words(scoring.without_repeats(rendering))) == once


def test_rows_of_the_filings_stand_on_one_line(pool: ReaderPool, filings: Path) -> None:
    rows = scoring.evidence_rows(filings / "questions.jsonl")
    assert len(rows) == ROWS
    pages = {
        name: pool.read(filings / f"{name}.pdf", f"{name}.pdf").text_pages
        for name in sorted({row.document for row in rows})
    }
    lost = [row for row in rows if scoring.row_is(row, pages[row.document][row.page].text) != "whole"]
    assert lost == []
