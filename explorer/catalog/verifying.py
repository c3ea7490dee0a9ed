"""Are the originals still the bytes that their names say? A few are looked at at each start, all on request.

Documents whose original is found damaged are noted, so that the doctor can name them without reading all
again and the next file with the same bytes takes the damaged one's place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from explorer.catalog.chosen_settings import DAMAGED, VERIFIED, ChosenSettings
from explorer.catalog.columns import fetch_all, fetch_one
from explorer.catalog.database import Database
from explorer.catalog.originals import Originals

A_FEW = 5
"""How many are compared at each start."""
REPLACED = "Its original, which was damaged or lost, was replaced."
"""A warning with the outcome of a file whose bytes took the place of such an original."""
_BLOCK = 1 << 18
_COLUMNS = "SELECT id, sha256, name, size FROM document"
_Row = tuple[str, str, str, int]


class Verifying:
    """`catalog.verifying`. Reading happens outside transactions, so nobody waits for it."""

    def __init__(self, database: Database, originals: Originals, settings: ChosenSettings) -> None:
        self._database = database
        self._originals = originals
        self._settings = settings

    def some(self, number: int = A_FEW) -> list[str]:
        """Compare the next few originals with their SHA-256, each in its turn; the names of damaged ones."""
        last = str(self._settings.get(VERIFIED, ""))
        with self._database.read() as con:
            rows = fetch_all(con, f"{_COLUMNS} WHERE id > ? ORDER BY id LIMIT ?", (last, number))
            again = fetch_all(con, f"{_COLUMNS} ORDER BY id LIMIT ?", (number - len(rows),))
        rows += [row for row in again if row not in rows]
        if not rows:
            return []
        damaged = self._compare(rows)
        self._settings.change({VERIFIED: rows[-1][0]})
        return damaged

    def all(self, on_progress: Callable[[int, int], None] | None = None) -> list[str]:
        """Compare every original; the names of damaged ones. `on_progress(done, total)` may raise to stop."""
        with self._database.read() as con:
            rows = fetch_all(con, f"{_COLUMNS} ORDER BY id")
        damaged = []
        for number, row in enumerate(rows):
            if on_progress is not None:
                on_progress(number, len(rows))
            damaged += self._compare([row])
        return damaged

    def known(self) -> list[str]:
        """The names of documents whose original was found damaged and still is; only those are read."""
        with self._database.read() as con:
            wanted = json.dumps(self._settings.get(DAMAGED, []))
            rows = fetch_all(con, f"{_COLUMNS} WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
        return self._compare(rows)

    def is_whole(self, sha256: str) -> bool:
        """Whether a document's original is there and not known to be damaged. It is not read."""
        with self._database.read() as con:
            row = fetch_one(con, "SELECT id, size FROM document WHERE sha256 = ?", (sha256,))
        if row is None or row[0] in self._settings.get(DAMAGED, []):
            return False
        return _size(self._originals.path(sha256)) == int(row[1])

    def doubt(self, sha256: str) -> None:
        """Note a document whose original is missing or of another size, before its bytes come again."""
        with self._database.write() as con:
            row = fetch_one(con, "SELECT id, size FROM document WHERE sha256 = ?", (sha256,))
            if row is not None and _size(self._originals.path(sha256)) != int(row[1]):
                self._settings.change({DAMAGED: sorted({*self._settings.get(DAMAGED, []), row[0]})})

    def settle(self, sha256: str) -> bool:
        """Whether a document's original was noted as damaged and is right now; then the note goes.

        Only one that was noted is read.
        """
        with self._database.read() as con:
            row = fetch_one(con, f"{_COLUMNS} WHERE sha256 = ?", (sha256,))
        if row is None or row[0] not in self._settings.get(DAMAGED, []):
            return False
        self._compare([row])
        return row[0] not in self._settings.get(DAMAGED, [])

    def _compare(self, rows: Iterable[_Row]) -> list[str]:
        """The names of those whose bytes are others; noted, and struck off where they are right again."""
        bad, good, names = set(), set(), []
        for document_id, sha256, name, size in rows:
            path = self._originals.path(sha256)
            if _size(path) != size:
                continue  # missing or of another size: `check` names it
            if _digest(path) in (sha256, None):
                good.add(document_id)
            else:
                bad.add(document_id)
                names.append(name)
        with self._database.write() if bad or self._settings.get(DAMAGED) else self._database.read() as con:
            before = set(self._settings.get(DAMAGED, []))
            alive = {row[0] for row in fetch_all(con, "SELECT id FROM document")} if before | bad else set()
            after = ((before - good) | bad) & alive
            if after != before:
                self._settings.change({DAMAGED: sorted(after) or None})
        return names


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _digest(path: Path) -> str | None:
    """The SHA-256 of a file; None where it was removed meanwhile.

    The buffer is emptied: the vector index writes freed memory of this process into its own files.
    """
    digest, block = hashlib.sha256(), bytearray(_BLOCK)
    try:
        with path.open("rb", buffering=0) as file, memoryview(block) as view:
            while size := file.readinto(view):
                digest.update(view[:size])
        return digest.hexdigest()
    except FileNotFoundError:
        return None
    except OSError:
        return ""  # it cannot be read: as bad as other bytes
    finally:
        block[:] = bytes(_BLOCK)
