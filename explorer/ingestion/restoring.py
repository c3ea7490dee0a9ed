"""A library whose catalogue is lost comes back from its originals, by way of the ordinary queue.

The new catalogue is made aside, with a job for each original in it, and takes its place in one step: a kill
at any moment leaves the library as lost as it was, or with everything queued.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from explorer.catalog import FILE_NAME, Catalog, lost
from explorer.catalog.attic import ATTIC, Attic
from explorer.catalog.manifest import Manifest, ManifestEntry
from explorer.errors import ReadError, StorageError
from explorer.ingestion import receiving
from explorer.ingestion.intake import base_name
from explorer.readers import registry

_ASIDE = ".rebuilding"
_AT_ONCE = 200
_NAME_DIGITS = 12
"""How much of its SHA-256 names an original whose name is lost."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What `doctor.restore` did: `queued` originals are being added again, `unnamed` of them under names made
    of their SHA-256; `damaged` ones were set aside in the folder `attic`."""

    queued: int
    unnamed: int
    damaged: tuple[str, ...]
    attic: Path

    def lines(self) -> tuple[str, ...]:
        """The same in words, a line each."""
        said = [f"Queued {self.queued:,} originals to be added again: their catalogue was lost."]
        if self.unnamed:
            said.append(
                f"{self.unnamed:,} of them have names made of their content: the list of names "
                "(files/manifest.jsonl) does not have them."
            )
        said += [
            f"{name} is damaged and was set aside in {self.attic}. Add the file again."
            for name in self.damaged
        ]
        return tuple(said)


def restore(folder: Path) -> Restored | None:
    """Queue every original of a library whose catalogue is missing or empty; None where it is neither.

    The caller sees to it that no worker is there. Every original is compared with its SHA-256 on the way.

    Raises StorageError, ReadError: nothing was changed but what the report of a next try says again.
    """
    path = folder / FILE_NAME
    if lost.find(path) is None:
        return None
    aside = folder / _ASIDE
    try:
        shutil.rmtree(aside, ignore_errors=True)
        with Catalog(aside) as catalog:
            restored = _queue(catalog, folder)
            if not catalog.database.forget():
                raise StorageError(f"{aside} is in use by another program. Close it, then try again.")
        _put_in_place(aside / FILE_NAME, path, Attic(folder / "files" / ATTIC))
        shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"The catalogue of {folder} cannot be made again ({error.strerror}). Make room on the disk, and "
            "check that you may write there."
        ) from error
    return restored


def queue_orphans(catalog: Catalog) -> list[str]:
    """Queue originals that no document has and the manifest knows; returns their names.

    They are there after an older copy of the catalogue was put back, or a restoration was cancelled.
    """
    originals = catalog.originals
    originals.delete_doomed()
    with catalog.write():
        known = originals.manifest.entries()
        found = [known[name] for name in originals.orphans() if name in known]
        whole = [entry for entry in found if _is_whole(originals.path(entry.sha256))]
        for entry in whole:
            _enqueue(catalog, entry, originals.path(entry.sha256).stat().st_size)
    return [entry.name for entry in whole]


def queue_changed(catalog: Catalog) -> list[str]:
    """Queue documents of which something has changed on the disk to be read again from their originals, which
    are whole; returns their names."""
    changed = catalog.verifying.changed()
    whole = [one.document_id for one in changed if _is_whole(catalog.originals.path(one.sha256))]
    if not whole:
        return []
    with catalog.write():
        again = catalog.verifying.give_way(whole)
        for one in again:
            catalog.jobs.enqueue(
                "add",
                one.name,
                size=one.size,
                source=one.source,
                sha256=one.sha256,
                replaces=one.document_id,
                keep_both=True,
                part_of=one.part_of,
            )
    return [one.name for one in again]


def _queue(catalog: Catalog, folder: Path) -> Restored:
    """A job for each original, in the catalogue that is being made; the damaged ones go to the attic."""
    manifest, attic = Manifest(folder / "files"), Attic(folder / "files" / ATTIC)
    known, paths = manifest.entries(), lost.originals(folder)
    entries: list[tuple[ManifestEntry, int]] = []
    damaged, unnamed = [], 0
    for path in paths:
        entry = known.get(path.name)
        if not _is_whole(path):
            attic.take(path, entry)
            damaged.append(entry.name if entry else path.name)
            continue
        if entry is None:
            entry, unnamed = _named_by_content(path), unnamed + 1
        entries.append((entry, path.stat().st_size))
    entries.sort(key=lambda one: one[0].added)
    for start in range(0, len(entries), _AT_ONCE):
        with catalog.write():
            for entry, size in entries[start : start + _AT_ONCE]:
                _enqueue(catalog, entry, size)
    manifest.replace(entry for entry, _ in entries)
    return Restored(len(entries), unnamed, tuple(damaged), attic.folder)


def _enqueue(catalog: Catalog, entry: ManifestEntry, size: int) -> int:
    return catalog.jobs.enqueue(
        "add",
        base_name(entry.name),
        size=size,
        source=entry.source,
        sha256=entry.sha256,
        keep_both=True,
        part_of=entry.part_of,
    )


def _is_whole(path: Path) -> bool:
    return receiving.digest_of(path) == path.name


def _named_by_content(path: Path) -> ManifestEntry:
    """An entry for an original that the manifest does not know: a name of its SHA-256 and its format."""
    name = path.name[:_NAME_DIGITS]
    try:
        name += registry.detect(path, path.name).extensions[0]
    except ReadError:
        name += ".bin"  # its job says what is wrong with it
    return ManifestEntry(path.name, name, min(path.stat().st_mtime, time.time()))


def _put_in_place(made: Path, path: Path, attic: Attic) -> None:
    """The new catalogue takes the old one's place; what is left of that one goes to the attic."""
    for suffix in ("-wal", "-shm", ""):  # a log beside another database would be read into it
        left = path.with_name(path.name + suffix)
        if left.exists() and left.stat().st_size:
            attic.take(left)
        else:
            left.unlink(missing_ok=True)
    made.replace(path)
