"""One answer in the making, kept as it grows: quotes as places in documents, a model's words as words."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.chat.answers import Answer
from explorer.errors import ExplorerError
from explorer.questions import reading_of
from explorer.types import Citation, Hit, MessageKind, QuestionReading, SpanRef

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.questions import Understood

SAVE_SECONDS = 0.3
"""How often a growing answer is written."""
BEAT_SECONDS = 3.0
"""How often an answer that waits for its first word says that it is still being worked on."""


class AnswerWork:
    """One answer in the making."""

    def __init__(self, catalog: Catalog, message_id: int, kind: MessageKind, earlier: Sequence[int]) -> None:
        self.message_id = message_id
        # An answer without a model comes in one go.
        self._keeps_words = kind == "model"
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None
        self.answer: Answer | None = None
        self.reading: QuestionReading | None = None
        self._stored = catalog.conversations
        self._earlier = earlier
        self._over = threading.Event()

    def tell_sources(self, document_ids: Sequence[str]) -> None:
        """Stored before the model is asked, so that a removal from now on finds this answer."""
        self._stored.set_sources(self.message_id, document_ids, self._earlier)

    def tell_reading(self, question: Understood) -> None:
        """Stored before the answer comes."""
        self.reading = reading_of(question)
        self._stored.set_reading(self.message_id, self.reading)

    @contextmanager
    def alive(self) -> Iterator[None]:
        """While this lasts, the answer is noted every few seconds to be worked on, also while nothing
        comes."""
        beat = threading.Thread(target=self._beat, name=f"answer-{self.message_id}-beat", daemon=True)
        beat.start()
        try:
            yield
        finally:
            self._over.set()
            beat.join()

    def save(self, answer: Answer) -> None:
        """Write the answer as it grows, then as a whole."""
        unsaved, saved_at, self.answer = "", 0.0, answer
        try:
            for piece in answer:
                if self.stopped.is_set():
                    answer.close()
                    return
                unsaved += piece
                if self._keeps_words and time.monotonic() - saved_at >= SAVE_SECONDS:
                    is_wanted = self._stored.append(self.message_id, unsaved)
                    unsaved, saved_at = "", time.monotonic()
                    if not is_wanted:
                        answer.close()
                        return
        finally:
            if unsaved and self._keeps_words:  # what came before a stop or a failure is kept to the last word
                self._stored.append(self.message_id, unsaved)
        self._finish(answer)

    def keep_sources(self) -> None:
        """For an answer that was broken off: its `[n]` keep leading to their places."""
        if self.answer is not None and self._keeps_words:
            cited = self.answer.cited_so_far
            self._stored.keep_citations(self.message_id, [_ref(one, one.number) for one in cited])

    def _finish(self, answer: Answer) -> None:
        is_quotes = answer.kind == "quotes" and answer.found
        if answer.kind == "none" and self.reading is not None and self.reading.is_written:
            # Such an answer outlives the documents that earlier ones drew on, whose words this may hold.
            self._stored.set_reading(self.message_id, replace(self.reading, complete="", is_written=False))
        self._stored.finish(
            self.message_id,
            found=answer.found,
            citations=[_ref(citation, citation.number) for citation in answer.citations],
            hits=[_hit_ref(hit) for hit in answer.hits],
            text="" if is_quotes else answer.text,
            kind=answer.kind,
            material=answer.material,
        )
        if answer.kind in ("model", "composed"):
            self._stored.set_checks(self.message_id, answer.checks)

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            with suppress(ExplorerError):
                if not self._stored.append(self.message_id, ""):
                    self.stopped.set()
                    return


def _ref(citation: Citation, number: int) -> SpanRef:
    own = digest(citation.text)
    return SpanRef(number, citation.document_id, citation.page, citation.start, citation.end, own)


def _hit_ref(hit: Hit) -> SpanRef:
    shown = hit.passage
    own = digest(shown.text)
    return SpanRef(hit.rank, hit.document.id, shown.page, shown.start, shown.end, own, hit.score)


def digest(text: str) -> bytes:
    """What tells whether the words of a span are the same as before."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
