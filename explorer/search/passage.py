"""The passage that is shown for a chunk: its sentences completed, then its surroundings, on the same page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.chunking.units import units_of
from explorer.types import Chunk, Page, Passage

if TYPE_CHECKING:
    from explorer.catalog import Catalog

CHARACTERS = 1_200
"""About as much as is read at a glance, and eight of them fit the smallest context of a language model."""


def widen(catalog: Catalog, chunk: Chunk) -> Passage:
    """The passage of a chunk, a span of its document's text.

    Whole sentences or lines are added after and before it in turns, up to `CHARACTERS`, never beyond its
    page. A chunk that is longer than that is completed to whole sentences only.

    Raises:
        NotFound: the document was removed meanwhile.
    """
    first: Page = catalog.documents.page(chunk.document_id, chunk.page)
    last = (
        first if chunk.end_page == chunk.page else catalog.documents.page(chunk.document_id, chunk.end_page)
    )
    low, high = max(first.start, chunk.start - CHARACTERS), min(last.end, chunk.end + CHARACTERS)
    text = catalog.documents.span(chunk.document_id, low, high)
    start, end = _grown(text, chunk.start - low, chunk.end - low, CHARACTERS)
    return Passage(chunk.page, chunk.end_page, low + start, low + end, text[start:end])


def _grown(text: str, start: int, end: int, limit: int) -> tuple[int, int]:
    units = [(unit.start, unit.end) for unit in units_of(text, 0, len(text))]
    inside = [i for i, (a, b) in enumerate(units) if a < end and b > start]
    if not inside:
        return start, end
    first, last = inside[0], inside[-1]
    # The window may begin or end inside a sentence: what is cut off there is not whole, so it is not added.
    floor, ceiling = (1 if units[0][0] == 0 and first > 0 else 0), len(units) - 1
    if units[first][0] < start and end - units[first][0] <= 2 * limit:
        start = units[first][0]
    if units[last][1] > end and units[last][1] - start <= 2 * limit:
        end = units[last][1]
    while True:
        after = units[last + 1][1] if last < ceiling else None
        before = units[first - 1][0] if first > floor else None
        if after is not None and after - start <= limit:
            last, end = last + 1, after
        else:
            after = None
        if before is not None and end - before <= limit:
            first, start = first - 1, before
        else:
            before = None
        if before is None and after is None:
            return start, end
