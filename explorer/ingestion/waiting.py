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
SMALL = 32
"""The most texts of a document that is embedded with others; a larger one goes alone, with its progress."""
_DOCUMENTS = 32
"""The most documents that are embedded at once."""
_ROOM = 4_000
"""The most texts of middle documents that wait: some minutes of work. One with more than half is large."""
_MIDDLE = 2
_PASSES = 4
"""How many times in a row something larger is passed at most."""


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
    def is_part(self) -> bool:
        """Whether it came out of another file."""
        return self.document.part_of is not None

    @property
    def size(self) -> int:
        """How many texts are to be embedded, windows counted."""
        return sum(map(len, self.texts.values()))

    def passages(self, left: int) -> tuple[int, int]:
        """(how many passages are embedded, of how many) where so many of `texts` are left.

        Passages that say the same are one text: what people are told is the number that the document has.
        """
        total, texts = len(self.document.chunks), max(1, len(self.texts))
        return total - -(-left * total // texts), total


class Waiting:
    """The documents on their way from the threads that read to the one that embeds.

    They wait in four classes, each with room of its own, so that none is kept out by a larger one: small
    files that will be embedded together, small files out of archives, middle ones, and one large. Not more: a
    document that waits has been begun, and when a process dies, that counts as a failed attempt of every
    document that it had begun.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._classes: tuple[list[Prepared], ...] = ([], [], [], [])
        self._passed = 0

    def put(self, document: Prepared, timeout: float) -> bool:
        """Whether the document waits now; False when there was no room within `timeout` seconds."""
        mine = self._classes[_class_of(document)]
        with self._changed:
            if not self._changed.wait_for(lambda: _has_room(mine, document), timeout):
                return False
            mine.append(document)
            self._changed.notify_all()
            return True

    def take(self, timeout: float = 0.0, largest: int | None = None) -> list[Prepared]:
        """The next document, with those behind it that may be embedded with it; nothing if none came.

        Small ones first; but after a few that were let pass, a larger one has its turn. `largest`: only what
        has at most so many texts.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._first(largest) is not None, timeout)
            chosen = self._first(largest)
            if chosen is None:
                return []
            if largest is None:
                self._passed = 0 if chosen is self._last() else self._passed + 1
            number = 1
            while number < len(chosen) and _fit(chosen[: number + 1]):
                number += 1
            taken = chosen[:number]
            del chosen[:number]
            self._changed.notify_all()
            return taken

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not any(self._classes)

    def has_room(self, texts: int) -> bool:
        """Whether a document with so many texts that is no part of another would find room."""
        with self._changed:
            middle = self._classes[_MIDDLE]
            return not middle or sum(each.size for each in middle) + texts <= _ROOM

    def _first(self, largest: int | None) -> list[Prepared] | None:
        """The class whose turn it is, of those whose first document has at most `largest` texts."""
        if largest is None and self._passed >= _PASSES:
            return self._last()
        for each in self._classes:
            if each and (largest is None or each[0].size <= largest):
                return each
        return None

    def _last(self) -> list[Prepared] | None:
        """The class of the largest documents that wait."""
        return next((each for each in reversed(self._classes) if each), None)


def _class_of(document: Prepared) -> int:
    if document.size <= SMALL:
        return 1 if document.is_part else 0
    return _MIDDLE if document.size <= _ROOM // 2 else _MIDDLE + 1


def _has_room(waiting: Sequence[Prepared], document: Prepared) -> bool:
    if not waiting:
        return True
    if document.size <= SMALL:
        return _fit([*waiting, document])
    return sum(each.size for each in (*waiting, document)) <= _ROOM


def _fit(documents: Sequence[Prepared]) -> bool:
    """Whether these may be embedded together: few and small ones, of one index."""
    sizes = [document.size for document in documents]
    return (
        len(sizes) <= _DOCUMENTS
        and max(sizes, default=0) <= SMALL
        and sum(sizes) <= TOGETHER
        and len({document.generation.id for document in documents}) <= 1
    )
