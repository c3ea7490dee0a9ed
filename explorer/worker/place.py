"""Which folder a worker serves, and where its lock and its address stand.

They stand in the library's folder, and travel with it when somebody copies it: so the address names the
folder it was written for, and the key that both sides prove to know holds that folder too. Where the folder
cannot be written they stand in a folder of the person's own.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class FolderMark:
    """A folder as the system knows it: two paths may lead to one, and a copy is another."""

    path: str
    device: int
    inode: int

    def is_same(self, other: FolderMark) -> bool:
        """Whether both are one folder. Some network disks number nothing: there the path decides."""
        if self.inode and other.inode:
            return (self.device, self.inode) == (other.device, other.inode)
        return self.path == other.path

    def bound(self, key: bytes) -> bytes:
        """The key that a worker and its clients prove to know: one made for another folder does not fit."""
        number = f"{self.device}:{self.inode}" if self.inode else self.path
        return hmac.new(key, number.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()


def mark_of(folder: Path) -> FolderMark | None:
    """The mark of a folder; None where there is none."""
    try:
        state = folder.stat()
        return FolderMark(str(folder.resolve()), state.st_dev, state.st_ino)
    except OSError:
        return None


def serves(written: FolderMark, folder: Path) -> bool:
    """Whether an address that names the folder `written` is that of `folder`, and not a copied or moved one.

    The same folder may be reached by another path (a link, a bind mount) while the written one leads to it.
    """
    asked = mark_of(folder)
    if asked is None or not asked.is_same(written):
        return False
    if asked.path == written.path:
        return True
    there = mark_of(Path(written.path))
    return there is not None and there.is_same(written)


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder."""
    return os.access(folder, os.W_OK | os.X_OK)


def place_of(folder: Path) -> Path:
    """Where the lock and the address of the worker of `folder` stand: in it, if it can be written."""
    if is_writable(folder) or not folder.is_dir():
        return folder
    return platformdirs.user_state_path("document-explorer", appauthor=False) / "workers" / name_of(folder)


def name_of(folder: Path) -> str:
    """A name for what is kept about a library outside it: that of the folder and a mark of its whole path."""
    place = folder.resolve()
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", place.name)[:48] or "library"
    mark = hashlib.sha256(str(place).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{name}-{mark}"
