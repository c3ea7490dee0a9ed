"""The stretches of text that no chunk leaves: pages, and on them what is set aside."""

from __future__ import annotations

from explorer.chunking.regions import FROM_PAGE, RUN, Region, regions_of
from explorer.types import Page


def test_an_aside_parts_a_page_and_neighbouring_ones_are_one() -> None:
    text = "Head \nNote.\nBody text.\nFoot."
    found = regions_of(text, [Page(1, 0, len(text))], [(0, 5), (6, 11), (23, 28)])
    assert found == [Region(0, 11, 1, True), Region(11, 23, 1), Region(23, 28, 1, True)]


def test_what_an_earlier_aside_said_and_what_is_left_out_lies_in_no_region() -> None:
    text = "Head\nOne.\nHead\nTwo."
    pages = [Page(1, 0, 10), Page(2, 10, 19)]
    found = regions_of(text, pages, [(0, 4), (10, 14)], left_out=[(5, 9)])
    assert found == [Region(0, 4, 1, True), Region(14, 19, 2)]


def running(numbers: list[int]) -> list[str]:
    """The asides that are kept where each page holds one, "Report" and a number."""
    text, pages, asides = "", [], []
    for page, number in enumerate(numbers, 1):
        start, line = len(text), f"The yearly report {number}"
        text += f"{line}\n"
        asides.append((start, start + len(line)))
        pages.append(Page(page, start, len(text)))
    return [text[one.start : one.end] for one in regions_of(text, pages, asides)]


def test_the_number_of_the_page_makes_no_other_header_once_it_runs_with_the_pages() -> None:
    assert running(list(range(1, RUN + 1))) == ["The yearly report 1"]
    assert len(running(list(range(1, RUN)))) == RUN - 1, "too few pages to tell"
    far = FROM_PAGE + 2
    assert len(running(list(range(far, far + RUN)))) == RUN, "too far from the count of pages"
