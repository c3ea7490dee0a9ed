"""A file of vectors that only grows: what was added and removed, in order, each record with its checksum.

A process that is killed while it writes leaves half a record at the end; the next one to open the file cuts
that off. A record that is wrong anywhere else is damage. Little-endian, so that a folder may be carried to
another machine:

    magic (4 bytes), then as uint32: kind, number of ids, dimension, CRC-32 of the rest
    3 added:    the ids (int64 each), then the vectors (float16 each, row after row)
    2 removed:  the first and the last id of a range (int64 each)
    1 added by an earlier version: the same as 3, the vectors in float32

Half the bytes of float32 are enough: these vectors find candidates, whose scores the catalogue gives.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.arrays import Ids, Vectors

ADDED_WIDE, REMOVED, ADDED = 1, 2, 3
_FORMS = {ADDED_WIDE: "<f4", ADDED: "<f2"}
_BYTES = {ADDED_WIDE: 4, REMOVED: 0, ADDED: 2}
"""Of a number of a vector, by the kind of the record."""
_MAGIC = b"vec1"
_HEAD = struct.Struct("<4sIIII")
_MOST = 1 << 24
"""More ids or numbers a vector than a record of ours ever has: a head that says so is no head."""


class AddedVectors:
    """A record of vectors (n, dimension) that took their places under ids (n,)."""

    def __init__(self, ids: Ids, vectors: Vectors) -> None:
        self.ids = ids
        self.vectors = vectors


class RemovedVectors:
    """A record of a range of ids, both ends included, whose vectors were removed."""

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last


class VectorLog:
    """One file, which need not be there yet. For one thread and one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def records(self) -> Iterator[AddedVectors | RemovedVectors]:
        """All records, oldest first; half a one at the end is cut off the file.

        Raises:
            StorageError: a record before the end is damaged.
        """
        if not self.path.exists():
            return
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            while file.tell() < size:
                start = file.tell()
                record = self._read(file, size)
                if record is None:
                    os.truncate(self.path, start)
                    return
                yield record

    def added(self, ids: Ids, vectors: Vectors) -> None:
        """Write vectors (n, dimension) with their ids (n,), as float16; on disk when this returns.

        Raises OSError.
        """
        halves = np.ascontiguousarray(vectors, _FORMS[ADDED])
        body = np.ascontiguousarray(ids, "<i8").tobytes() + halves.tobytes()
        self._append(ADDED, len(ids), vectors.shape[1], body)

    def removed(self, first: int, last: int) -> None:
        """Write that these ids are gone, both ends included; on disk when this returns. Raises OSError."""
        self._append(REMOVED, 2, 0, np.array([first, last], "<i8").tobytes())

    def rewrite(self, ids: Ids, vectors: Vectors, batch: int = 10_000) -> None:
        """Put a file in its place that holds these alone: written beside it, then renamed. Raises OSError."""
        beside = VectorLog(self.path.with_suffix(".partial"))
        beside.path.unlink(missing_ok=True)
        beside.path.touch()
        for start in range(0, len(ids), batch):
            beside.added(ids[start : start + batch], vectors[start : start + batch])
        beside.path.replace(self.path)

    def _append(self, kind: int, count: int, dimension: int, body: bytes) -> None:
        before = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("ab") as file:
                file.write(_HEAD.pack(_MAGIC, kind, count, dimension, zlib.crc32(body)) + body)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            os.truncate(self.path, before)  # a full disk took half of it
            raise

    def _read(self, file: BinaryIO, size: int) -> AddedVectors | RemovedVectors | None:
        """The record that begins here; None where the file ends within it."""
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            if not _MAGIC.startswith(head[: len(_MAGIC)]):
                raise self._damaged()
            return None
        magic, kind, count, dimension, checksum = _HEAD.unpack(head)
        if magic != _MAGIC or kind not in _BYTES or max(count, dimension) > _MOST:
            raise self._damaged()
        length = 8 * count + _BYTES[kind] * count * dimension
        if file.tell() + length > size:
            return None
        body = file.read(length)
        if zlib.crc32(body) != checksum or (kind == REMOVED and count != 2):
            raise self._damaged()
        ids = np.frombuffer(body, "<i8", count).astype(np.int64)
        if kind == REMOVED:
            return RemovedVectors(int(ids[0]), int(ids[1]))
        vectors = np.frombuffer(body, _FORMS[kind], offset=8 * count).reshape(count, dimension)
        return AddedVectors(ids, vectors.astype(np.float32))

    def _damaged(self) -> StorageError:
        return StorageError(f"The vector index {self.path} is damaged.")
