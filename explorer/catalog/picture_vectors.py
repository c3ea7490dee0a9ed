"""What pictures look like: a vector for each, by the picture model that the settings name.

A picture is known by its document and its SHA-256; a page of a picture file by its number. What a document
shows twice is one picture. Vectors go with their document, and stay when that is read again or binned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from explorer.catalog.columns import fetch_all, fetch_one, fetch_value
from explorer.catalog.database import Database

if TYPE_CHECKING:
    from explorer.arrays import Vectors

_PICTURE_FILE = "image"
"""The kind of documents that are pictures themselves."""
_STOPPED = "pictures_stopped"
"""In the table of counters: 1 while a person wants no more of them."""


def _all(state: str) -> str:
    """SQL: document, picture, number (0 for a page of a picture file) and page of each place of a picture in
    editions of generations for which `state` holds."""
    editions = (
        f"JOIN edition e ON e.id = p.edition_id JOIN generation g ON g.id = e.generation_id AND {state}"
    )
    return (
        "SELECT e.document_id, p.sha256 AS picture, p.number AS number, p.page AS page"
        f" FROM picture p {editions}"
        f" UNION ALL SELECT e.document_id, CAST(p.number AS TEXT), 0, p.number FROM page p {editions}"
        f" WHERE e.kind = '{_PICTURE_FILE}'"
    )


_LIVE = _all("g.state = 'live'")
_ANY = _all("1")
_KEYS = f"SELECT DISTINCT document_id, picture FROM ({_LIVE})"
_UNNEEDED = f" WHERE (document_id, picture) NOT IN (SELECT document_id, picture FROM ({_ANY}))"


@dataclass(frozen=True, slots=True)
class WaitingPicture:
    """A picture without a vector."""

    document_id: str
    picture: str
    page: int
    """Of a picture file, the page that it is; 0 for a picture that stands in a document."""
    thumbnail: bytes
    """JPEG; empty for a page of a picture file."""


class PictureKey(NamedTuple):
    """A place where a picture with a vector stands."""

    document_id: str
    number: int
    """As `Picture.number`; 0 for a page of a picture file."""
    page: int


class PictureVectors:
    """`catalog.picture_vectors`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, fingerprint: str, most: int) -> list[WaitingPicture]:
        """Pictures of live documents without a vector by the model of that fingerprint, `most` at once."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                f"SELECT document_id, picture, min(page), max(number) FROM ({_LIVE}) AS l WHERE NOT EXISTS"
                " (SELECT 1 FROM picture_vector v WHERE v.document_id = l.document_id"
                " AND v.picture = l.picture AND v.fingerprint = ?)"
                " GROUP BY document_id, picture LIMIT ?",
                (fingerprint, most),
            )
            thumbnail = (
                "SELECT p.thumbnail FROM picture p JOIN edition e ON e.id = p.edition_id JOIN generation g"
                " ON g.id = e.generation_id AND g.state = 'live' WHERE e.document_id = ? AND p.number = ?"
            )
            found = []
            for document_id, picture, page, number in rows:
                kept = fetch_one(con, thumbnail, (document_id, number)) if number else None
                found.append(
                    WaitingPicture(document_id, picture, 0 if number else page, kept[0] if kept else b"")
                )
        return found

    def put(self, fingerprint: str, of: Sequence[WaitingPicture], vectors: Sequence[Vectors | None]) -> None:
        """Keep the vector of each of these pictures, in place of an earlier one; None for one that could not
        be opened. Documents that were removed meanwhile are passed over."""
        rows = [
            (each.document_id, each.picture, fingerprint, b"" if row is None else row.astype("<f2").tobytes())
            for each, row in zip(of, vectors, strict=True)
        ]
        with self._database.write() as con:
            con.executemany(
                "INSERT INTO picture_vector (document_id, picture, fingerprint, vector) SELECT ?1, ?2, ?3, ?4"
                " WHERE EXISTS (SELECT 1 FROM document WHERE id = ?1) ON CONFLICT (document_id, picture)"
                " DO UPDATE SET fingerprint = excluded.fingerprint, vector = excluded.vector",
                rows,
            )

    def counts(self, fingerprint: str | None) -> tuple[int, int]:
        """(pictures of live documents that the model of that fingerprint looked at, all that there are)."""
        with self._database.read() as con:
            total = int(fetch_value(con, f"SELECT count(*) FROM ({_KEYS})", ()))
            if fingerprint is None:
                return 0, total
            done = fetch_value(
                con,
                f"SELECT count(*) FROM ({_KEYS}) AS l WHERE EXISTS (SELECT 1 FROM picture_vector v"
                " WHERE v.document_id = l.document_id AND v.picture = l.picture AND v.fingerprint = ?)",
                (fingerprint,),
            )
        return int(done), total

    def matrix(self, fingerprint: str) -> tuple[list[PictureKey], Vectors]:
        """Every picture of live documents that has a vector by that model: where it stands, of one that a
        document shows twice the first place, and vectors (n, dimension), (0, 0) where there is none."""
        import numpy as np

        with self._database.read() as con:
            rows = fetch_all(
                con,
                "SELECT l.document_id, min(l.number), min(l.page), v.vector"
                f" FROM ({_LIVE}) AS l JOIN picture_vector v ON v.document_id = l.document_id"
                " AND v.picture = l.picture AND v.fingerprint = ? AND v.vector <> x''"
                " GROUP BY l.document_id, l.picture",
                (fingerprint,),
            )
        lengths = Counter(len(row[3]) for row in rows if len(row[3]) % 2 == 0)
        usual = max(lengths, key=lambda length: lengths[length], default=0)
        whole = [row for row in rows if usual and len(row[3]) == usual]  # others changed on the disk
        if not whole:
            return [], np.empty((0, 0), np.float32)
        vectors = np.frombuffer(b"".join(row[3] for row in whole), "<f2").reshape(len(whole), -1)
        return [PictureKey(*row[:3]) for row in whole], vectors.astype(np.float32)

    def unneeded(self) -> int:
        """How many vectors are of pictures that no document has: what `gc` would delete."""
        with self._database.read() as con:
            return int(fetch_value(con, "SELECT count(*) FROM picture_vector" + _UNNEEDED, ()))

    def gc(self) -> int:
        """Delete the vectors of pictures that no document has; returns how many."""
        with self._database.write() as con:
            con.execute("DELETE FROM picture_vector" + _UNNEEDED)
            return con.changes()

    @property
    def is_stopped(self) -> bool:
        """Whether a person wants no more pictures looked at."""
        with self._database.read() as con:
            return bool(fetch_one(con, "SELECT 1 FROM counter WHERE name = ? AND value = 1", (_STOPPED,)))

    def stop(self, *, is_stopped: bool) -> None:
        """Keep that a person wants no more of them looked at, or does again."""
        with self._database.write() as con:
            con.execute(
                "INSERT INTO counter VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                (_STOPPED, int(is_stopped)),
            )
