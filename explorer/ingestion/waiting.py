"""Documents that were read and wait to be embedded."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.catalog.records import NewDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.catalog.records import Generation, Task

TOGETHER = 128
"""The most texts of several small documents that are embedded at once: what a server gets in one go, and
seconds of work for a processor."""
_SMALL = 32
"""The most texts of a document that is embedded with others; a larger one goes alone, with its progress."""
_DOCUMENTS = 32
"""The most documents that are embedded at once."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that only lacks its embeddings: `texts` are those to embed, by their SHA-256.

    A chunk that is longer than the model reads is embedded in windows, each of which is one text.
    """

    task: Task
    generation: Generation
    document: NewDocument
    texts: dict[bytes, tuple[str, ...]]

    @property
    def size(self) -> int:
        """How many texts are to be embedded, windows counted."""
        return sum(map(len, self.texts.values()))


class Waiting:
    """The documents on their way from the thread that reads to the one that embeds.

    Either one document waits, or several small ones that will be embedded together. While a large one is
    embedded only one waits: a document that waits has been begun, and when a process dies, that counts as a
    failed attempt of every document that it had begun.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._documents: list[Prepared] = []
        self._is_small_work = True

    def put(self, document: Prepared, timeout: float) -> bool:
        """Whether the document waits now; False when there was no room within `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_room(document), timeout):
                return False
            self._documents.append(document)
            self._changed.notify_all()
            return True

    def take(self, timeout: float = 0.0) -> list[Prepared]:
        """The next document, with those behind it that may be embedded with it; nothing if none came."""
        with self._changed:
            self._is_small_work = True
            self._changed.wait_for(lambda: self._documents, timeout)
            number = 0
            while number < len(self._documents) and _fit(self._documents[: number + 1]):
                number += 1
            taken = self._documents[: max(number, 1)]
            del self._documents[: len(taken)]
            self._is_small_work = _fit(taken)
            self._changed.notify_all()
            return taken

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._documents

    def _has_room(self, document: Prepared) -> bool:
        together = [*self._documents, document]
        return not self._documents or (self._is_small_work and _fit(together))


def _fit(documents: Sequence[Prepared]) -> bool:
    """Whether these may be embedded together: few and small ones, of one index."""
    sizes = [document.size for document in documents]
    return (
        len(sizes) <= _DOCUMENTS
        and max(sizes, default=0) <= _SMALL
        and sum(sizes) <= TOGETHER
        and len({document.generation.id for document in documents}) <= 1
    )
