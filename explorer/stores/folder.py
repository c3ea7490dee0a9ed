"""The folder of a store inside a library: opened, thrown away, and the note of how far it is filled.

chroma/sequence    {"layout", "library", "sequence", "dead"}: the last change applied, and how many vectors
                   were removed since the store was filled, whose room it keeps; written after the vectors
chroma/...         the store's own files
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from typing import TYPE_CHECKING

from explorer.errors import StorageError
from explorer.stores.base import STORES, make

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

_SEQUENCE = "sequence"


def dead_vectors(path: Path) -> int:
    """How many vectors were removed since the store in this folder was filled, as it was last noted."""
    return _number(path, "dead")


def filled(path: Path) -> int:
    """The last change of the catalogue that the store in this folder holds, as it was last noted."""
    return _number(path, "sequence")


def _number(path: Path, name: str) -> int:
    try:
        return int(json.loads((path / _SEQUENCE).read_text(encoding="utf-8")).get(name, 0))
    except (OSError, ValueError, TypeError, AttributeError):
        return 0


class StoreFolder:
    """A store with its folder. For one thread at a time."""

    def __init__(self, library: Path, library_id: str, name: str) -> None:
        """`name` is one of the table in `explorer.stores.base`. Raises SettingError."""
        self.store = make(name)
        self.path = library / name
        self.sequence = -1
        """The last change of the catalogue that the store holds; -1 while it is closed."""
        self.opening: int | None = None
        """Which opening of the store this is, counted from 1; None while it is closed."""
        self.dead = 0
        """How many vectors were removed since the store was filled; stores keep their room."""
        self._openings = 0
        self._library_id = library_id

    def is_there(self) -> bool:
        """Whether its files are still where they were written."""
        return (self.path / _SEQUENCE).exists()

    def open(self, newest: int) -> int:
        """The number of this opening, made now if it is closed or the folder was deleted under it.

        What is missing, of another layout, of another library or ahead of the catalogue, whose last change
        is `newest`, begins empty.
        """
        noted = self._noted()
        if self.opening is not None and noted is not None:
            return self.opening
        self.close()
        if noted is None or noted[0] > newest:
            self.throw_away()
        self._open_store()
        self.sequence, self.dead = self._noted() or (0, 0)
        self.remember(self.sequence)
        self._openings += 1
        self.opening = self._openings
        return self.opening

    def remember(self, sequence: int) -> None:
        """Note that every change up to this one is in the store; on disk when this returns."""
        noted = {"layout": self.store.layout, "library": self._library_id, "sequence": sequence}
        noted["dead"] = self.dead
        partial = self.path / f"{_SEQUENCE}.partial"
        with partial.open("w", encoding="utf-8") as file:
            json.dump(noted, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path / _SEQUENCE)
        self.sequence = sequence

    def give_up(self) -> None:
        """Close what was found damaged; the next opening throws it away."""
        self.close()
        (self.path / _SEQUENCE).unlink(missing_ok=True)

    def throw_away(self) -> None:
        """Close it and delete it with all it holds. Raises OSError."""
        self.close()
        if self.path.exists():
            shutil.rmtree(self.path)

    def close(self) -> None:
        """Let go of the files."""
        self.opening = None
        self.sequence = -1
        self.store.close()

    def discard_others(self) -> None:
        """Delete the folders of all other stores: nobody removes the vectors of removed documents there."""
        for name in STORES:
            folder = self.path.with_name(name)
            if folder == self.path or not (folder / _SEQUENCE).is_file():
                continue
            try:
                shutil.rmtree(folder)
            except OSError as error:
                log.warning("the vector index in %s, which is no longer used, stays (%s)", folder, error)

    def _open_store(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            self.store.open(self.path)
        except StorageError as error:
            log.warning("%s", error)
            self.throw_away()
            self.path.mkdir(parents=True)
            self.store.open(self.path)

    def _noted(self) -> tuple[int, int] | None:
        """The sequence that the folder notes, and its dead vectors; None where there is no such note, or one
        of another kind of index."""
        try:
            noted = json.loads((self.path / _SEQUENCE).read_text(encoding="utf-8"))
            if (noted["layout"], noted["library"]) != (self.store.layout, self._library_id):
                return None
            return int(noted["sequence"]), int(noted.get("dead", 0))  # earlier versions did not count these
        except (OSError, ValueError, KeyError, TypeError):
            return None
