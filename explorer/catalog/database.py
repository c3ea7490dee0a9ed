"""Connections to one SQLite file: a small pool, read and write contexts, errors in plain words.

SQLite comes with apsw (a current one: versions before 3.51.3 can lose commits in WAL mode). What is deleted
is overwritten (`secure_delete`); a commit is on disk when it returns (`synchronous = FULL`).
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from explorer.catalog import room
from explorer.catalog.columns import fetch_all, fetch_value
from explorer.errors import DiskFull, StorageError

BUSY_SECONDS = 30.0
"""How long a write waits for another process's write before it gives up."""

KNOW_PAGES = "PRAGMA auto_vacuum = INCREMENTAL"
"""For a file that holds nothing yet: `free_pages` says what for. On others it would wait for who writes."""
_IDLE_CONNECTIONS = 4
_PRAGMAS = (
    "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL;"
    "PRAGMA temp_store = MEMORY;"  # sorting must not leave words in a temporary file
    "PRAGMA cache_size = -16000; PRAGMA recursive_triggers = OFF"
)


class Database:
    """A pool of connections to one file. Safe to share between threads; each thread gets its own connection.

    `write()` inside `write()` of the same thread joins it, and `read()` inside `write()` sees its changes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_read_only = path.exists() and not os.access(path.parent, os.W_OK)
        """Whether nothing can be written beside the file: it is only read then, without a lock."""
        self._idle: list[apsw.Connection] = []
        self._pool_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._local = threading.local()
        self._closed = False

    def connect(self) -> apsw.Connection:
        """A new connection, outside the pool. Raises StorageError."""
        if self.is_read_only:
            return _only_reading(self.path)
        with errors(self.path):
            con = apsw.Connection(str(self.path))
            con.set_busy_timeout(int(BUSY_SECONDS * 1000))
            if self.path.stat().st_size == 0:
                con.execute(KNOW_PAGES)
            _to_wal(con)
            fetch_all(con, _PRAGMAS)  # to the end: one that gives a row stops before those behind it
            return con

    @contextmanager
    def read(self) -> Iterator[apsw.Connection]:
        """One consistent view of the catalogue. Raises StorageError."""
        current = self._current()
        if current is not None:
            with errors(self.path):
                yield current
            return
        with self._borrowed() as con, errors(self.path):
            con.execute("BEGIN")
            try:
                yield con
            finally:
                if con.in_transaction:
                    con.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[apsw.Connection]:
        """One transaction: all of it is on disk when the block ends, or none of it. Raises StorageError."""
        current = self._current()
        if current is not None:
            with errors(self.path):
                yield current
            return
        with self._write_lock, self._borrowed() as con, errors(self.path):
            con.execute("BEGIN IMMEDIATE")
            self._local.writing = con
            try:
                yield con
                con.execute("COMMIT")
            except (apsw.FullError, apsw.IOError):  # the second where a quota is used up
                _give_back_space(con)
                raise
            finally:
                self._local.writing = None
                if con.in_transaction:
                    con.execute("ROLLBACK")

    def forget(self, seconds: float = 5.0) -> bool:
        """Empty the write-ahead log, which may hold deleted words, into the database file.

        Waits up to `seconds` for readers in other threads and processes. False when one did not let go, and
        when the disk has no room for it.
        """
        deadline = time.monotonic() + seconds
        with self._borrowed() as con, errors(self.path):
            con.set_busy_timeout(250)
            try:
                while True:
                    rows = fetch_all(con, "PRAGMA wal_checkpoint(TRUNCATE)")  # to its end, or it keeps a lock
                    if rows[0][0] == 0:  # (busy, pages in the log, pages moved)
                        return True
                    if time.monotonic() > deadline:
                        return False
                    time.sleep(0.02)
            except apsw.FullError:
                return False
            finally:
                con.set_busy_timeout(int(BUSY_SECONDS * 1000))

    def close(self) -> None:
        """Close what is idle now and what is in use as soon as it comes back."""
        with self._pool_lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for con in idle:
            con.close()

    def _current(self) -> apsw.Connection | None:
        return getattr(self._local, "writing", None)

    @contextmanager
    def _borrowed(self) -> Iterator[apsw.Connection]:
        with self._pool_lock:
            if self._closed:
                raise StorageError(f"{self.path.parent} was closed. Open the library again.")
            con = self._idle.pop() if self._idle else None
        con = con or self.connect()
        try:
            yield con
        finally:
            with self._pool_lock:
                keep = not self._closed and len(self._idle) < _IDLE_CONNECTIONS
                if keep:
                    self._idle.append(con)
            if not keep:
                con.close()


@contextmanager
def errors(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into a StorageError that says what to do."""
    try:
        yield
    except apsw.FullError as error:
        there = room.free(path.parent)
        left = "" if there is None else f" ({there / 1_000_000:.1f} MB are free)"
        raise DiskFull(
            f"The disk that holds {path.parent} is full{left}. Nothing was lost; free some space and try"
            " again."
        ) from error
    except (apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise StorageError(f"{path} cannot be written: the disk or the file is read-only.") from error
    except apsw.CantOpenError as error:
        raise StorageError(
            f"{path} cannot be opened. Check that the folder exists and that you may write there."
        ) from error
    except (apsw.CorruptError, apsw.NotADBError, apsw.TooBigError, apsw.SQLError) as error:
        raise damaged(path, error) from error
    except (UnicodeDecodeError, json.JSONDecodeError, zlib.error) as error:
        raise damaged(path, error) from None  # the cause holds what cannot be read: words of a document
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StorageError(
            f"{path} has been in use by another process for {BUSY_SECONDS:.0f} seconds. Try again."
        ) from error
    except apsw.IOError as error:
        refused = room.refusal(path.parent)
        if refused is not None and room.is_full(refused):
            raise room.shortage(path.name, path.parent, None, error=refused) from error
        raise StorageError(f"{path} cannot be read or written ({error}). Check the disk.") from error


def damaged(path: Path, error: Exception) -> StorageError:
    """The error that says that a catalogue is damaged; of the one that showed it only what kind it was."""
    return StorageError(
        f"{path} is damaged ({type(error).__name__}). Restore it from a copy, or move the folder away and add"
        " the files again."
    )


def _give_back_space(con: apsw.Connection) -> None:
    """On a full disk, empty the log into the database, so that removing something may still go through."""
    with contextlib.suppress(apsw.Error):  # the disk being full is what is reported, whatever comes of this
        if con.in_transaction:
            con.execute("ROLLBACK")
        fetch_all(con, "PRAGMA wal_checkpoint(TRUNCATE)")


def _only_reading(path: Path) -> apsw.Connection:
    """A connection to a file in a folder where nothing can be written. Raises StorageError.

    SQLite reads such a file without a log as one that nobody changes. One with a log is read with it where
    the log's index is there too, as it is while another person has the library open.
    """
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    log = path.with_name(f"{path.name}-wal")
    is_alone = not log.exists() or log.stat().st_size == 0
    with errors(path):
        try:
            con = apsw.Connection(
                f"{path.absolute().as_uri()}?{'immutable=1' if is_alone else 'mode=ro'}", flags
            )
            fetch_value(con, "SELECT count(*) FROM sqlite_schema")
        except (apsw.CantOpenError, apsw.ReadOnlyError) as error:
            raise StorageError(
                f"{path} cannot be read here: its last changes stand in {log.name}, and the folder is"
                " read-only. Open the library once where it can be written."
            ) from error
        con.execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000")
    return con


def _to_wal(con: apsw.Connection) -> None:
    """Switch to write-ahead logging. SQLite does not wait by itself while another process does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            con.execute("PRAGMA journal_mode = WAL")
            return
        except apsw.BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
