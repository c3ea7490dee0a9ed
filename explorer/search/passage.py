"""The passage that is shown for a chunk: its sentences completed, then its surroundings, on the same page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.chunking.units import units_of
from explorer.types import Chunk, Page, Passage

if TYPE_CHECKING:
    from explorer.catalog import Catalog

CHARACTERS = 1_200
"""A passage of this length is read at a glance, and eight of them fit the smallest context of a language
model."""


def widen(catalog: Catalog, chunk: Chunk, table: int | None = None) -> Passage:
    """The passage of a chunk, a span of its document's text.

    Whole sentences or lines are added after and before it in turns, up to `CHARACTERS`, never beyond its
    page. A chunk that is longer than that is completed to whole sentences only. Where a row of a `table`,
    which begins there, was found in the chunk, all from the table's first row on, where its columns are
    named, is added first, if it fits.

    Raises:
        NotFound: the document was removed meanwhile.
    """
    document, documents = chunk.document_id, catalog.documents
    first: Page = documents.page(document, chunk.page)
    last = first if chunk.end_page == chunk.page else documents.page(document, chunk.end_page)
    low, high = max(first.start, chunk.start - CHARACTERS), min(last.end, chunk.end + CHARACTERS)
    text = documents.span(document, low, high)
    begin = chunk.start
    if table is not None and low <= table < begin and chunk.end - table <= CHARACTERS:
        begin = table
    start, end = _grown(text, begin - low, chunk.end - low, CHARACTERS, is_cut=low > first.start)
    tables = catalog.tables.spans(document, low + start, low + end)
    return Passage(chunk.page, chunk.end_page, low + start, low + end, text[start:end], tables)


def _grown(text: str, start: int, end: int, limit: int, *, is_cut: bool) -> tuple[int, int]:
    """The span `text[start:end]` completed to whole sentences or lines, then widened by whole ones to at most
    `limit` characters. `is_cut`: the page goes on before `text`."""
    units = [(unit.start, unit.end) for unit in units_of(text, 0, len(text))]
    touched = [i for i, (low, high) in enumerate(units) if low < end and high > start]
    if not touched:
        return start, end
    first, last = touched[0], touched[-1]
    start, end = _completed(start, end, units[first][0], units[last][1], 2 * limit)
    # Where the page goes on before the text, its first sentence is the rest of a longer one: it is not added.
    # One that the end cuts off is too far away to be.
    before = [low for low, _ in units[1 if is_cut else 0 : first]]
    after = [high for _, high in units[last + 1 :]]
    return _widened(start, end, before, after, limit)


def _completed(start: int, end: int, low: int, high: int, limit: int) -> tuple[int, int]:
    """The span from `low`, where its first sentence begins, to `high`, where its last one ends; an end that
    would make it longer than `limit` stays where it is: a line may be a page of text without a full stop."""
    if low < start and end - low <= limit:
        start = low
    if high > end and high - start <= limit:
        end = high
    return start, end


def _widened(
    start: int, end: int, before: Sequence[int], after: Sequence[int], limit: int
) -> tuple[int, int]:
    """The span with its neighbours, one after and one before it in turns, while it fits into `limit`.

    `before`: where the sentences before it start, ascending; `after`: where those after it end. Once a
    side's next sentence does not fit, the other side goes on alone.
    """
    waiting_before, waiting_after = list(before), list(after[::-1])
    while True:
        is_wider = False
        if waiting_after and waiting_after[-1] - start <= limit:
            end, is_wider = waiting_after.pop(), True
        if waiting_before and end - waiting_before[-1] <= limit:
            start, is_wider = waiting_before.pop(), True
        if not is_wider:
            return start, end
