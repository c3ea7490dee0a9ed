"""The originals: `files/<sha256>`, and `files/.incoming` for what is still arriving."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import apsw

from explorer.catalog import room
from explorer.catalog.columns import fetch_one
from explorer.catalog.database import Database
from explorer.errors import StorageError

_NEEDED = (
    "SELECT 1 FROM document WHERE sha256 = :sha UNION ALL "
    "SELECT 1 FROM job WHERE sha256 = :sha AND state NOT IN ('ready', 'cancelled') LIMIT 1"
)


class Originals:
    """`catalog.originals`. Files come and go inside write transactions: all processes agree on them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self.folder = folder
        self.incoming = folder / ".incoming"

    def path(self, sha256: str) -> Path:
        """Where the original with this SHA-256 stands, whether it is there or not."""
        return self.folder / sha256

    def new_incoming(self) -> Path:
        """A name for a file that is about to arrive; on the same disk as its final place."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        return self.incoming / secrets.token_hex(8)

    def adopt(self, incoming: Path, sha256: str) -> None:
        """Move a complete file to its place. Call inside `catalog.write()`, before the row that needs it.

        It is on disk for good when this returns. Raises StorageError.
        """
        target = self.path(sha256)
        try:
            with incoming.open("rb+") as file:
                os.fsync(file.fileno())
                size = os.fstat(file.fileno()).st_size
            if target.exists() and target.stat().st_size == size:
                incoming.unlink()
            else:
                incoming.replace(target)
                _sync_folder(self.folder)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise room.shortage("the original", self.folder, None) from error
            raise StorageError(f"The original cannot be kept in {self.folder} ({error.strerror}).") from error

    def delete_unneeded(self, shas: Iterable[str]) -> list[str]:
        """Delete those originals that no document and no waiting or failed job needs; returns which.

        A file that another program holds open (Windows) stays, and is an orphan until the next sweep.
        """
        deleted = []
        with self._database.write() as con:
            for sha in shas:
                if not is_needed(con, sha) and self._unlink(self.path(sha)):
                    deleted.append(sha)
        return deleted

    def orphans(self) -> list[str]:
        """Names in `files/` that nothing needs, incoming files of dead processes not among them."""
        if not self.folder.is_dir():
            return []
        with self._database.read() as con:
            return sorted(p.name for p in self.folder.iterdir() if p.is_file() and not is_needed(con, p.name))

    def sweep(self) -> list[str]:
        """Delete the orphans; returns their names."""
        return self.delete_unneeded(self.orphans())

    def _unlink(self, path: Path) -> bool:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return False  # in use; it stays an orphan, which `sweep` takes
        return True


def is_needed(con: apsw.Connection, sha256: str) -> bool:
    """Whether a document, or a waiting or failed job, needs this original."""
    return fetch_one(con, _NEEDED, {"sha": sha256}) is not None


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut; Windows cannot open folders and needs no such step."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
