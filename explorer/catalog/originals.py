"""The originals: `files/<sha256>`. Beside them stand `files/.incoming` for what is still arriving,
`files/.attic` for what repair has set aside, and the manifest, which knows what each is called."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import apsw

from explorer.catalog import doomed, manifest, room
from explorer.catalog.attic import ATTIC, Attic
from explorer.catalog.columns import fetch_one
from explorer.catalog.database import Database
from explorer.catalog.incoming import Incoming
from explorer.catalog.manifest import Manifest, ManifestEntry
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
        self.arriving = Incoming(folder)
        self.incoming = self.arriving.folder
        self.attic = Attic(folder / ATTIC)
        self.manifest = Manifest(folder)

    def path(self, sha256: str) -> Path:
        """Where the original with this SHA-256 stands, whether it is there or not."""
        return self.folder / sha256

    def new_incoming(self) -> Path:
        """A name for a file that is about to arrive; on the same disk as its final place."""
        return self.arriving.new()

    def adopt(self, incoming: Path, sha256: str) -> None:
        """Move a complete file to its place. Call inside `catalog.write()`, before the row that needs it.

        It is on disk for good when this returns. Raises StorageError.
        """
        target = self.path(sha256)
        try:
            with incoming.open("rb+") as file:
                os.fsync(file.fileno())
                size = os.fstat(file.fileno()).st_size
            try:
                incoming.replace(target)  # also over one that is there: its bytes may have been damaged
                sync_folder(self.folder)
            except PermissionError:  # held open by another program (Windows)
                if not target.exists() or target.stat().st_size != size:
                    raise
                incoming.unlink()
        except OSError as error:
            if room.is_full(error):
                raise room.shortage("the original", self.folder, None, error=error) from error
            raise StorageError(f"The original cannot be kept in {self.folder} ({error.strerror}).") from error

    def delete_unneeded(self, shas: Iterable[str]) -> list[str]:
        """Delete those originals that no document and no waiting or failed job needs; returns which.

        What the manifest and the attic have of them goes too. A file that another program holds open
        (Windows) stays doomed, and goes with the next `delete_doomed`. Raises StorageError.
        """
        named = list(shas)
        with self._database.write() as con:
            unneeded = [sha for sha in named if not is_needed(con, sha)]
            deleted = [sha for sha in unneeded if self._unlink(self.path(sha)) and self.attic.drop(sha)]
            self.manifest.drop(sha for sha in named if not is_document(con, sha))
            left = set(unneeded) - set(deleted)
            doomed.pardon(con, set(named) - left)
            if left:
                doomed.doom(con, left)
        return deleted

    def doom_unknown(self, con: apsw.Connection, shas: Sequence[str]) -> list[str]:
        """Doom the files of jobs that nobody wants; returns which. In the caller's transaction.

        Left alone is what the manifest knows and no document has: the only copy of a document that was being
        added again after the catalogue was lost.
        """
        if not shas:
            return []
        known = self.manifest.entries()
        going = [sha for sha in shas if sha not in known or is_document(con, sha)]
        doomed.doom(con, going)
        return going

    def restored(self, con: apsw.Connection, sha256: str) -> ManifestEntry | None:
        """What the manifest knows of an original whose document was lost with the catalogue, else None."""
        return None if sha256 in doomed.listed(con) else self.manifest.entry(sha256)

    def note(self, con: apsw.Connection, document_ids: Iterable[str]) -> None:
        """Write into the manifest what these documents are called now. In the caller's transaction.

        Raises StorageError.
        """
        self.manifest.put(manifest.of_documents(con, document_ids))

    def delete_doomed(self) -> bool:
        """Delete what an interrupted removal left; False where another program still holds a file open.

        Raises StorageError.
        """
        with self._database.read() as con:
            shas = doomed.listed(con)
        if shas:
            self.delete_unneeded(shas)
        with self._database.read() as con:
            return not doomed.listed(con)

    def orphans(self) -> list[str]:
        """Names in `files/` that nothing needs; the manifest is none of them, nor what is hidden."""
        if not self.folder.is_dir():
            return []
        ours = (manifest.FILE_NAME, manifest.UNFINISHED)
        with self._database.read() as con:
            return sorted(
                p.name
                for p in self.folder.iterdir()
                if p.name not in ours and p.is_file() and not is_needed(con, p.name)
            )

    def set_aside(self, names: Iterable[str]) -> dict[str, str]:
        """Move files that nothing needs into the attic: their names in `files/` → what people called them.

        What was doomed is deleted instead. Raises StorageError.
        """
        self.delete_doomed()
        with self._database.write() as con:
            known = self.manifest.entries()
            moved = [name for name in names if not is_needed(con, name) and self.path(name).is_file()]
            for name in moved:
                self.attic.take(self.path(name), known.get(name))
            self.manifest.drop(moved)
        return {name: known[name].name if name in known else name for name in moved}

    def missing_in_manifest(self) -> int:
        """How many documents the manifest lacks or has otherwise."""
        with self._database.read() as con:
            known = self.manifest.entries()
            return sum(known.get(entry.sha256) != entry for entry in manifest.of_documents(con))

    def sync_manifest(self) -> bool:
        """Bring the manifest in line with the documents; False when it was.

        Entries of originals that are there and have no document yet stay. Raises StorageError.
        """
        with self._database.write() as con:
            known = self.manifest.entries()
            wanted = {entry.sha256: entry for entry in manifest.of_documents(con)}
            going = set(doomed.listed(con))
            for sha, entry in known.items():
                if sha not in wanted and sha not in going and self.path(sha).is_file():
                    wanted[sha] = entry
            if wanted == known:
                self.manifest.tidy()
                return False
            self.manifest.replace(wanted.values())
        return True

    def _unlink(self, path: Path) -> bool:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return False  # in use; it stays doomed
        return True


def is_needed(con: apsw.Connection, sha256: str) -> bool:
    """Whether a document, or a waiting or failed job, needs this original."""
    return fetch_one(con, _NEEDED, {"sha": sha256}) is not None


def is_document(con: apsw.Connection, sha256: str) -> bool:
    """Whether a document has this original."""
    return fetch_one(con, "SELECT 1 FROM document WHERE sha256 = ?", (sha256,)) is not None


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut; Windows cannot open folders and needs no such step."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
