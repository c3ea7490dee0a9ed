"""One look at a folder: its files as they stand, and what of it could not be read.

Links are not followed, neither to files nor to folders. Left out are hidden names, lock files of office
programs, what browsers and copying programs name unfinished, empty files, and folders that hold a library.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

MOST_FILES = 100_000
"""Files of one folder that are followed; with more it says so, and nothing of it changes here."""
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".filepart", ".!ut")
CATALOGUE = "catalog.sqlite3"


class FolderAway(Exception):  # noqa: N818  (no error of the program: a drive was taken out)
    """The folder cannot be looked at now; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A file as it stands: when none of this changes, neither did its content."""

    size: int
    changed_ns: int
    number: int
    """What the disk knows it by, also under another name; 0 where it does not tell."""
    is_elsewhere: bool = False
    """Whether it lies on another disk than the folder: something is mounted there."""

    def is_same(self, other: Stand) -> bool:
        """Whether both are one file, renamed at most."""
        return self.number != 0 and (self.size, self.changed_ns, self.number) == (
            other.size,
            other.changed_ns,
            other.number,
        )


@dataclass(slots=True)
class FolderLook:
    """What a look found."""

    files: dict[str, Stand] = field(default_factory=dict)
    """By whole path."""
    folders: dict[str, bool] = field(default_factory=dict)
    """Every folder that was read, and whether it lies on another disk."""
    unread: set[str] = field(default_factory=set)
    """Files and folders that could not be read or are passed over: nothing is known of them and what lies
    below, and nothing goes for them."""

    def may_hold(self, path: str) -> bool:
        """Whether a path that was not found may be there all the same, where it could not be looked at."""
        while path not in self.unread:
            above = os.path.dirname(path)  # noqa: PTH120  (strings, for a hundred thousand files)
            if above == path or not above:
                return False
            path = above
        return True

    def is_disk_gone(self, path: str) -> bool:
        """Whether a path that lay on a disk of its own is missing because that is not mounted now."""
        above = os.path.dirname(path)  # noqa: PTH120  (strings, for a hundred thousand files)
        while above and above not in self.folders:
            above, before = os.path.dirname(above), above  # noqa: PTH120
            if above == before:
                return True
        return not self.folders.get(above, False)


def is_nothing_left(known: Sequence[tuple[str, Stand]], found: FolderLook) -> bool:
    """Whether files would go and none of those that were taken in stands as it stood, under whichever name:
    another disk may stand at the path of the folder, also one that has a file of the same name.

    A folder of one file may lose it, and not be empty.
    """
    if found.files and len(known) == 1:
        return False
    if all(path in found.files or found.may_hold(path) for path, _ in known):
        return False
    here = {(stand.number, stand.size, stand.changed_ns): stand for stand in found.files.values()}
    for path, stand in known:
        other = here.get((stand.number, stand.size, stand.changed_ns))
        if found.files.get(path) == stand or (other is not None and stand.is_same(other)):
            return False
    return True


def look(root: str) -> FolderLook:
    """All files of a folder and of those below it. Raises FolderAway."""
    found = FolderLook()
    try:
        device = Path(root).stat().st_dev
        with os.scandir(root):
            pass
    except OSError as error:
        raise FolderAway(f"{root} cannot be read: {error.strerror or error}.") from error
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            is_elsewhere = Path(folder).stat().st_dev != device
            with os.scandir(folder) as entries:
                below = _taken(found, list(entries), device)
        except OSError as error:
            if folder == root:
                raise FolderAway(f"{root} cannot be read: {error.strerror or error}.") from error
            found.unread.add(folder)
            continue
        if below is None:  # a library: its own files are none of a person's
            found.unread.add(folder)
            continue
        found.folders[folder] = is_elsewhere
        waiting += below
        if len(found.files) > MOST_FILES:
            raise FolderAway(
                f"{root} holds more than {MOST_FILES:,} files, which is the most that is followed. "
                "Watch folders in it instead."
            )
    return found


def _taken(found: FolderLook, entries: list[os.DirEntry[str]], device: int) -> list[str] | None:
    """The folders in a folder, whose files are taken into `found`; None where it is a library."""
    if any(entry.name == CATALOGUE for entry in entries):
        return None
    below = []
    for entry in entries:
        if _is_passed_over(entry.name):
            continue
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:
            found.unread.add(entry.path)
            continue
        if _is_link(state):
            found.unread.add(entry.path)
        elif stat.S_ISDIR(state.st_mode):
            below.append(entry.path)
        elif stat.S_ISREG(state.st_mode) and state.st_size:
            if os.name == "nt":
                state = Path(entry.path).stat()  # what a folder knows of its files there lacks their number
            found.files[entry.path] = Stand(
                state.st_size, state.st_mtime_ns, state.st_ino, state.st_dev != device
            )
        else:  # empty: a program may have cut it off to write it anew
            found.unread.add(entry.path)
    return below


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED)


def _is_link(state: os.stat_result) -> bool:
    """Whether it leads elsewhere: a link, or on Windows a junction or another point of that kind."""
    points = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)
    return stat.S_ISLNK(state.st_mode) or bool(getattr(state, "st_file_attributes", 0) & points)


def disk_of(path: str) -> str:
    """The folder at which the disk of a path begins: "/", "/media/stick", "C:\\"."""
    at = os.path.realpath(path)
    while not os.path.ismount(at):
        above = os.path.dirname(at)  # noqa: PTH120
        if above == at:
            break
        at = above
    return at
