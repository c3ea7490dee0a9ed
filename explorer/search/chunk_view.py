"""Where the chunks of a library stand at one moment: which document and page, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Mask, Rows

if TYPE_CHECKING:
    from explorer.catalog.records import ChunkTable


@dataclass(frozen=True, slots=True)
class Amount:
    """Passages, and the documents that have them."""

    passages: int = 0
    documents: int = 0

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.passages - other.passages, self.documents - other.documents)


NOTHING = Amount()


@dataclass(frozen=True)
class View:
    """All chunks at one moment; a "row" is a position in `ids`."""

    sequence: int
    table: ChunkTable

    @property
    def ids(self) -> Rows:
        return self.table.ids

    @cached_property
    def joined(self) -> Mask:
        """(n - 1,): whether row i + 1 goes on where row i ends, in the same document."""
        documents = self.table.document_index
        return np.asarray((documents[1:] == documents[:-1]) & (np.diff(self.ids) == 1))

    @cached_property
    def page_keys(self) -> Rows:
        """(n,): a number for each page of each document; -1 in documents that have only one."""
        documents = self.table.document_index.astype(np.int64)
        pages = np.ones(len(self.table.documents), np.int64)
        np.maximum.at(pages, documents, self.table.end_pages)
        return np.where(pages[documents] > 1, (documents << 32) + self.table.pages, -1)

    def rows_of(self, ids: Rows | None) -> Rows:
        """The rows of these chunks, ascending; unknown ones are left out. None means all."""
        if ids is None:
            return np.arange(len(self.ids))
        # A mask is in order as it is: sorting 200,000 rows would take longer than scoring them.
        chosen = np.zeros(len(self.ids), bool)
        chosen[self.positions(ids)[0]] = True
        return np.flatnonzero(chosen)

    def amount(self, rows: Rows | None) -> Amount:
        """How many passages these distinct rows are, of how many documents; None means all."""
        if rows is None or len(rows) == len(self.ids):
            return Amount(len(self.ids), len(self.table.documents))
        has = np.zeros(len(self.table.documents), bool)
        has[self.table.document_index[rows]] = True
        return Amount(len(rows), int(has.sum()))

    def of_page(self, document: str, page: int) -> Rows:
        """The rows with text of this page, ascending."""
        table = self.table
        if document not in table.documents:
            return np.empty(0, np.int64)
        is_of = table.document_index == table.documents.index(document)
        return np.flatnonzero(is_of & (table.pages <= page) & (table.end_pages >= page))

    def inside(self, documents: Iterable[str] | None, chunks: Iterable[int] | None = None) -> Mask:
        """(n,): which rows are of these documents and among these chunks; None does not limit."""
        inside = np.ones(len(self.ids), bool)
        if documents is not None:
            wanted = set(map(str, documents))
            chosen = np.array([document in wanted for document in self.table.documents], bool)
            inside &= chosen[self.table.document_index]
        if chunks is not None:
            last = int(self.ids[-1]) if len(self.ids) else -1
            known = np.array([number for number in chunks if 0 <= number <= last], np.int64)
            chosen = np.zeros(len(self.ids), bool)
            chosen[self.positions(known)[0]] = True
            inside &= chosen
        return inside

    def positions(self, ids: Rows) -> tuple[Rows, Rows]:
        """(rows, at): row `rows[i]` is the chunk `ids[at[i]]`; ids in any order, unknown ones left out."""
        if len(self.ids) == 0 or len(ids) == 0:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        rows = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        at = np.flatnonzero(self.ids[rows] == ids)
        return rows[at], at

    def neighbours(self, rows: Rows) -> tuple[Rows, Rows]:
        """For each row the one before and the one after it in its document, -1 where there is none."""
        starts = np.concatenate([[False], self.joined])
        ends = np.concatenate([self.joined, [False]])
        return np.where(starts[rows], rows - 1, -1), np.where(ends[rows], rows + 1, -1)
