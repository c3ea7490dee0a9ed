"""The index that a library's worker asks: in the store that the settings name, or on its way there.

Where the settings name another store than the one that is in use, that one goes on serving while the other is
filled beside it; once it is whole they change places, and the earlier one is deleted, on its server too.
Where the settings go back meanwhile, what was begun is deleted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.errors import SettingError, StorageError
from explorer.stores.base import NONE, SERVED, STORES
from explorer.stores.exact import ExactIndex
from explorer.stores.folder import discard, filled, noted_server
from explorer.stores.index import VectorIndex
from explorer.stores.server import StoreServer, space_of

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

_RETRY_SECONDS = 5.0
"""After a store could not be filled, the time until it is tried again."""


@dataclass(frozen=True, slots=True)
class StoreChoice:
    """A store by its name, and the address of its server if a server holds it."""

    name: str
    address: str | None = None

    @classmethod
    def of(cls, name: str, address: str | None) -> StoreChoice:
        """What two settings, `store` and `store_url`, say together."""
        return cls(name, address if name in SERVED else None)


@dataclass(frozen=True, slots=True)
class StoreState:
    """Which store is in use, and how far the way to another one is."""

    now: StoreChoice
    coming: StoreChoice | None
    done: int
    """Changes of the catalogue that the coming one holds."""
    total: int
    problem: str | None
    """Why the store that the settings name cannot be used, or the coming one not be filled, in words."""


class LibraryIndex:
    """Has the verbs of `VectorIndex`. One thread calls `follow`, any may ask."""

    def __init__(
        self,
        catalog: Catalog,
        wanted: Callable[[], StoreChoice],
        key_of: Callable[[str], str | None] = lambda _: None,
        tell: Callable[[str, int], None] = lambda _address, _octets: None,
    ) -> None:
        """`wanted` says which store the settings name now, `key_of` gives the key of an address, and `tell`
        is called with an address and the bytes of each request that goes there."""
        self._catalog = catalog
        self._wanted = wanted
        self._key_of = key_of
        self._tell = tell
        asked = wanted()
        self._choice = self._first(asked)
        self._live = self._made(self._choice)
        self._coming: tuple[StoreChoice, VectorIndex | ExactIndex] | None = None
        self._problem: str | None = None
        self._not_before = 0.0
        self._is_tidy = False
        """Whether the stores of earlier were deleted, where no store is in use."""
        self._live.is_alone = self._choice == asked

    @property
    def sequence(self) -> int:
        """The last change of the catalogue that the index in use holds; -1 before it was opened."""
        return self._live.sequence

    @property
    def dead(self) -> int:
        """As of `VectorIndex`."""
        return self._live.dead

    @property
    def state(self) -> StoreState:
        """Which store is in use, and how far the way to another one is."""
        coming, total = self._coming, self._catalog.changes.last()
        problem = self._problem or (self._live.problem if isinstance(self._live, ExactIndex) else None)
        if coming is None:
            return StoreState(self._choice, None, 0, total, problem)
        return StoreState(self._choice, coming[0], max(0, min(total, coming[1].sequence)), total, problem)

    def is_there(self) -> bool:
        """Whether the files of the index in use are still where they were written."""
        return self._live.is_there()

    def is_due(self) -> bool:
        """Whether `follow` would have anything to do."""
        is_other = self._coming is not None or self._wanted() != self._choice
        return is_other or self._live.is_due() or self._leaves_others()

    def follow(self, stop: Callable[[], bool] = lambda: False) -> int:
        """The sequence reached by the index in use, after both took in what changed; see the module.

        Raises:
            StorageError: the index in use cannot be written, and no other one took its place.
        """
        self._look()
        error = self._followed(stop)
        if self._leaves_others():
            self._is_tidy = True
            self._discard_others(self._live)
        if self._coming is not None and not stop():
            error = None if self._brought(*self._coming, stop) else error
        if error is not None:
            raise error
        return self.sequence

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats] | None:
        """As of `VectorIndex`; None where the store is "none"."""
        return self._live.nearest(generation, vector, k)

    def ids(self, generation: int) -> Ids:
        """As of `VectorIndex`."""
        return self._live.ids(generation)

    def count(self, generation: int) -> int:
        """As of `VectorIndex`."""
        return self._live.count(generation)

    def rebuild(self, stop: Callable[[], bool] = lambda: False) -> int:
        """As of `VectorIndex`."""
        return self._live.rebuild(stop)

    def close(self) -> None:
        """Let go of the files."""
        self._live.close()
        if self._coming is not None:
            self._coming[1].close()

    def _first(self, wanted: StoreChoice) -> StoreChoice:
        """What to begin with: the store that is wanted, unless it is yet to be filled and another one is
        not."""
        folder = self._catalog.folder
        if wanted.name == NONE or filled(folder / wanted.name):
            return wanted
        for name in (*STORES, *SERVED):
            if name == wanted.name or not filled(folder / name):
                continue
            server = noted_server(folder / name, self._key_of)
            choice = StoreChoice(name, None if server is None else server.address)
            if isinstance(self._made(choice), VectorIndex):
                return choice
        return wanted

    def _made(self, choice: StoreChoice) -> VectorIndex | ExactIndex:
        """The index in that store, not open yet; the catalogue alone where it cannot be had."""
        if choice.name == NONE:
            return ExactIndex(self._catalog)
        server = None
        if choice.address is not None:
            space = space_of(self._catalog.library_id, self._catalog.folder)
            server = StoreServer(choice.address, space, self._key_of, self._tell)
        try:
            return VectorIndex(self._catalog, choice.name, server, self._key_of)
        except SettingError as error:
            log.warning("%s", error)
            return ExactIndex(self._catalog, str(error))

    def _look(self) -> None:
        """Begin with another store where one is wanted by now, and give up the one that no longer is."""
        wanted = self._wanted()
        if self._coming is not None and self._coming[0] != wanted:
            self._give_up(*self._coming)
        if wanted == self._choice or self._coming is not None:
            return
        if wanted.name == self._choice.name:  # another server of the same kind: the folder is the same
            self._live.close()
            self._choice, self._live = wanted, self._made(wanted)
            return
        self._live.is_alone = False
        made = self._made(wanted)
        made.is_alone = False
        self._coming = wanted, made
        self._problem, self._not_before = None, 0.0

    def _leaves_others(self) -> bool:
        """Whether no store is in use, and those of earlier are still to be deleted."""
        return isinstance(self._live, ExactIndex) and self._live.problem is None and not self._is_tidy

    def _give_up(self, choice: StoreChoice, index: VectorIndex | ExactIndex) -> None:
        self._coming = None
        self._problem = None
        index.close()
        self._live.is_alone = True
        if choice.name != NONE:
            discard(self._catalog.folder / choice.name, self._key_of)

    def _followed(self, stop: Callable[[], bool]) -> StorageError | None:
        """What went wrong with the index in use."""
        try:
            self._live.follow(stop)
        except StorageError as error:
            return error
        return None

    def _brought(
        self, choice: StoreChoice, index: VectorIndex | ExactIndex, stop: Callable[[], bool]
    ) -> bool:
        """Fill the coming index as far as it goes; whether it took the place of the one in use.

        It pauses whenever the one in use has something to take in, or it is no longer wanted.
        """
        if time.monotonic() < self._not_before:
            return False

        def pause() -> bool:
            return stop() or self._live.is_due() or self._wanted() != choice

        # Where the one in use cannot follow at all, it is not waited for.
        held = stop if self._live.sequence < 0 else pause
        if isinstance(index, ExactIndex) and index.problem is not None:
            self._problem = index.problem
            self._not_before = time.monotonic() + _RETRY_SECONDS
            self._coming = choice, self._made(choice)
            return False
        try:
            index.follow(held)
        except StorageError as error:
            if self._problem != str(error):
                log.warning("the vector store %s cannot be filled: %s", choice.name, error)
            self._problem = str(error)
            self._not_before = time.monotonic() + _RETRY_SECONDS
            return False
        self._problem = None
        if held() or index.is_due():
            return False
        earlier = self._live
        self._choice, self._live, self._coming = choice, index, None
        earlier.close()
        index.is_alone = True
        self._discard_others(index)
        self._is_tidy = True
        return True

    def _discard_others(self, index: VectorIndex | ExactIndex) -> None:
        if isinstance(index, VectorIndex):
            index.discard_others()
            return
        for name in (*STORES, *SERVED):
            discard(self._catalog.folder / name, self._key_of)
