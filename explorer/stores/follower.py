"""Keeps the vector index at the catalogue's number of changes, on a thread of the worker."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.stores.index import VectorIndex
    from explorer.stores.library_index import LibraryIndex

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""A change that another process made without a word to us is seen after at most this time."""


class IndexFollower:
    """Owns the thread that writes to the index. Who needs the index up to date calls `wait` or `finish`."""

    def __init__(self, catalog: Catalog, index: VectorIndex | LibraryIndex) -> None:
        self._catalog = catalog
        self._index = index
        self._wake = threading.Event()
        self._reached = threading.Condition()
        self._stop = threading.Event()
        self._error: StorageError | None = None
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def poke(self) -> None:
        """There are changes: look now."""
        self._wake.set()

    @property
    def problem(self) -> str | None:
        """Why the index cannot be brought up to the catalogue, in words, as of the last try; None if it
        can."""
        return None if self._error is None else str(self._error)

    def wait(self, seconds: float) -> bool:
        """Whether the index holds every change of this moment, after waiting for it this long at most."""
        wanted = self._catalog.changes.last()
        if self._holds(wanted):
            return True
        self.poke()
        with self._reached:
            return self._reached.wait_for(lambda: self._holds(wanted), seconds)

    def finish(self) -> None:
        """Wait as long as it takes until the index holds every change of this moment.

        Raises:
            StorageError: the index cannot be written.
        """
        before = self._error  # it may be over (somebody made room on the disk): only the next try tells
        while not self.wait(1.0):
            if self._error is not None and self._error is not before:
                raise self._error
            if self._stop.is_set():
                raise StorageError("The background process is closing.")

    def stop(self, seconds: float) -> None:
        """End between two batches."""
        self._stop.set()
        self._wake.set()
        self._thread.join(seconds)

    def _holds(self, wanted: int) -> bool:
        return self._index.sequence >= wanted and self._index.is_there()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._index.is_due():
                    self._index.follow(self._stop.is_set)
                self._error = None
            except StorageError as error:
                if self._error is None or str(error) != str(self._error):  # else it is said each second
                    log.warning("the vector index cannot follow: %s", error)
                self._error = error
            with self._reached:
                self._reached.notify_all()
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()
            if self._error is not None:
                time.sleep(_LOOK_SECONDS)
