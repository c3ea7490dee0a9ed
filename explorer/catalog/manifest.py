"""The manifest: `files/manifest.jsonl` says what each original is called, should the catalogue be lost.

A line of JSON for each document, always beginning with its SHA-256. New ones are appended; those that change
or go are overwritten with spaces (`manifest_lines`). So a kill at any moment leaves whole lines, of which the
latest counts, and at most one half line, which is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import apsw

from explorer.catalog import room
from explorer.catalog.columns import clean, fetch_all, is_moment
from explorer.catalog.manifest_lines import ManifestLines
from explorer.errors import StorageError

FILE_NAME = "manifest.jsonl"
UNFINISHED = f"{FILE_NAME}.part"
SHA256 = re.compile(r"[0-9a-f]{64}")
"""What originals are called."""
_OF_DOCUMENTS = (
    "SELECT sha256, name, added_at, (SELECT json_group_array(tag) FROM (SELECT tag FROM tag"
    " WHERE document_id = d.id ORDER BY tag)), source, part_of, binned_at FROM document d"
)


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One line: what is known of an original without the catalogue."""

    sha256: str
    """Of its bytes, in hex; the original is `files/<sha256>`."""
    name: str
    """What its document is called."""
    added: float
    """When it was added, in seconds since 1970."""
    tags: tuple[str, ...] = ()
    source: str | None = None
    """The path it was added from; None for an upload."""
    part_of: str | None = None
    """The archive or mail it came in."""
    binned: float | None = None
    """When it was put into the bin, in seconds since 1970; None where it is not there."""


class Manifest:
    """`originals.manifest`. Whoever writes holds the catalogue's write transaction, so nobody else does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / FILE_NAME
        self._lines = ManifestLines(self.path)

    def entries(self) -> dict[str, ManifestEntry]:
        """Every entry by its SHA-256, the latest of each. Lines that are damaged are passed over.

        Raises StorageError: it cannot be read.
        """
        with self._errors_said("read"):
            found = [_parsed(line) for line in self._lines.all()]
        return {entry.sha256: entry for entry in found if entry is not None}

    def entry(self, sha256: str) -> ManifestEntry | None:
        """The entry of one original, None where there is none. Raises StorageError."""
        with self._errors_said("read"):
            line = self._lines.find(sha256)
        return None if line is None else _parsed(line)

    def put(self, entries: Iterable[ManifestEntry]) -> None:
        """Keep these; earlier lines about the same originals go. Raises StorageError."""
        lines = {entry.sha256: _line(entry) for entry in entries}
        if lines:
            with self._errors_said("written"):
                self._lines.put(lines)

    def drop(self, shas: Iterable[str]) -> None:
        """Forget these originals, and what an interrupted writing left. Raises StorageError."""
        with self._errors_said("written"):
            self._lines.unfinished.unlink(missing_ok=True)
            self._lines.drop(list(shas))

    def replace(self, entries: Iterable[ManifestEntry]) -> None:
        """Keep these and nothing else. Raises StorageError."""
        with self._errors_said("written"):
            self._lines.replace(_line(entry) for entry in entries)

    def tidy(self) -> None:
        """Take out lines that no longer hold, which an interrupted writing left. Raises StorageError."""
        with self._errors_said("written"):
            self._lines.tidy()

    def _errors_said(self, done: str) -> _SaidAsStorage:
        return _SaidAsStorage(self.path, done)


class _SaidAsStorage:
    """Turns what the disk says into a StorageError; into a DiskFull where it has no room."""

    def __init__(self, path: Path, done: str) -> None:
        self._path = path
        self._done = done

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, OSError):
            return
        if room.is_full(error):
            raise room.shortage(self._path.name, self._path.parent, None, error=error) from error
        raise StorageError(
            f"{self._path} cannot be {self._done} ({error.strerror}). Check the disk, and that you may "
            f"have the file {self._done}."
        ) from error


def of_documents(con: apsw.Connection, ids: Iterable[str] | None = None) -> list[ManifestEntry]:
    """The entries that documents should have: of all, or of those of `ids` that exist."""
    if ids is None:
        rows = fetch_all(con, _OF_DOCUMENTS + " ORDER BY added_at, id")
    else:
        chosen = json.dumps(list(ids))
        rows = fetch_all(con, _OF_DOCUMENTS + " WHERE id IN (SELECT value FROM json_each(?))", (chosen,))
    return [
        ManifestEntry(sha, name, added, tuple(json.loads(tags)), source, part_of, binned)
        for sha, name, added, tags, source, part_of, binned in rows
    ]


def _line(entry: ManifestEntry) -> bytes:
    text = json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":"))
    return clean(text).encode() + b"\n"


def _parsed(line: bytes) -> ManifestEntry | None:
    """The entry of a line; None for one that is damaged, or that nobody of ours wrote."""
    try:
        value: Any = json.loads(line)
        sha256, name, added = str(value["sha256"]), value["name"], float(value["added"])
        tags, source, part_of = value.get("tags", ()), value.get("source"), value.get("part_of")
        binned = None if value.get("binned") is None else float(value["binned"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    texts = [name, *tags] if isinstance(tags, list) else [None]
    texts += [text for text in (source, part_of) if text is not None]
    if not SHA256.fullmatch(sha256) or not all(isinstance(text, str) for text in texts):
        return None
    if not is_moment(added) or (binned is not None and not is_moment(binned)):
        return None
    return ManifestEntry(sha256, name, added, tuple(tags), source, part_of, binned)
