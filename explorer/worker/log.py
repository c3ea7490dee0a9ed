"""Where a library's worker writes what went wrong: outside the library's folder.

A parser's complaint may hold a file's name or words, and a removed document must be in no byte of the folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import platformdirs

from explorer.worker import place

MAX_BYTES = 1_000_000
KEPT_BYTES = 200_000
"""What stays of a log that grew larger: the newest part."""
_OURS = re.compile(r"[\d-]{10} [\d:,]+ explorer\.worker ERROR (.+)")
_PYTHONS = re.compile(r"((?:\w+\.)*\w*(?:Error|Exception)|Fatal Python error)(?::.*)?$")
_SAFE = re.compile(r"Fatal Python error|ModuleNotFoundError|ImportError|MemoryError|PermissionError|OSError")


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


def end(folder: Path) -> int:
    """Where the log ends now: what a process writes that is started next stands behind it."""
    try:
        _shorten(path(folder))
        return path(folder).stat().st_size
    except OSError:
        return 0


def cause(folder: Path, begin: int) -> str | None:
    """Why a worker ended, by what it wrote behind `begin`; None where nothing says it.

    What we say ourselves and what Python says of a missing module or of the system is given as it stands; of
    any other error only its kind, for its message may hold words of a document.
    """
    try:
        with path(folder).open("rb") as file:
            file.seek(begin)
            lines = file.read(KEPT_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        ours, pythons = _OURS.match(line), _PYTHONS.match(line)
        if ours is not None:
            return ours[1].rstrip(".")
        if pythons is not None:
            is_safe = bool(_SAFE.fullmatch(pythons[1]))
            return line.rstrip(".") if is_safe else f"the program failed ({pythons[1]})"
    return None


def forget(folder: Path) -> None:
    """Delete the log, with its library; one that another program holds open (Windows) is emptied."""
    log = path(folder)
    try:
        log.unlink(missing_ok=True)
    except PermissionError:
        with contextlib.suppress(OSError):
            log.write_bytes(b"")


def clear(folder: Path) -> None:
    """Empty the log, which this process may have open to append to; where there is none, that is well."""
    with contextlib.suppress(OSError):
        os.truncate(path(folder), 0)


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
