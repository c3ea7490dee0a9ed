"""The text of documents, stored in pieces of equal length so that a span is read without the rest."""

from __future__ import annotations

from collections.abc import Iterator

import apsw

PIECE = 16_384
"""Characters in a piece; part of the format on disk."""


def cut(text: str) -> Iterator[tuple[int, str]]:
    """(number, piece) of the whole text."""
    for number, start in enumerate(range(0, len(text), PIECE)):
        yield number, text[start : start + PIECE]


def whole(con: apsw.Connection, edition_id: int) -> str:
    """The whole text of an edition."""
    rows = con.execute("SELECT text FROM piece WHERE edition_id = ? ORDER BY number", (edition_id,))
    return "".join(row[0] for row in rows)


class Spans:
    """Reads spans of editions; pieces are kept while it lives, so read in the order of the text."""

    def __init__(self, con: apsw.Connection) -> None:
        self._con = con
        self._pieces: dict[tuple[int, int], str] = {}

    def read(self, edition_id: int, start: int, end: int) -> str:
        """`text[start:end]`; what lies outside the text is left out."""
        start = max(0, start)
        if end <= start:
            return ""
        if len(self._pieces) > 512:  # some 10 MB
            self._pieces.clear()
        first, last = start // PIECE, (end - 1) // PIECE
        missing = [n for n in range(first, last + 1) if (edition_id, n) not in self._pieces]
        if missing:
            self._load(edition_id, missing[0], missing[-1])
        joined = "".join(self._pieces.get((edition_id, n), "") for n in range(first, last + 1))
        return joined[start - first * PIECE : end - first * PIECE]

    def _load(self, edition_id: int, first: int, last: int) -> None:
        rows = self._con.execute(
            "SELECT number, text FROM piece WHERE edition_id = ? AND number BETWEEN ? AND ?",
            (edition_id, first, last),
        )
        for number, text in rows:
            self._pieces[edition_id, number] = text
