"""Everything that a library holds is deleted: `catalog.erasing`.

First the catalogue becomes a new, empty one, in one step that is done or not done, whatever kills it: whoever
has the library open sees it empty from then on. Then the files go. A row of the new catalogue says that this
is under way, so that the next worker goes on where a process was killed.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import apsw

from explorer.catalog import copies, migrations
from explorer.catalog.chosen_settings import ERASING
from explorer.catalog.columns import fetch_all, fetch_one
from explorer.catalog.database import BUSY_SECONDS, KNOW_PAGES, Database, errors
from explorer.catalog.originals import Originals
from explorer.errors import StorageError

_APART = 1000
"""Numbers that are passed over: what another process counts up in the same moment is not used twice."""
_WAIT_SECONDS = 10.0
"""How long those are waited for who are reading at this moment."""


class Erasing:
    """For the process that holds the lock of the library's worker: nothing else works the queue then."""

    def __init__(self, database: Database, originals: Originals) -> None:
        self._database = database
        self._originals = originals

    def is_begun(self) -> bool:
        """Whether everything is being deleted, or was when a process was killed."""
        with self._database.read() as con:
            return fetch_one(con, "SELECT 1 FROM setting WHERE key = ?", (ERASING,)) is not None

    def begin(self) -> None:
        """Put an empty catalogue in the place of this one, in one step.

        Numbers that are never used twice (of chunks, changes, jobs) go on from where they were.
        Raises StorageError: nothing was deleted.
        """
        if self._database.is_read_only:
            raise StorageError(f"{self._database.path.parent} is read-only. Nothing was deleted.")
        with self._database.read() as con:
            used = {
                str(name): int(seq) for name, seq in fetch_all(con, "SELECT name, seq FROM sqlite_sequence")
            }
            counted = {str(name): int(value) for name, value in fetch_all(con, "SELECT * FROM counter")}
        with closing(_empty(used, counted)) as new:
            self._replace(new)

    def finish(self, folders: Iterable[Path]) -> bool:
        """Delete the files: originals, what is arriving, the attic, older catalogues, and these folders.

        False where another program still reads what was, or holds a file open: the next worker goes on.
        Raises StorageError.
        """
        for folder in folders:
            if folder.is_dir():
                _delete(folder)
        self._originals.attic.empty()
        self._originals.delete_unneeded(self._originals.orphans())
        self._originals.sync_manifest()
        for path in self._originals.incoming.glob("*"):
            _unlink(path)
        copies.drop(self._database.path)
        is_gone = not self._originals.orphans() and self._database.forget(_WAIT_SECONDS)
        if is_gone:
            with self._database.write() as con:
                con.execute("DELETE FROM setting WHERE key = ?", (ERASING,))
                con.execute("UPDATE counter SET value = 0 WHERE name = 'untidy'")
        return is_gone

    def _replace(self, new: apsw.Connection) -> None:
        con = self._database.connect()
        deadline = time.monotonic() + BUSY_SECONDS
        try:
            with errors(self._database.path), con.backup("main", new, "main") as copy:
                while not copy.done:
                    try:
                        copy.step(-1)
                    except (apsw.BusyError, apsw.LockedError):
                        if time.monotonic() > deadline:
                            raise
                        time.sleep(0.02)
        finally:
            con.close()


def _empty(used: dict[str, int], counted: dict[str, int]) -> apsw.Connection:
    """A new catalogue in memory that knows which numbers were used, and that it is being emptied."""
    con = apsw.Connection(":memory:")
    con.execute(KNOW_PAGES)
    for step in migrations.MIGRATIONS:
        migrations.apply(con, step)
    con.execute("DELETE FROM sqlite_sequence")
    rows = ((name, seq + _APART) for name, seq in used.items())
    con.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", rows)
    counted = {**counted, "revision": counted.get("revision", 0) + _APART, "untidy": 1}
    con.executemany("INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)", counted.items())
    con.execute("INSERT INTO setting VALUES (?, 'true')", (ERASING,))
    return con


def _delete(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be deleted ({error.strerror}). Close the programs that use it, and try again."
        ) from error


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be deleted ({error.strerror}). Close the programs that use it, and try again."
        ) from error
