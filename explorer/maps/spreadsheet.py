"""The map as a table for spreadsheets (CSV), whose cells stay text there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.arrays import Ids
    from explorer.catalog import Catalog
    from explorer.types import Atlas, Chunk

COLUMNS = ("Document", "Page", "Subject", "Finer subject", "Text")
"""What follows the coordinates."""
TEXT = 200
"""Characters of a passage that stand in its row."""
_AT_ONCE = 1000
_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@])|^(?=[\t\r])")
"""Before what a spreadsheet takes a cell for a formula, which could send out what stands beside it: at its
beginning, and behind what parts cells where it does not go by commas."""


def as_csv(catalog: Catalog, atlas: Atlas, chunk_ids: Ids | None = None) -> str:
    """A row for each point of a map, or for those of `chunk_ids`: where it stands, its document, page and
    subjects, and how its text begins. Chunks that are gone are left out."""
    axes = "xyz"[: atlas.xy.shape[1]]
    rows = np.arange(len(atlas.chunk_ids))
    if chunk_ids is not None:
        rows = np.flatnonzero(np.isin(atlas.chunk_ids, chunk_ids))
    names = {document.id: document.name for document in catalog.documents.list()}
    subject = {one.id: one.label for one in atlas.clusters}
    finer = {one.id: one.label for one in atlas.finer}
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow((*axes, *COLUMNS))
    for row, chunk in _chunks(catalog, atlas, rows):
        words = (
            names.get(chunk.document_id, ""),
            chunk.page,
            subject.get(int(atlas.cluster_ids[row]), ""),
            "" if atlas.finer_ids is None else finer.get(int(atlas.finer_ids[row]), ""),
            " ".join(chunk.text[: 2 * TEXT].split())[:TEXT],
        )
        places = [round(float(number), 4) for number in atlas.xy[row]]
        table.writerow([*places, *(defused(cell) if isinstance(cell, str) else cell for cell in words)])
    return out.getvalue()


def defused(cell: str) -> str:
    """A cell that stays text in every spreadsheet: an apostrophe stands before what would begin a formula."""
    return _FORMULA.sub("'", cell)


def _chunks(catalog: Catalog, atlas: Atlas, rows: Ids) -> Iterator[tuple[int, Chunk]]:
    """These rows of a map with their chunks, read some at a time."""
    for at in range(0, len(rows), _AT_ONCE):
        row_of = {int(atlas.chunk_ids[row]): int(row) for row in rows[at : at + _AT_ONCE]}
        for chunk in catalog.chunks.by_ids(row_of):
            yield row_of[chunk.id], chunk
