"""Files on their way into a library: streamed to disk, hashed on the way, nothing of them kept in memory."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from explorer.catalog import room
from explorer.errors import ReadError, StorageError
from explorer.settings import variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.catalog import Catalog
    from explorer.catalog.originals import Originals

_BLOCK = 1 << 20
_STALE_SECONDS = 24 * 3600.0
"""An upload that waits longer than a day for an answer ("replace or keep both") is nobody's any more."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived whole: where it waits, how many bytes, and their SHA-256 (hex)."""

    path: Path
    size: int
    sha256: str


def receive(
    originals: Originals,
    name: str,
    file: IO[bytes],
    max_bytes: int,
    cancelled: Callable[[], None] = lambda: None,
) -> Received:
    """Stream a file into the incoming folder; it is on disk for good when this returns, and gone if it fails.

    `cancelled` is called once a MiB and raises to stop.

    Raises:
        ReadError: it is larger than `max_bytes`, or cannot be read.
        StorageError: the disk is full or cannot be written.
    """
    partial: Path | None = None
    try:
        size = _size_of(file)
        if size is not None and room.is_short(originals.folder, min(size, max_bytes) + room.SPARE):
            raise room.shortage(name, originals.folder, size + room.SPARE)
        partial = originals.new_incoming()
        with partial.open("xb") as target:
            size, sha256 = _copy(name, file, target, max_bytes, cancelled)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        _drop(partial)
        raise cannot_store(name, originals.folder, error, _size_of(file)) from error
    except BaseException:
        _drop(partial)
        raise
    return Received(partial, size, sha256)


def mend(catalog: Catalog, received: Received) -> None:
    """Put a copy of a file that arrived in place of the original with its SHA-256, which is damaged or gone.

    Raises StorageError.
    """
    with received.path.open("rb") as file:
        copy = receive(catalog.originals, received.path.name, file, received.size)
    with catalog.write():
        catalog.originals.adopt(copy.path, copy.sha256)


def receive_path(
    originals: Originals, path: Path, max_bytes: int, cancelled: Callable[[], None] = lambda: None
) -> Received:
    """The same as `receive`, for a file on this machine."""
    with open_source(path) as file:
        return receive(originals, path.name, file, max_bytes, cancelled)


def digest_of(path: Path, cancelled: Callable[[], None] = lambda: None) -> str:
    """The SHA-256 (hex) of a file that stays where it is.

    Raises:
        ReadError: it cannot be read.
    """
    digest = hashlib.sha256()
    with open_source(path) as file:
        while block := _read(path.name, file):
            cancelled()
            digest.update(block)
    return digest.hexdigest()


def open_source(path: Path) -> IO[bytes]:
    """A file, opened to be read.

    Raises:
        ReadError: it is missing, no plain file, or may not be read; its message is for a person.
    """
    try:
        if path.is_dir():
            next(path.iterdir(), None)  # a folder reaches this only where it could not be listed
        if path.exists() and not path.is_file():
            raise ReadError(f"{path.name} is not a file that can be read (a device, a pipe or the like).")
        return path.open("rb")
    except FileNotFoundError as error:
        if "\ufffd" in str(path):
            message = f"{path.name} cannot be opened: its name is not valid text. Rename it."
        else:
            message = f"{path.name} cannot be opened: there is no such file at {path}."
        raise ReadError(message) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"{path.name} cannot be opened: {reason}. Check that you may read it.") from error


def drop_stale(originals: Originals) -> list[str]:
    """Delete incoming files that nobody waits for any more; returns their names."""
    found = stale(originals)
    for path in found:
        _drop(path)
    return [path.name for path in found]


def stale(originals: Originals) -> list[Path]:
    """Incoming files that nobody waits for any more: their writer is gone, or they are a day old."""
    if not originals.incoming.is_dir():
        return []
    before = time.time() - _STALE_SECONDS
    old = {path for path in originals.incoming.iterdir() if _is_older(path, before)}
    return sorted(old.union(originals.arriving.abandoned()))


def _is_older(path: Path, moment: float) -> bool:
    """Whether a file was last written before `moment`; False where it is gone meanwhile."""
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def cannot_store(name: str, folder: Path, error: OSError, size: int | None = None) -> StorageError:
    """The message for a file, of that size, that could not be written below `folder`."""
    if room.is_full(error):
        return room.shortage(name, folder, None if size is None else size + room.SPARE, error=error)
    reason = error.strerror or str(error)
    return StorageError(
        f"{name} could not be stored in {folder}: {reason}. Check that the folder can be written."
    )


def _copy(
    name: str, file: IO[bytes], target: IO[bytes], max_bytes: int, cancelled: Callable[[], None]
) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    while block := _read(name, file):
        cancelled()
        size += len(block)
        if size > max_bytes:
            raise ReadError(
                f"{name} is larger than {max_bytes >> 20:,} MB, the limit for one file. Split it, or raise "
                f"the limit in Settings ({variable('max_file_mb')})."
            )
        digest.update(block)
        target.write(block)
    return size, digest.hexdigest()


def _size_of(file: IO[bytes]) -> int | None:
    """How many bytes an open file has; None of a stream that does not tell."""
    try:
        at = file.tell()
        size = file.seek(0, os.SEEK_END)
        file.seek(at)
    except (AttributeError, OSError, ValueError):
        return None
    return size


def _read(name: str, file: IO[bytes]) -> bytes:
    try:
        return file.read(_BLOCK)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError(f"{name} cannot be read: {reason}. Check the disk it is on.") from error


def _drop(path: Path | None) -> None:
    if path is not None:
        with suppress(OSError):  # held open by another program: it goes when it is stale
            path.unlink(missing_ok=True)
