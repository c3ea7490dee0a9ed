"""Where a library's worker writes what went wrong: outside the library's folder.

A parser's complaint may hold a file's name or words, and a removed document must be in no byte of the folder.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import platformdirs

from explorer.worker import place

MAX_BYTES = 1_000_000
KEPT_BYTES = 200_000
"""What stays of a log that grew larger: the newest part."""


def path(folder: Path) -> Path:
    """The log of the library in `folder`; its name is that of the folder and a mark of its whole path."""
    return platformdirs.user_log_path("document-explorer", appauthor=False) / f"{place.name_of(folder)}.log"


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[IO[bytes] | int]:
    """The log to append to, for a new process; `subprocess.DEVNULL` where none can be written.

    Work must not wait for its log: a machine whose home is read-only has libraries too.
    """
    log = path(folder)
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _shorten(log)
        file = log.open("ab")
    except OSError:
        yield subprocess.DEVNULL
        return
    with file:
        yield file


def forget(folder: Path) -> None:
    """Delete the log, with its library; one that another program holds open (Windows) is emptied."""
    log = path(folder)
    try:
        log.unlink(missing_ok=True)
    except PermissionError:
        with contextlib.suppress(OSError):
            log.write_bytes(b"")


def _shorten(log: Path) -> None:
    """Keep the newest part of a log that grew too large. Cut in place: another worker may have it open."""
    if not log.is_file() or log.stat().st_size <= MAX_BYTES:
        return
    with log.open("r+b") as file:
        file.seek(-KEPT_BYTES, 2)
        newest = file.read().partition(b"\n")[2]
        file.seek(0)
        file.write(newest)
        file.truncate()
