"""The copy of the catalogue that stands beside it once the program has changed its tables.

It is named after the first format that the library was brought to, and the day:
`catalog.sqlite3.before-2-2026-11-30`.
It goes when `doctor` finds nothing wrong, and when a document is removed, because it still holds its words.
To go back to it: close the program, delete `catalog.sqlite3` with its `-wal` and `-shm`, and give the copy
its name.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import apsw

from explorer.catalog.columns import fetch_value
from explorer.errors import StorageError

_PAGES_AT_ONCE = 2048
_ROOM = 2_000_000
"""Bytes that must be free besides the copy's: for the changes themselves, which are far smaller."""


def name(path: Path, number: int) -> Path:
    """Where the copy stands that is made today, before the library is brought to format `number`."""
    return path.with_name(f"{path.name}.before-{number}-{date.today().isoformat()}")


def beside(path: Path) -> list[Path]:
    """The copies beside the database, finished or not."""
    return sorted(path.parent.glob(f"{path.name}.before-*"))


def make(connect: Callable[[], apsw.Connection], path: Path, number: int) -> None:
    """Copy the committed state; the caller holds the write lock, so nothing changes under way.

    Copies that earlier tries at the same format left are replaced. Raises StorageError when there is no room.
    """
    target = name(path, number)
    unfinished = target.with_name(f"{target.name}.part")
    earlier = [copy for copy in beside(path) if copy.name.startswith(f"{path.name}.before-{number}-")]
    for left in (copy for copy in earlier if ".part" in copy.name):
        left.unlink(missing_ok=True)
    source = connect()
    try:
        _require_room(source, path, number)
        _copy(source, unfinished)
    finally:
        source.close()
    shutil.copymode(path, unfinished)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)
    for left in earlier:
        if left != target:
            left.unlink(missing_ok=True)


def drop(path: Path) -> list[str]:
    """Delete the copies beside the database; returns their names. Raises StorageError."""
    found = beside(path)
    try:
        for copy in found:
            copy.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"A copy of the catalogue, {copy}, cannot be deleted ({error.strerror}). Delete it yourself."
        ) from error
    return [copy.name for copy in found]


def _require_room(source: apsw.Connection, path: Path, number: int) -> None:
    size = int(fetch_value(source, "PRAGMA page_count")) * int(fetch_value(source, "PRAGMA page_size"))
    missing = size + _ROOM - shutil.disk_usage(path.parent).free
    if missing > 0:
        raise StorageError(
            f"{path.parent} was made by an earlier version, and its catalogue is copied before it is brought"
            f" to format {number}. The disk lacks {missing / 1_000_000:.1f} MB for that. Nothing was changed:"
            " free this much and open the library again."
        )


def _copy(source: apsw.Connection, target: Path) -> None:
    copy = apsw.Connection(str(target))
    try:
        with copy.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(_PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, which needs no log beside it
    finally:
        copy.close()
