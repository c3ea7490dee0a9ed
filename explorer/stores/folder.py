"""The folder of a store inside a library: opened, thrown away, and the note of how far it is filled.

chroma/sequence    {"layout", "library", "sequence", "dead"}: the last change applied, and how many vectors
                   were removed since the store was filled, whose room it keeps; written after the vectors
chroma/...         the store's own files
weaviate/sequence  the same of a store that a server holds, with {"address", "space"} as "server"
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.errors import SettingError, StorageError, StoreAway
from explorer.stores.base import SERVED, STORES, make
from explorer.stores.server import StoreServer

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


def in_use(library: Path) -> list[str]:
    """The stores that a library has folders of: the one in use, another one that is being filled, and any
    that could not be deleted."""
    return [name for name in (*STORES, *SERVED) if (library / name / _SEQUENCE).is_file()]


def _number(path: Path, name: str) -> int:
    try:
        return int(json.loads((path / _SEQUENCE).read_text(encoding="utf-8")).get(name, 0))
    except (OSError, ValueError, TypeError, AttributeError):
        return 0


def noted_server(path: Path, key_of: Callable[[str], str | None]) -> StoreServer | None:
    """The server that holds the vectors of the store in this folder, as it was noted; None where none
    does."""
    try:
        noted = json.loads((path / _SEQUENCE).read_text(encoding="utf-8"))["server"]
        return StoreServer(str(noted["address"]), str(noted["space"]), key_of)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def leave(path: Path, key_of: Callable[[str], str | None]) -> None:
    """Delete the folder of a store, and what its server holds of this library.

    Raises:
        StorageError, SettingError: the server cannot be asked, and the folder, which says what is there,
        stays. OSError: the folder cannot be deleted.
    """
    server = noted_server(path, key_of)
    if server is not None:
        clear(path, server)
    shutil.rmtree(path)


def clear(path: Path, server: StoreServer) -> None:
    """Delete all collections of a library on the server of the store in this folder. Raises StorageError and
    SettingError."""
    store = make(path.name, server)
    try:
        store.open(path)
        for generation in store.generations():
            store.drop(generation)
    finally:
        store.close()


def leave_servers(library: Path, key_of: Callable[[str], str | None]) -> tuple[str, ...]:
    """Delete what servers hold of a library, and the folders that say so: before all of it is deleted.

    Returns, in words, what could not be deleted there, and why: a line for each server.
    """
    problems = []
    for name in SERVED:
        server = noted_server(library / name, key_of)
        if server is None:
            continue
        try:
            leave(library / name, key_of)
        except (OSError, StorageError, SettingError) as error:
            problems.append(
                f"{server.shown} still holds vectors of this library, in collections that begin with "
                f"{server.space}: delete them there. {error}"
            )
    return tuple(problems)


class StoreFolder:
    """A store with its folder. For one thread at a time."""

    def __init__(self, library: Path, library_id: str, name: str, server: StoreServer | None = None) -> None:
        """`name` is one of the tables in `explorer.stores.base`. Raises SettingError."""
        self.store = make(name, server)
        self.path = library / name
        self._server = server
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
        if self._server is not None:
            noted["server"] = self._place()
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
        """Close it and delete it with all it holds, on its server too. Raises OSError, StoreAway."""
        self.close()
        if self._server is not None:
            self._leave_earlier(self._server)
            clear(self.path, self._server)
        if self.path.exists():
            shutil.rmtree(self.path)

    def close(self) -> None:
        """Let go of the files."""
        self.opening = None
        self.sequence = -1
        self.store.close()

    def discard_others(self, key_of: Callable[[str], str | None]) -> None:
        """Delete the folders of all other stores, and what their servers hold of this library: nobody removes
        the vectors of removed documents there."""
        for name in (*STORES, *SERVED):
            if name != self.path.name:
                discard(self.path.with_name(name), key_of)

    def _leave_earlier(self, server: StoreServer) -> None:
        """Delete what another server holds, where the folder was filled for that one. What cannot be reached
        there stays, and is named in the log."""
        earlier = noted_server(self.path, server.key_of)
        if earlier is None or earlier.address == server.address:
            return
        try:
            clear(self.path, earlier)
        except (StorageError, SettingError) as error:
            log.warning(
                "collections that begin with %s stay at %s, which is no longer used (%s)",
                earlier.space,
                earlier.shown,
                error,
            )

    def _place(self) -> dict[str, str] | None:
        return (
            None if self._server is None else {"address": self._server.address, "space": self._server.space}
        )

    def _open_store(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            self.store.open(self.path)
        except StoreAway:
            self.store.close()
            raise
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
            if noted.get("server") != self._place():
                return None
            return int(noted["sequence"]), int(noted.get("dead", 0))  # earlier versions did not count these
        except (OSError, ValueError, KeyError, TypeError):
            return None


def discard(path: Path, key_of: Callable[[str], str | None]) -> None:
    """`leave` a store that is no longer used; where that fails it stays for another time, with a word in the
    log."""
    if not (path / _SEQUENCE).is_file():
        return
    try:
        leave(path, key_of)
    except (OSError, StorageError, SettingError) as error:
        log.warning("the vector index in %s, which is no longer used, stays (%s)", path, error)
