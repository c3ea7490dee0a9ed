"""Room on the disk that holds a library: how much is free, and what is said where it is too little."""

from __future__ import annotations

import errno
import shutil
import tempfile
from pathlib import Path

from explorer.errors import DiskFull

SPARE = 1 << 20
"""What the catalogue wants besides a file itself. With less than this free, nothing can be written down."""
_A_LITTLE = 1 << 16
_MB = 1_000_000
_QUOTA = getattr(errno, "EDQUOT", errno.ENOSPC)


def free(folder: Path) -> int | None:
    """The free bytes of the disk that holds a folder, or will; None where the system does not tell."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def is_full(error: OSError) -> bool:
    """Whether that is what was wrong: the disk, or the share of it that this person may use, is full."""
    return error.errno in (errno.ENOSPC, _QUOTA)


def refusal(folder: Path) -> OSError | None:
    """What the disk says when a little is to be written into a folder; None where it takes it.

    A quota shows nowhere else: the disk itself may have room.
    """
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(_A_LITTLE))
    except OSError as error:
        return error
    return None


def is_short(folder: Path, needed: int) -> bool:
    """Whether the disk is known to have less room than needed."""
    found = free(folder)
    return found is not None and found < needed


def shortage(
    name: str, folder: Path, needed: int | None, *, waits: bool = False, error: OSError | None = None
) -> DiskFull:
    """The error for a file that has no room below `folder`, with how much is missing where that is known.

    `waits`: it is not lost and goes on by itself. `error`: what the system said.
    """
    there = free(folder)
    figures = ""
    if error is not None and error.errno == _QUOTA != errno.ENOSPC:
        figures = " The disk has room, but your share of it (quota) is used up."
    elif there is not None and needed is not None and needed > there:
        missing = _shown(needed - there)
        figures = f" It needs about {_shown(needed)}, {_shown(there)} are free: {missing} are missing."
    elif there is not None:
        figures = f" Only {_shown(there)} are free."
    what, advice = ("could not be stored", "Make room on it, then try again.")
    if waits:
        what, advice = ("waits", "Make room on it: the file then goes on by itself.")
    return DiskFull(f"The disk is full: {name} {what}, there is no room in {folder}.{figures} {advice}")


def _shown(size: int) -> str:
    """A size for a person: "0.4 MB", "1,200 MB"."""
    return f"{size / _MB:.1f} MB" if size < 10 * _MB else f"{size / _MB:,.0f} MB"
