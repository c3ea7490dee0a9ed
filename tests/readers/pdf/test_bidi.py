"""From what is seen to what is read: characters placed by hand, without a PDF."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from explorer.readers.pdf.bidi import Mark, is_right_to_left, reading_order
from tests.readers.conftest import Read


def seen(text: str, start: int = 0) -> list[Mark]:
    """Characters as they stand on the page, from left to right, 5 points each."""
    return [Mark(each, start + place, 5.0 * place, 5.0 * place + 5) for place, each in enumerate(text)]


def order(marks: list[Mark], from_right: bool = True) -> str:
    return "".join(mark.text for mark in reading_order(marks, from_right))


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ("שלום עולם", "םלוע םולש"),
        ("גרסה Python 3 כאן", "ןאכ Python 3 הסרג"),
        ("בשנת 2023, לפי", "יפל ,2023 תנשב"),
        ("תאריך 1403/10/04 הוא", "אוה 1403/10/04 ךיראת"),
        ("סך 47.500 טון", "ןוט 47.500 ךס"),
        ("מן 2024 עד 2026", "2026 דע 2024 ןמ"),
        ("הם 12 13 14 שם", "םש 14 13 12 םה"),
        ("רק 50% מהם", "םהמ 50% קר"),
    ],
)
def test_a_row_from_the_right_is_read_in_logical_order(read: str, shown: str) -> None:
    assert order(seen(shown)) == read


def test_words_from_the_right_within_a_row_from_the_left() -> None:
    assert order(seen("the word םולש means peace"), from_right=False) == "the word שלום means peace"
    assert order(seen("say דחא םולש (12)"), from_right=False) == "say שלום אחד (12)"


def test_the_letters_of_a_ligature_stand_at_one_place_and_are_read_in_order() -> None:
    alef = Mark("\u0627", 0, 20.0, 25.0)
    in_one_glyph = [Mark("\u0625", 1, 10.0, 20.0), Mark("\u0644", 2, 10.0, 20.0)]
    assert order([alef, *in_one_glyph]) == "\u0627\u0644\u0625"
    assert order([alef, *in_one_glyph[::-1]]) == "\u0627\u0644\u0625"


@pytest.mark.data
def test_a_font_of_ligatures(zoo: Path, read: Read) -> None:
    line = "انواع الخطوط العربية"
    assert read(zoo / "pdfjs/ArabicCIDTrueType.pdf").text.split("\n") == [line] * 4


def test_an_accent_stays_with_its_letter_and_makes_no_gap() -> None:
    marks = [Mark("ض", 0, 20.0, 25.0), Mark("\u064b", 1, 21.0, 23.0), Mark("ا", 2, 15.0, 20.0)]
    assert order(marks) == "ض\u064bا"


def test_a_gap_is_a_space_and_scripts_that_touch_are_parted() -> None:
    apart = [Mark("ב", 0, 40.0, 45.0), Mark("א", 1, 30.0, 35.0)]
    assert order(apart) == "ב א"
    touching = [*seen("Python"), Mark("מ", 9, 30.0, 35.0)]
    assert order(touching) == "מ Python"


def test_brackets_face_their_content_however_the_file_spells_them() -> None:
    assert order(seen("(םולש) רמא")) == order(seen(")םולש( רמא")) == "אמר (שלום)"


def test_the_direction_of_a_page_is_that_of_most_letters() -> None:
    assert is_right_to_left("שלום a")
    assert not is_right_to_left("peace is ש")
    assert not is_right_to_left("12 %")


@pytest.mark.data
@pytest.mark.parametrize(("number", "least"), [(1, 0.99), (2, 0.90), (3, 0.99)])
def test_words_stand_in_the_expected_order(zoo: Path, read: Read, number: int, least: float) -> None:
    """Longest common subsequence of words. In number 2 the file's own letters are wrong where a stroke is
    lengthened, and PDFium passes over a letter drawn twice at one place: 14 of its 170 words differ so. The
    order does not suffer from it: of the words that stand in both texts as many are in order as elsewhere."""
    name = f"right_to_left_0{number}"
    expected = re.sub(r"<!--.*?-->", " ", (zoo / f"docling/pdf/expected/{name}.md").read_text())
    wanted = re.findall(r"\w+", re.sub(r"\[[ x]\]", " ", expected).casefold())
    found = re.findall(r"\w+", read(zoo / f"docling/pdf/{name}.pdf").text.casefold())
    in_order = common(wanted, found)
    assert in_order / len(wanted) >= least
    assert in_order / (Counter(wanted) & Counter(found)).total() >= 0.98


@pytest.mark.data
def test_two_columns_stand_one_after_the_other(zoo: Path, read: Read) -> None:
    expected = re.sub(r"<!--.*?-->", " ", (zoo / "docling/pdf/expected/normal_4pages.md").read_text())
    wanted = re.findall(r"\w+", expected.casefold())
    found = re.findall(r"\w+", read(zoo / "docling/pdf/normal_4pages.pdf").text.casefold())
    assert common(wanted, found) / len(wanted) >= 0.97


def common(one: list[str], other: list[str]) -> int:
    """Length of the longest common subsequence."""
    before = [0] * (len(other) + 1)
    for word in one:
        row = [0]
        for place, each in enumerate(other):
            row.append(before[place] + 1 if word == each else max(before[place + 1], row[place]))
        before = row
    return before[-1]
