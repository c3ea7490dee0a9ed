"""Folders that the library follows, and what was seen in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

WatchWord = Literal["added", "changed", "renamed", "removed", "kept", "away", "back"]
"""What was seen: of a file the first five, of the whole folder the last two. "kept": it is gone from the
folder, and as there is no bin, its document stays until a person removes it."""


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder whose documents follow its files."""

    path: str
    since: datetime
    is_paused: bool = False
    files: int = 0
    """How many of its files the library has taken in."""
    waiting: int = 0
    """How many are still being written: they are taken in once they are still."""
    problem: str | None = None
    """Why it cannot be followed now, for a person. Nothing of it is removed meanwhile."""
    is_emptied: bool = False
    """Whether the problem is that it is empty now, which `emptied` says is meant."""
    looked_at: datetime | None = None
    """When it was looked through last; None where it was not yet."""


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One line of what happened in the folders that are followed."""

    at: datetime
    folder: str
    what: WatchWord
    name: str = ""
    """The file, from the folder on."""
    why: str = ""
    """What more there is to say: the earlier name, or what is wrong with the folder."""
