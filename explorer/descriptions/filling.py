"""The worker's part: chooses what documents are about that have no description yet, when no file waits."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from explorer.background import WaitingWork
from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.catalog.descriptions import Undescribed

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Documents that are written in one transaction."""
MOST_PASSAGES = 800
"""Passages of a document that are compared; of a longer one a quarter of these from its beginning, the others
spread over the rest."""
_LOOK_SECONDS = 2.0
"""How soon documents are seen that another process added and nobody told of."""


class Describer(WaitingWork):
    """A thread that chooses descriptions and keeps them.

    It rests as long as it works, so that questions are answered as quickly as without it. While files are
    added nothing is described. What is done is kept a few documents at a time: a killed worker goes on there.
    """

    def __init__(self, catalog: Catalog) -> None:
        super().__init__("descriptions", _LOOK_SECONDS, "what documents are about is not chosen now")
        self._catalog = catalog
        self._settled = -1
        """The revision of the library in which there was nothing to do."""
        self._unreadable: set[int] = set()
        """Editions that could not be read: they are tried again by the next worker."""

    def _work(self) -> bool:
        """Describe the next few documents. False where none waits, or none may be described now."""
        from explorer.descriptions.choosing import RULES

        if self._is_busy():
            return False
        revision = self._catalog.documents.revision()
        if revision == self._settled:
            return False
        waiting = self._catalog.descriptions.waiting(RULES, AT_ONCE, self._unreadable)
        if not waiting:
            self._settled = revision
            return False
        texts: dict[int, str] = {}
        for one in waiting:
            begun = time.monotonic()
            self._describe(one, texts)
            if self._stop.wait(time.monotonic() - begun) or self._is_busy():
                break
        if texts:
            self._catalog.descriptions.put(RULES, texts)
        return True

    def _is_busy(self) -> bool:
        return self._catalog.jobs.has_work(("add", "redo"))

    def _describe(self, waiting: Undescribed, texts: dict[int, str]) -> None:
        """Put what an edition is about into `texts`."""
        from explorer.descriptions.choosing import describe

        try:
            chunks = self._catalog.chunks.by_ids(_compared(waiting))
            ids, vectors = self._catalog.embeddings.vectors(chunk.id for chunk in chunks)
        except StorageError as error:
            log.warning("a document is not described: %s", error)
            self._unreadable.add(waiting.edition_id)
            return
        if waiting.chunks and not len(ids):  # it was put into the bin meanwhile, or `doctor` names it
            self._unreadable.add(waiting.edition_id)
            return
        there = set(ids.tolist())
        kept = [chunk for chunk in chunks if chunk.id in there]
        texts[waiting.edition_id] = describe(kept, vectors, waiting.names)


def _compared(waiting: Undescribed) -> list[int]:
    """The ids of the passages of a document that are compared."""
    first, last = waiting.first_chunk, waiting.first_chunk + waiting.chunks
    if waiting.chunks <= MOST_PASSAGES:
        return list(range(first, last))
    begin = first + MOST_PASSAGES // 4
    step = -(-(last - begin) // (MOST_PASSAGES - MOST_PASSAGES // 4))
    return [*range(first, begin), *range(begin, last, step)]
