"""Many texts in several requests at a time: how large each is, and what is spared once one has failed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from explorer.embedding.server.answers import TooLarge

if TYPE_CHECKING:
    from explorer.arrays import Vectors

AT_ONCE = 4
"""Requests under way at the same time."""
BATCH = 32
"""Texts in one request: the most that text-embeddings-inference takes as it comes."""
SPARED = 4 * BATCH * AT_ONCE
"""Embeddings that are kept for the next attempt, once one has failed."""
_LOOK_SECONDS = 0.25
"""How often to ask whether the vectors are still wanted."""

Ask = Callable[[Sequence[str], threading.Event], "Vectors"]
"""One request: (n, dimension) for n texts; ends once the event is set.

Raises ModelError; TooLarge only for two texts or more."""


class Batches:
    """Embeds any number of texts by `ask`. Safe to use from several threads."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._size = BATCH
        self._spared: dict[str, Vectors] = {}
        self._guard = threading.Lock()

    def embed(self, texts: Sequence[str], check: Callable[[], None]) -> dict[str, Vectors]:
        """The embedding of each of the texts; of equal ones, one is sent.

        What `check` raises ends it within a moment: requests that wait are given up, and the answers to
        those under way are not waited for. Whatever ends it, what was embedded by then, or is under way, is
        spared for the next attempt: one text that the server refuses does not have all others sent again.

        Raises ModelError as `ask` does.
        """
        with self._guard:
            found = dict(self._spared)
        try:
            self._send([text for text in dict.fromkeys(texts) if text not in found], found, check)
        except Exception:
            self._spare(found)
            raise
        return found

    def _send(self, texts: Sequence[str], found: dict[str, Vectors], check: Callable[[], None]) -> None:
        """Put the embedding of each text into `found`, several requests at a time."""
        batches = [texts[start : start + self._size] for start in range(0, len(texts), self._size)]
        unwanted = threading.Event()

        def ask(batch: Sequence[str]) -> None:
            self._ask_or_halve(batch, found, unwanted)

        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="embedding-server")
        try:
            left = {pool.submit(ask, batch) for batch in batches}
            while left:
                done, left = wait(left, _LOOK_SECONDS, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                check()
        finally:
            unwanted.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _ask_or_halve(
        self, texts: Sequence[str], found: dict[str, Vectors], unwanted: threading.Event
    ) -> None:
        """One request; where that is too large for the server, two of about half the size, and so on.

        Later batches are that small only where both halves pass, so it was the size: a server that dislikes
        one of the texts refuses that one alone as well, which ends here.
        """
        try:
            vectors = self._ask(texts, unwanted)
        except TooLarge:
            smaller = 1 << (len(texts) - 1).bit_length() - 1
            for part in (texts[:smaller], texts[smaller:]):
                self._ask_or_halve(part, found, unwanted)
            self._shrink(smaller)
            return
        with self._guard:
            found.update(zip(texts, vectors, strict=True))

    def _shrink(self, size: int) -> None:
        with self._guard:
            self._size = min(self._size, size)

    def _spare(self, found: dict[str, Vectors]) -> None:
        with self._guard:
            for text in list(found)[:-SPARED]:
                del found[text]
            self._spared = found  # the same one: requests that are under way still put theirs into it
