"""The manifest: `files/manifest.jsonl` says what each original is called, should the catalogue be lost.

A line of JSON for each document, always beginning with its SHA-256. New documents are appended; what changes
or goes is written anew without its old lines, into a file of its own that then takes the place of the old
one. So a kill at any moment leaves whole lines, and at most one half line, which is passed over.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import apsw

from explorer.catalog.columns import clean, fetch_all
from explorer.errors import StorageError

FILE_NAME = "manifest.jsonl"
UNFINISHED = f"{FILE_NAME}.part"
SHA256 = re.compile(r"[0-9a-f]{64}")
"""What originals are called."""
_BEGIN = b'{"sha256":"'
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

    def entries(self) -> dict[str, ManifestEntry]:
        """Every entry by its SHA-256, the latest of each. Lines that are damaged are passed over.

        Raises StorageError: it cannot be read.
        """
        found = (_parsed(line) for line in self._lines())
        return {entry.sha256: entry for entry in found if entry is not None}

    def entry(self, sha256: str) -> ManifestEntry | None:
        """The entry of one original, None where there is none."""
        wanted = _BEGIN + sha256.encode()
        entries = [_parsed(line) for line in self._lines() if line.startswith(wanted)]
        return entries[-1] if entries else None

    def put(self, entries: Iterable[ManifestEntry]) -> None:
        """Keep these; earlier lines about the same originals go. Raises StorageError."""
        by_sha = {entry.sha256: entry for entry in entries}
        new = b"".join(_line(entry) for entry in by_sha.values())
        if not new:
            return
        with self._errors_said():
            kept = list(self._lines())
            if any(_sha_of(line) in by_sha for line in kept):
                self._write([*(line for line in kept if _sha_of(line) not in by_sha), new])
            else:
                self._append(new)

    def drop(self, shas: Iterable[str]) -> None:
        """Forget these originals, and what an interrupted writing left. Raises StorageError."""
        gone = set(shas)
        with self._errors_said():
            (self._folder / UNFINISHED).unlink(missing_ok=True)
            kept = list(self._lines())
            left = [line for line in kept if _sha_of(line) not in gone]
            if len(left) < len(kept):
                self._write(left)

    def replace(self, entries: Iterable[ManifestEntry]) -> None:
        """Keep these and nothing else. Raises StorageError."""
        with self._errors_said():
            self._write([_line(entry) for entry in entries])

    def _lines(self) -> Iterator[bytes]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageError(f"{self.path} cannot be read ({error.strerror}). Check the disk.") from error
        yield from (line + b"\n" for line in data.split(b"\n") if line.strip())

    def _append(self, new: bytes) -> None:
        with self.path.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a half line, left by a power cut
                    new = b"\n" + new
            file.write(new)

    def _write(self, lines: Iterable[bytes]) -> None:
        unfinished = self._folder / UNFINISHED
        with unfinished.open("wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    def _errors_said(self) -> _SaidAsStorage:
        return _SaidAsStorage(self.path)


class _SaidAsStorage:
    """Turns what the disk says into a StorageError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise StorageError(
                f"{self._path} cannot be written ({error.strerror}). Make room on the disk, and check that "
                "you may write there."
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


def _sha_of(line: bytes) -> str:
    return line[len(_BEGIN) : len(_BEGIN) + 64].decode("ascii", "replace")


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
    return ManifestEntry(sha256, name, added, tuple(tags), source, part_of, binned)
