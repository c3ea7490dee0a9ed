"""What chunks keep apart: pages, and on them the subject of a document and what is set aside."""

from __future__ import annotations

import re
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


_DIGITS = re.compile(r"\d+")


def regions_of(
    text: str,
    pages: Sequence[PageLike],
    asides: Sequence[tuple[int, int]],
    left_out: Sequence[tuple[int, int]] = (),
) -> list[Region]:
    """The regions of all pages, in order. An aside that says what an earlier one said is left out too.

    Running headers differ by a page number and nothing else, so digits do not count. Neighbouring asides of
    a page are one region.
    """
    regions: list[Region] = []
    said: set[str] = set()
    waiting = sorted([*asides, *left_out])
    unwanted = set(left_out)
    position = 0
    for page in pages:
        at = page.start
        while position < len(waiting) and waiting[position][0] < page.end:
            start, end = max(waiting[position][0], at), min(waiting[position][1], page.end)
            if start < end:
                _add(regions, text, Region(at, start, page.number))
                words = _DIGITS.sub("0", " ".join(text[start:end].split())).casefold()
                if words not in said and waiting[position] not in unwanted:
                    said.add(words)
                    _add(regions, text, Region(start, end, page.number, is_aside=True))
                at = end
            if waiting[position][1] > page.end:
                break
            position += 1
        _add(regions, text, Region(at, page.end, page.number))
    return regions


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
