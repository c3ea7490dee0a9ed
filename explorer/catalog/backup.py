"""A consistent copy of a library while it is in use: `Library.backup`.

The catalogue is copied as it stands at one moment, by SQLite's own backup, then the originals that this copy
needs: linked where they stand on the same disk (an original is never changed in place), else copied. The
vector index, the worker's lock and its address are left out: the copy's first worker makes its own. All is
written under another name beside the target, and renamed when it is on disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import apsw
from filelock import FileLock, Timeout

from explorer.catalog import room
from explorer.catalog.columns import fetch_all, fetch_value
from explorer.catalog.database import damaged, errors
from explorer.catalog.originals import sync_folder
from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.catalog.catalog import Catalog

UNFINISHED = ".unfinished"
_LOCK = "backup.lock"
_PAGES = 500
"""How many pages of the catalogue are copied between two reports."""
_ROUNDS = 5
"""How often the catalogue is copied anew because documents were removed meanwhile."""
_NEEDED = (
    "SELECT sha256 FROM document UNION SELECT sha256 FROM job"
    " WHERE sha256 IS NOT NULL AND state NOT IN ('ready', 'cancelled')"
)

OnBytes = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied. `missing`: SHA-256 of originals that the library itself has lost."""

    folder: Path
    documents: int
    bytes: int
    missing: tuple[str, ...] = ()


def back_up(catalog: Catalog, target: Path, on_progress: OnBytes | None = None) -> Backup:
    """Copy the library into `target`, which must not be there, or be an empty folder.

    `on_progress` is told the bytes that are done, and all.

    Raises:
        DiskFull: there is no room for it; the message says how much is missing.
        StorageError: the target is in use, inside the library or cannot be written; the catalogue is damaged.
    """
    target = Path(os.path.abspath(target.expanduser()))  # noqa: PTH100  (links stay as they were given)
    unfinished = target.with_name(target.name + UNFINISHED)
    _refuse_bad_target(catalog.folder, target)
    if unfinished.exists() and not (unfinished / _LOCK).exists():
        raise StorageError(f"{unfinished} is in the way and not ours. Name another place for the copy.")
    try:
        unfinished.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(unfinished / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise StorageError(
                f"Another backup is being written to {unfinished}. Wait for its end."
            ) from error
        try:
            made = _Copying(catalog, target, unfinished, on_progress or (lambda _done, _all: None)).run()
        except BaseException:
            lock.release()
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        lock.release()
        (unfinished / _LOCK).unlink(missing_ok=True)
        if target.exists():
            target.rmdir()
        unfinished.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        if room.is_full(error):
            raise room.shortage(f"the copy of {catalog.folder}", target, None, error=error) from error
        raise StorageError(
            f"{target} cannot be written: {error.strerror or error}. Name another place for the copy."
        ) from error
    return made


def _refuse_bad_target(folder: Path, target: Path) -> None:
    library = folder.resolve()
    if target.resolve() == library or library in target.resolve().parents:
        raise StorageError(f"{target} is inside the library itself. Name a place outside {folder}.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StorageError(f"{target} is there already and not empty. Name a new or an empty folder.")


class _Copying:
    """One backup on its way into the unfinished folder."""

    def __init__(self, catalog: Catalog, target: Path, unfinished: Path, on_progress: OnBytes) -> None:
        self._catalog = catalog
        self._target = target
        self._to = unfinished
        self._show = on_progress
        self._files = unfinished / "files"
        self._copy = unfinished / catalog.path.name
        self._done = 0
        self._all = 0

    def run(self) -> Backup:
        for old in self._to.iterdir():  # of a backup that was killed
            if old.name != _LOCK:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        (self._files / ".incoming").mkdir(parents=True)
        self._weigh()
        for number in range(_ROUNDS):
            needed = self._copy_catalogue()
            missing = self._copy_originals(needed)
            gone = [sha for sha in missing if not self._is_still_needed(sha)]
            if not gone:
                break
            if number == _ROUNDS - 1:
                raise StorageError(
                    f"Documents were removed again and again while {self._catalog.folder} was copied. Try"
                    " again."
                )
        for path in [one for one in self._files.iterdir() if one.is_file() and one.name not in needed]:
            path.unlink()
        documents, size = self._finish()
        return Backup(self._target, documents, size, tuple(sorted(missing)))

    def _weigh(self) -> None:
        """Note how much there is to copy, and refuse what has no room."""
        source = self._catalog.originals.folder
        catalogue = sum(
            path.stat().st_size for path in self._catalog.folder.glob(f"{self._catalog.path.name}*")
        )
        originals = sum(one.stat().st_size for one in source.iterdir() if one.is_file())
        self._all = catalogue + originals
        needed = catalogue + (0 if self._can_link() else originals) + room.SPARE
        if room.is_short(self._to, needed):
            raise room.shortage(f"the copy of {self._catalog.folder}", self._target, needed)

    def _can_link(self) -> bool:
        source = self._catalog.originals.folder
        one = next((path for path in source.iterdir() if path.is_file()), None)
        if one is None:
            return True
        trial = self._files / "trial"
        try:
            os.link(one, trial)
        except OSError:
            return False
        trial.unlink()
        return True

    def _copy_catalogue(self) -> set[str]:
        """Copy the catalogue as it stands at one moment; returns the originals that this copy needs."""
        self._copy.unlink(missing_ok=True)
        self._done = 0
        with errors(self._catalog.path), self._catalog.read() as source:
            fetch_value(source, "SELECT count(*) FROM sqlite_schema")  # from here on it reads one moment
            copy = apsw.Connection(str(self._copy))
            try:
                with copy.backup("main", source, "main") as steps:
                    while not steps.done:
                        steps.step(_PAGES)
                        whole = self._catalog.path.stat().st_size
                        part = 1 - steps.remaining / max(1, steps.page_count)
                        self._show(int(whole * part), self._all)
                        self._done = whole
                fetch_all(copy, "PRAGMA journal_mode = DELETE")
                found = fetch_value(copy, "PRAGMA quick_check(1)")
                if found != "ok":
                    raise damaged(self._catalog.path, apsw.CorruptError("quick_check"))
                return {str(sha) for (sha,) in fetch_all(copy, _NEEDED)}
            finally:
                copy.close()

    def _copy_originals(self, needed: set[str]) -> list[str]:
        """Link or copy what is not there yet; returns those that could not be found."""
        missing = []
        for sha in sorted(needed):
            source, target = self._catalog.originals.path(sha), self._files / sha
            try:
                if not target.exists():
                    _link_or_copy(source, target)
                self._done += target.stat().st_size
            except FileNotFoundError:
                missing.append(sha)
            self._show(min(self._done, self._all), self._all)
        return missing

    def _is_still_needed(self, sha: str) -> bool:
        from explorer.catalog.originals import is_needed

        with self._catalog.read() as con:
            return is_needed(con, sha)

    def _finish(self) -> tuple[int, int]:
        """See that all is on disk; returns how many documents, and bytes."""
        with self._copy.open("rb+") as file:
            os.fsync(file.fileno())
        sync_folder(self._files)
        sync_folder(self._to)
        with errors(self._copy):
            copy = apsw.Connection(str(self._copy), flags=apsw.SQLITE_OPEN_READONLY)
            try:
                documents = int(fetch_value(copy, "SELECT count(*) FROM document"))
            finally:
                copy.close()
        return documents, sum(one.stat().st_size for one in self._to.rglob("*") if one.is_file())


def _link_or_copy(source: Path, target: Path) -> None:
    with suppress(OSError):
        os.link(source, target)
        return
    partial = target.with_name(target.name + ".part")
    with source.open("rb") as read, partial.open("wb") as written:
        shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())
    partial.replace(target)
