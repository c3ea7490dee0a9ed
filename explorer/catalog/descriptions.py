"""What documents are about: of each a sentence or two of its own text, chosen in the background.

A description belongs to an edition: it goes with its document, is in the bin with it, and is made anew when
the document is read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from explorer.catalog.columns import clean, fetch_all, fetch_value, ids_json
from explorer.catalog.database import Database
from explorer.catalog.documents import live_edition

_LIVE = " JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
_COUNTER = "described"
"""In the table of counters: how often descriptions were written."""


class Undescribed(NamedTuple):
    """A live edition without a description; its chunks are `first_chunk` to `first_chunk + chunks - 1`."""

    edition_id: int
    first_chunk: int
    chunks: int
    names: str
    """What its document is called, and its title."""


class Descriptions:
    """`catalog.descriptions`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[tuple[int, int], Mapping[str, str]] = ((-1, -1), {})

    def of(self, document_id: str) -> str | None:
        """What one document is about; None where that is not known yet, or no sentence says it. Raises
        NotFound."""
        with self._database.read() as con:
            edition_id = live_edition(con, document_id)
            found = fetch_value(con, "SELECT text FROM description WHERE edition_id = ?", (edition_id,))
        return str(found) if found else None

    def all(self) -> Mapping[str, str]:
        """What the documents are about, by their ids, without those of which it is not known. It is read anew
        only where documents or descriptions have changed."""
        with self._database.read() as con:
            counted = dict(
                fetch_all(con, "SELECT name, value FROM counter WHERE name IN ('revision', ?)", (_COUNTER,))
            )
            now = (int(counted["revision"]), int(counted.get(_COUNTER, 0)))
            before, known = self._known
            if now == before:
                return known
            sql = "SELECT e.document_id, b.text FROM edition e JOIN description b ON b.edition_id = e.id"
            rows = fetch_all(con, f"{sql}{_LIVE} WHERE b.text <> ''")
        known = MappingProxyType(dict(rows))
        self._known = (now, known)
        return known

    def waiting(self, rules: int, most: int, without: Iterable[int] = ()) -> list[Undescribed]:
        """Live editions that have no description by rules of this version, `most` at once; those of `without`
        (ids of editions) are left out."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                "SELECT e.id, e.first_chunk, e.chunks, d.name || ' ' || coalesce(e.title, '')"
                f" FROM edition e{_LIVE} JOIN document d ON d.id = e.document_id"
                " LEFT JOIN description b ON b.edition_id = e.id WHERE coalesce(b.rules, -1) < ?"
                " AND e.id NOT IN (SELECT value FROM json_each(?)) ORDER BY e.id LIMIT ?",
                (rules, ids_json(without), most),
            )
        return [Undescribed(*row) for row in rows]

    def put(self, rules: int, texts: Mapping[int, str]) -> None:
        """Keep what editions are about, by their ids; "" for one that no sentence says it of. Editions that
        are gone by now are passed over."""
        with self._database.write() as con:
            con.executemany(
                "INSERT OR REPLACE INTO description (edition_id, text, rules) SELECT ?1, ?2, ?3"
                " WHERE EXISTS (SELECT 1 FROM edition WHERE id = ?1)",
                ((edition_id, clean(text), rules) for edition_id, text in texts.items()),
            )
            con.execute(
                "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
                (_COUNTER,),
            )
