"""The vector index of a library: a store that follows the catalogue.

Exactly one process (the worker, which holds the library's lock) opens it. The catalogue is the truth: an
index that is missing, damaged or of another library is thrown away and filled again. It stands in the
library's folder under the name of its store (`chroma/`); see `explorer.stores.folder`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from typing import TYPE_CHECKING

from explorer.errors import StorageError, StoreAway
from explorer.stores.checked import checked
from explorer.stores.folder import StoreFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explorer.arrays import Floats, Ids, Vectors
    from explorer.catalog import Catalog
    from explorer.catalog.records import Change
    from explorer.stores.server import StoreServer

log = logging.getLogger(__name__)

_BATCH = 250
"""Vectors a write: Chroma holds the lock for about .2 s, which is what a query may have to wait."""
_RETRY_SECONDS = 20.0
_BUSY_SECONDS = 1.0
"""How long a question waits for a batch that is being written: a server may take much longer than .2 s."""


class _Reopened(Exception):  # noqa: N818 - an event on the way, never shown
    """Another thread closed the index, or opened it anew, since this one began to fill it."""


class _StoreFailed(Exception):  # noqa: N818 - on the way to `follow`, never shown
    """What a verb of the store raised as a StorageError, told apart from the catalogue's and our own."""


@contextlib.contextmanager
def _at_the_store() -> Iterator[None]:
    """Around each verb of the store. Raises _StoreFailed in place of StorageError; a server that is away is
    no damage."""
    try:
        yield
    except StoreAway:
        raise
    except StorageError as error:
        raise _StoreFailed(str(error)) from error


class VectorIndex:
    """The index of one library. Safe to use from many threads of one process."""

    def __init__(
        self,
        catalog: Catalog,
        store: str,
        server: StoreServer | None = None,
        key_of: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """`store` is a name of the tables in `explorer.stores.base`, `server` where a server holds it, and
        `key_of` gives the keys of those that held it before. Raises SettingError."""
        self._catalog = catalog
        self._folder = StoreFolder(catalog.folder, catalog.library_id, store, server)
        self._is_served = server is not None
        self._key_of = key_of
        self.is_alone = True
        """Whether the stores that this library used before are deleted once this one is whole."""
        self._store = self._folder.store
        self._checked: int | None = None
        """The opening of the store whose counts were compared with the catalogue's."""
        self._failed_at = float("-inf")
        self._lock = threading.RLock()

    @property
    def sequence(self) -> int:
        """The last change of the catalogue that the index holds; -1 before it was opened."""
        return self._folder.sequence

    @property
    def dead(self) -> int:
        """How many vectors were removed since the store was filled, which still take room; `rebuild` gives it
        back."""
        return self._folder.dead

    def is_there(self) -> bool:
        """Whether its files are still where they were written."""
        return self._folder.is_there()

    def is_due(self) -> bool:
        """Whether `follow` would have anything to do."""
        return self.sequence != self._catalog.changes.last() or not self.is_there()

    def follow(self, stop: Callable[[], bool] = lambda: False) -> int:
        """The sequence reached, after applying what changed in the catalogue since last time.

        The index is opened if need be, and filled from the catalogue if it is missing or damaged. `stop` is
        asked between batches; where it says so, the rest is left for another time.

        Raises:
            StorageError: the index cannot be written, not even from the start.
        """
        try:
            while not self._followed(stop):
                pass
        except StoreAway:
            self.close()  # so that it counts as behind, and is opened again
            raise
        except StorageError:
            raise
        except BaseException as error:
            # Chroma's Rust part panics with a class that derives from BaseException.
            if not _is_damage(error):
                raise
            log.warning("the vector index is damaged (%s): filling it again", type(error).__name__)
            self._refill(stop)
        return self.sequence

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        """The k nearest chunks: ids (n,) int64 and cosines (n,) float32, best first, n ≤ k.

        Raises:
            StorageError: the index is not open, or failed; it is filled again by the next `follow`.
            StoreAway: its server does not answer; the next `follow` tries it again.
        """
        if not self._lock.acquire(timeout=_BUSY_SECONDS):
            raise StorageError("The vector index is busy with what comes in.")
        try:
            if self._folder.opening is None:
                raise StorageError("The vector index is not open yet.")
            with self._asked(), _at_the_store():
                return checked(*self._store.nearest(generation, vector, k), k)
        finally:
            self._lock.release()

    def ids(self, generation: int) -> Ids:
        """All ids that the store holds of a generation, ascending (n,) int64. Raises StorageError as
        `nearest`."""
        with self._lock, self._asked():
            self._open()
            with _at_the_store():
                return self._store.ids(generation)

    def count(self, generation: int) -> int:
        """How many vectors the store holds of a generation. Raises StorageError as `nearest`."""
        with self._lock, self._asked():
            self._open()
            with _at_the_store():
                return self._store.count(generation)

    def rebuild(self, stop: Callable[[], bool] = lambda: False) -> int:
        """The sequence reached, after throwing the index away and filling it from the catalogue.

        A `follow` that is under way on another thread waits, and goes on from what this one reached.

        Raises:
            StorageError: it cannot be written.
        """
        with self._lock:
            try:
                self._folder.throw_away()
                self._apply(self._open(), stop)
            except StoreAway:
                self._folder.close()
                raise
            except BaseException as error:
                if not _is_damage(error):
                    raise
                self._failed_at = time.monotonic()
                self._folder.close()
                raise StorageError(
                    f"The vector index in {self._folder.path} cannot be written ({error}). Searching goes on "
                    "without it; make room on the disk or check that the folder can be written."
                ) from error
            return self.sequence

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._folder.close()

    def _followed(self, stop: Callable[[], bool]) -> bool:
        """True once the index is up to the catalogue; False to begin again, where another thread opened it
        anew meanwhile.
        """
        try:
            opening = self._open()
            self._apply(opening, stop)
            self._check(opening, stop)
        except _Reopened:
            return stop()
        return True

    def _refill(self, stop: Callable[[], bool]) -> None:
        """The same as `rebuild`, where no person asked for it: a full disk is not tried again and again."""
        if time.monotonic() - self._failed_at < _RETRY_SECONDS:
            raise StorageError("The vector index cannot be written at the moment.")
        self.rebuild(stop)

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """Around a question to the store: damage becomes StorageError, and `follow` fills it again."""
        try:
            yield
        except StoreAway:
            self._folder.close()
            raise
        except BaseException as error:
            if not _is_damage(error):
                raise
            self._folder.give_up()
            raise StorageError("The vector index is damaged; it is being filled again.") from error

    @contextlib.contextmanager
    def _still(self, opening: int) -> Iterator[None]:
        """The lock, for one step of filling what was opened as number `opening`. Raises _Reopened."""
        with self._lock:
            if self._folder.opening != opening:
                raise _Reopened
            yield

    def _open(self) -> int:
        with self._lock:
            newest = self._catalog.changes.last()
            with _at_the_store():  # which was deleted and opened once more, and refuses still
                return self._folder.open(newest)

    def _apply(self, opening: int, stop: Callable[[], bool]) -> None:
        while changes := self._catalog.changes.after(self.sequence, 100):
            # Read after the changes: a generation that they name and that is missing here is gone for good.
            generations = self._generations()
            for change in changes:
                if stop():
                    return
                if change.action == "live":
                    self._checked = None  # `_check` is to drop the earlier generation
                elif change.generation_id in generations:
                    self._take(opening, change)
                with self._still(opening):
                    self._folder.remember(change.sequence)

    def _take(self, opening: int, change: Change) -> None:
        if change.action == "remove":
            with self._still(opening), _at_the_store():
                before = self._count_dead(change.generation_id)
                self._store.remove(change.generation_id, change.first_chunk, change.last_chunk)
                self._folder.dead += before - self._count_dead(change.generation_id)
            return
        for first in range(change.first_chunk, change.last_chunk + 1, _BATCH):
            last = min(change.last_chunk, first + _BATCH - 1)
            # One short read for each batch: a long one would keep removed words in the database's log.
            for ids, vectors in list(self._catalog.embeddings.of_range(first, last, _BATCH)):
                with self._still(opening), _at_the_store():
                    self._store.add(change.generation_id, ids, vectors)

    def _check(self, opening: int, stop: Callable[[], bool]) -> None:
        """Once after each opening: drop generations that are gone, fill the index again if counts differ."""
        if self._checked == opening or stop():
            return
        with self._still(opening):
            generations = self._generations()
            with _at_the_store():
                for gone in self._store.generations() - generations:
                    self._folder.dead += self._count_dead(gone)
                    self._store.drop(gone)
            self._folder.remember(self.sequence)
            for generation in generations:
                expected = self._catalog.embeddings.count_of_generation(generation)
                if self._catalog.changes.last() != self.sequence:
                    return  # the catalogue moved on while we counted: check next time
                with _at_the_store():
                    found = self._store.count(generation)
                if found != expected:
                    log.warning("the vector index lost some entries: filling it again")
                    self._refill(stop)
                    break
            self._checked = self._folder.opening
        if self.is_alone:
            self.discard_others()

    def discard_others(self) -> None:
        """Delete the other stores that this library used, with what their servers hold of it."""
        self._folder.discard_others(self._key_of)

    def _count_dead(self, generation: int) -> int:
        """How many vectors a generation has, where removing them leaves room behind that is ours to give
        back: a server sees to its own."""
        return 0 if self._is_served else self._store.count(generation)

    def _generations(self) -> set[int]:
        return {generation.id for generation in self._catalog.generations.all()}


def _is_damage(error: BaseException) -> bool:
    return not isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, StorageError))
