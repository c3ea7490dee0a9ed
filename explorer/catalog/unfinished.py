"""What is made beside its final place, under another name, and moved there when it is whole and on disk.

A process that is killed meanwhile leaves a folder `NAME.unfinished`, which says what it is; whatever is made
beside it next deletes it. Its lock keeps two that write to one place apart, and one that is still written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.catalog import room
from explorer.catalog.originals import sync_folder
from explorer.errors import StorageError

UNFINISHED = ".unfinished"
LOCK = "backup.lock"
_MADE = "made"


def absolute(target: Path) -> Path:
    """The place that a person named, links as they were given."""
    return Path(os.path.abspath(target.expanduser()))  # noqa: PTH100


def refuse_inside(folder: Path, target: Path) -> None:
    """Raises StorageError where `target` stands in a library's own folder, or is it."""
    library = folder.resolve()
    if target.resolve() == library or library in target.resolve().parents:
        raise StorageError(f"{target} is inside the library itself. Name a place outside {folder}.")


def refuse_full(target: Path) -> None:
    """Raises StorageError unless `target` is a new or an empty folder."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StorageError(f"{target} is there already and not empty. Name a new or an empty folder.")


@contextmanager
def making(target: Path, what: str, *, is_file: bool = False) -> Iterator[Path]:
    """An empty folder to write to, or with `is_file` the place of a file. When the block ends, it takes the
    place of `target`; when the block raises, nothing of it is left.

    `what`: what is made, for messages ("backup").

    Raises:
        DiskFull: there is no room; the message says what is free.
        StorageError: the place cannot be written, or another process writes there.
    """
    folder = target.with_name(target.name + UNFINISHED)
    if folder.exists() and not (folder / LOCK).exists():
        raise StorageError(f"{folder} is in the way and not ours. Name another place for the {what}.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _locked(folder, what)
        try:
            empty(folder)  # of one that was killed
            _sweep(folder)
            made = folder / _MADE
            if not is_file:
                made.mkdir(mode=0o700)
            yield made
            _put_in_place(made, target)  # under the lock, so that nobody sweeps what is whole
        finally:
            shutil.rmtree(
                folder, ignore_errors=True
            )  # under the lock, too: else another may have begun there
            lock.release()
            if os.name == "nt":  # which keeps a file that is open
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        if room.is_full(error):
            raise room.shortage(f"the {what}", target, None, error=error) from error
        raise StorageError(
            f"{target} cannot be written: {error.strerror or error}. Name another place for the {what}."
        ) from error


def sync_file(path: Path) -> None:
    """See that a file is on disk for good."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _locked(folder: Path, what: str) -> FileLock:
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StorageError(f"Another {what} is being written to {folder}. Wait for its end.") from error
    return lock


def empty(folder: Path) -> None:
    """Delete what is in such a folder."""
    for old in folder.iterdir():
        if old.name != LOCK:
            shutil.rmtree(old) if old.is_dir() else old.unlink()


def _sweep(folder: Path) -> None:
    """Delete what others that were killed left beside `folder`."""
    for other in folder.parent.glob(f"*{UNFINISHED}"):
        if other == folder or not (other / LOCK).is_file():
            continue
        with suppress(OSError, Timeout), FileLock(other / LOCK, timeout=0):  # else it is still written
            empty(other)
            (other / LOCK).unlink(missing_ok=True)
            other.rmdir()


def _put_in_place(made: Path, target: Path) -> None:
    if made.is_dir() and target.exists():
        target.rmdir()
    elif target.exists():
        raise StorageError(f"{target} has come to be there meanwhile. Name a new file.")
    made.replace(target)
    sync_folder(target.parent)
