"""What chunks keep apart: pages, and on them the subject of a document and what is set aside."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class PageLike(Protocol):
    """A page: `text[start:end]`."""

    @property
    def number(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of one page, `text[start:end]`, that no chunk leaves."""

    start: int
    end: int
    page: int
    is_aside: bool = False


FROM_PAGE = 30
"""A printed page number is at most this far from the count of pages; a number beyond may be an invoice's."""
RUN = 3
"""On at least this many pages a number must run with the pages to be taken for their number."""

_LONE = re.compile(
    r"\W*(?:(?:page|p|seite|s|p[aá]gina)\b\W*)?(\d{1,5})(?:\s*(?:of|/|von|de|sur)\s*(\d+))?\W*", re.I
)
_OUTER = re.compile(r"(?:(\d{1,5})\s(.*)|(.*)\s(\d{1,5}))", re.S)
_WORD = re.compile(r"[^\W\d_]{2,}")


def regions_of(
    text: str,
    pages: Sequence[PageLike],
    asides: Sequence[tuple[int, int]],
    left_out: Sequence[tuple[int, int]] = (),
) -> list[Region]:
    """The regions of all pages, in order. An aside that says what an earlier one said is in none of them.

    Two asides that differ in a digit say different things, unless it is the number of the page, alone or in a
    running header. Neighbouring asides of a page are one region.
    """
    regions: list[Region] = []
    said: set[str | _Numbered] = set()
    numbered = _numbered(text, pages, asides)
    waiting = sorted([*asides, *left_out])
    unwanted = set(left_out)
    position = 0
    for page in pages:
        at = page.start
        while position < len(waiting) and waiting[position][0] < page.end:
            start, end = max(waiting[position][0], at), min(waiting[position][1], page.end)
            if start < end:
                _add(regions, text, Region(at, start, page.number))
                words = _words(text[start:end])
                count = _page_number(words, page.number)
                saying = count if count in numbered else words
                if saying not in said and waiting[position] not in unwanted:
                    said.add(saying)
                    _add(regions, text, Region(start, end, page.number, is_aside=True))
                at = end
            if waiting[position][1] > page.end:
                break
            position += 1
        _add(regions, text, Region(at, page.end, page.number))
    return regions


@dataclass(frozen=True, slots=True)
class _Numbered:
    """An aside that holds what may be the number of its page: the rest of its words, and how far off."""

    rest: str
    offset: int


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _page_number(words: str, page: int) -> _Numbered | None:
    """The words as those of a running header; None where no number of theirs can be the page's.

    It can where it is a number alone, "page n of m", or the first or last of at least three words: "Invoice
    3" is kept."""
    if lone := _LONE.fullmatch(words):
        number, rest = lone[1], lone[2] or ""
    elif (outer := _OUTER.fullmatch(words)) and len(_WORD.findall(words)) >= RUN:
        number, rest = outer[1] or outer[4], outer[2] or outer[3]
    else:
        return None
    offset = int(number) - page
    return _Numbered(rest, offset) if abs(offset) <= FROM_PAGE else None


def _numbered(text: str, pages: Sequence[PageLike], asides: Sequence[tuple[int, int]]) -> set[_Numbered]:
    """The asides that differ from page to page by nothing but the page's number."""
    on: dict[_Numbered, set[int]] = defaultdict(set)
    ends = [page.end for page in pages]
    for start, end in asides:
        place = bisect_right(ends, start)
        if place < len(pages):
            number = pages[place].number
            if count := _page_number(_words(text[start:end]), number):
                on[count].add(number)
    return {count for count, numbers in on.items() if len(numbers) >= RUN}


def _add(regions: list[Region], text: str, region: Region) -> None:
    if not text[region.start : region.end].strip():
        return
    last = regions[-1] if regions else None
    if last and last.is_aside and region.is_aside and last.page == region.page:
        between = text[last.end : region.start]
        if not between.strip():
            regions[-1] = Region(last.start, region.end, region.page, is_aside=True)
            return
    regions.append(region)
