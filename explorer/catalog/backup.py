"""A consistent copy of a library while it is in use: `library.transfer.backup`.

The catalogue is copied as it stands at one moment, by SQLite's own backup, then the originals that this copy
needs: linked where they stand on the same disk (an original is never changed in place), else copied. The
vector index, the worker's lock and its address are left out: the copy's first worker makes its own. All is
written under another name beside the target, and renamed when it is on disk.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from explorer.catalog import room, unfinished
from explorer.catalog.chosen_settings import WATCHED
from explorer.catalog.columns import dumps, fetch_all, fetch_one, fetch_value
from explorer.catalog.database import damaged, errors
from explorer.catalog.originals import sync_folder
from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.catalog.catalog import Catalog

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


def back_up(
    catalog: Catalog, target: Path, on_progress: OnBytes | None = None, along: Sequence[str] = ()
) -> Backup:
    """Copy the library into `target`, which must not be there, or be an empty folder.

    `on_progress` is told the bytes that are done, and all. `along` names folders of the library that go
    along, but for what is hidden in them; their files are replaced and never changed in place.

    Raises:
        DiskFull: there is no room for it; the message says how much is missing.
        StorageError: the target is in use, inside the library or cannot be written; the catalogue is damaged.
    """
    target = unfinished.absolute(target)
    unfinished.refuse_inside(catalog.folder, target)
    unfinished.refuse_full(target)
    with unfinished.making(target, "backup") as folder:
        copying = _Copying(catalog, target, folder, on_progress or (lambda _done, _all: None))
        copying.take_along(along)
        return copying.run()


class _Copying:
    """One backup on its way into the unfinished folder."""

    def __init__(self, catalog: Catalog, target: Path, folder: Path, on_progress: OnBytes) -> None:
        self._catalog = catalog
        self._target = target
        self._to = folder
        self._show = on_progress
        self._files = folder / "files"
        self._copy = folder / catalog.path.name
        self._done = 0
        self._all = 0

    def run(self) -> Backup:
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

    def take_along(self, names: Sequence[str]) -> None:
        """Link or copy these folders of the library, as far as they are there.

        Raises StorageError: one is being replaced at this moment, or cannot be read.
        """
        for name in names:
            source = self._catalog.folder / name
            if not source.is_dir():
                continue
            try:
                shutil.copytree(
                    source,
                    self._to / name,
                    ignore=shutil.ignore_patterns(".*"),
                    copy_function=lambda one, other: _link_or_copy(Path(one), Path(other)),
                )
            except OSError as error:
                raise StorageError(
                    f"{source} could not be copied: {error}. If a model is being made there, try again after "
                    "it."
                ) from error

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
                _pause_watched(copy)
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
        unfinished.sync_file(self._copy)
        sync_folder(self._files)
        sync_folder(self._to)
        with errors(self._copy):
            copy = apsw.Connection(str(self._copy), flags=apsw.SQLITE_OPEN_READONLY)
            try:
                documents = int(fetch_value(copy, "SELECT count(*) FROM document WHERE binned_at IS NULL"))
            finally:
                copy.close()
        return documents, sum(one.stat().st_size for one in self._to.rglob("*") if one.is_file())


def _pause_watched(copy: apsw.Connection) -> None:
    """A copy that is opened must not go on with the folders: it would change as they do."""
    row = fetch_one(copy, "SELECT value FROM setting WHERE key = ?", (WATCHED,))
    if row is None:
        return
    paused = [{**one, "paused": True, "emptied": False} for one in json.loads(row[0])]
    copy.execute("UPDATE setting SET value = ? WHERE key = ?", (dumps(paused), WATCHED))


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
