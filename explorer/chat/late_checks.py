"""Checks of answers that are stored without any: worked out on a thread, the newest answer first."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from explorer.chat.composed_proof import composed_proofs
from explorer.chat.finished import NOTHING_FITS
from explorer.chat.proof import proofs
from explorer.errors import ExplorerError
from explorer.types import Citation, Message, SentenceCheck, SpanRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.catalog import Catalog

log = logging.getLogger(__name__)


class LateChecks:
    """Makes and stores the checks that are lacking, on one thread that ends when all are made."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._waiting: dict[int, Message] = {}
        self._tried: set[int] = set()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def of(self, message: Message) -> tuple[SentenceCheck, ...] | None:
        """The checks of an answer's sentences; None while they are worked out. () for one that needs none,
        and for one whose checks failed."""
        if message.checks is not None or not _is_checked(message):
            return message.checks or ()
        with self._lock:
            if message.id in self._tried:
                return ()
            self._waiting.setdefault(message.id, message)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="late-checks", daemon=True)
                self._thread.start()
        return None

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                message = self._waiting[max(self._waiting)]
            try:
                self._check(message)
            except ExplorerError as error:  # the document or the library is gone: there is nothing to show
                log.info("an answer was not checked: %s", error)
            except Exception as error:  # noqa: BLE001 - one answer must not keep all others waiting
                log.error("answer %s was not checked (%s)", message.id, type(error).__name__)
            with self._lock:
                self._tried.add(message.id)
                del self._waiting[message.id]

    def _check(self, message: Message) -> None:
        cited, found = self._read(message.citations), self._read(message.hits)
        complete = message.reading.complete if message.reading else ""
        question = complete or message.question
        is_composed = message.kind == "composed"
        checks = (
            composed_proofs(message.text, question, cited)
            if is_composed
            else proofs(message.text, question, cited, found)
        )
        self._catalog.conversations.set_checks(message.id, checks)

    def _read(self, spans: Sequence[SpanRef]) -> list[Citation]:
        span = self._catalog.documents.span
        return [
            Citation(one.number, one_id, one.page, one.start, one.end, span(one_id, one.start, one.end))
            for one in spans
            if (one_id := one.document_id) is not None and one.end > one.start
        ]


def _is_checked(message: Message) -> bool:
    """Whether an answer is complete and makes statements of its own, in words that are kept."""
    makes = message.kind in ("model", "composed") and message.text.strip() not in ("", NOTHING_FITS)
    return makes and message.state == "done" and not message.forgotten
