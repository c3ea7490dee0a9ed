"""What was looked for inside the document that the viewer shows, and where in its contents it was sent."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import rich

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import Page

_KEY = "viewer_inside"
MOST_HEADINGS = 2_000
"""Of a table of contents."""
TITLE_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Inside:
    """What is marked in a document besides the passage of the address."""

    document: str = ""
    words: str = ""
    """What was looked for; "" where nothing was."""
    places: tuple[tuple[int, int], ...] = ()
    """Where it stands, as spans of the text, in order."""
    now: tuple[int, int] | None = None
    """The span that was gone to: one of the places, or a heading."""

    def within(self, start: int, end: int) -> tuple[list[list[int]], list[int] | None]:
        """What of it stands in `text[start:end]`: the places, and the span that was gone to."""
        spans = {*self.places, *([self.now] if self.now else [])}
        found = [list(span) for span in sorted(spans) if span[0] < end and span[1] > start]
        return found, list(self.now) if self.now and list(self.now) in found else None

    def described(self) -> dict[str, Any]:
        """What the find bar says; `number` counts from 1 and is 0 while no place was gone to."""
        number = self.places.index(self.now) + 1 if self.now in self.places else 0
        return {"words": self.words, "count": len(self.places), "number": number}


def current(document_id: str) -> Inside:
    """What is marked in this document; nothing once another one was opened."""
    kept: Inside | None = st.session_state.get(_KEY)
    return kept if kept is not None and kept.document == document_id else Inside(document_id)


def look(library: Library, document_id: str, words: str, number: int, at: int) -> Inside:
    """Looks for words and goes to the first place from the offset `at` on; where they were looked for
    before, goes to the place with this number, counted from 1, or stays (0). Raises NotFound."""
    before = current(document_id)
    words = " ".join(words.split())
    if words == before.words and before.places:
        gone_to = before.places[min(number, len(before.places)) - 1] if number > 0 else before.now
        after = replace(before, now=gone_to)
    else:
        places = tuple(library.find_in(document_id, words)) if words else ()
        first = bisect_left(places, (at, 0)) % len(places) if places else 0
        after = Inside(document_id, words, places, places[first] if places else None)
    st.session_state[_KEY] = after
    return after


def go(document_id: str, start: int, end: int) -> None:
    """Marks the heading that was gone to."""
    st.session_state[_KEY] = replace(current(document_id), now=(start, end))


def contents(library: Library, document_id: str, pages: list[Page]) -> list[dict[str, Any]]:
    """The headings of a document with their pages; where it has none, its pages that have names (sheets,
    slides). Raises NotFound."""
    starts = [page.start for page in pages]
    found = [
        {
            "title": rich.clean(heading.text)[:TITLE_CHARACTERS],
            "level": min(max(heading.level, 1), 6),
            "page": max(bisect_left(starts, heading.start + 1), 1),
            "start": heading.start,
        }
        for heading in library.outline(document_id)[:MOST_HEADINGS]
        if heading.text.strip()
    ]
    named = [page for page in pages if page.label and page.label != str(page.number)]
    return found or [
        {
            "title": rich.clean(page.label or "")[:TITLE_CHARACTERS],
            "level": 1,
            "page": page.number,
            "start": page.start,
        }
        for page in named[:MOST_HEADINGS]
    ]
