"""Conversations: answers are made on a thread of their own and saved as they grow.

A page only reads what is stored, so it may be reloaded, closed or opened twice while an answer is on its way.
Answers in quotes are kept as spans of documents, never as words; a language model's words are kept with the
list of documents it was shown, so that they go when one of these is removed.
"""

from __future__ import annotations

import builtins
import logging
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from explorer.catalog.chunks import scope_json, scope_of
from explorer.chat.answers import Answerer
from explorer.chat.late_checks import LateChecks
from explorer.chat.saving import AnswerWork, digest
from explorer.errors import ExplorerError, NotFound
from explorer.types import (
    Conversation,
    Message,
    MessageKind,
    QuestionReading,
    Scope,
    SentenceCheck,
    SpanRef,
)

if TYPE_CHECKING:
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

UNTITLED = "New conversation"
ABANDONED_SECONDS = 30.0
"""An answer without a sign of life for this long is one of a process that died."""
_LOOK_SECONDS = 5.0
_TITLE = 60
_HISTORY = 4
_QUOTED = "(I answered with quotes from the documents.)"


class Conversations:
    """`library.conversations`. Safe to share between threads and tabs."""

    def __init__(self, catalog: Catalog, answerer: Answerer) -> None:
        self._catalog = catalog
        self._stored = catalog.conversations
        self._answerer = answerer
        self._running: dict[int, AnswerWork] = {}
        self._lock = threading.Lock()
        self._looked = 0.0
        self._matches = lru_cache(maxsize=4_096)(self._read_matches)
        self._late = LateChecks(catalog)

    def list(self) -> builtins.list[Conversation]:
        """All conversations, the one used last first."""
        return self._stored.list()

    def create(self, title: str | None = None) -> str:
        """Begin a conversation; its id. Without a title it takes its first question's words."""
        return self._stored.create(_shortened(title or "") or UNTITLED)

    def rename(self, conversation_id: str, title: str) -> None:
        """Raises NotFound."""
        self._stored.rename(conversation_id, _shortened(title, 200) or UNTITLED)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation with all its answers; one that is being made is stopped."""
        for message in self._stored.messages(conversation_id):
            if message.state == "streaming":
                self.stop(message.id)
        self._stored.delete(conversation_id)

    def messages(self, conversation_id: str) -> Sequence[Message]:
        """Questions and answers, oldest first, as far as they have grown.

        An answer whose process died is "stopped" with what it had. A span whose words are no longer the same
        (its document was read anew) is empty: it opens the page and marks nothing.
        """
        messages = self._stored.messages(conversation_id)
        if self._has_orphan(messages):
            messages = self._stored.messages(conversation_id)
        return [self._in_progress(self._checked(message)) for message in messages]

    def message(self, message_id: int) -> Message:
        """One question with its answer, as in `messages`. Raises NotFound."""
        return self._in_progress(self._checked(self._stored.message(message_id)))

    def ask(
        self,
        conversation_id: str,
        question: str,
        scope: Scope | None = None,
        reading: QuestionReading | None = None,
    ) -> int:
        """Store a question and begin its answer; returns the message's id at once.

        `reading`: how a person wants it understood, in place of how its words are. The answer grows in
        `messages`; what goes wrong is its `error`. Raises NotFound (no such conversation)
        and StorageError (the question could not be stored).
        """
        history = self._history(conversation_id)
        kind = self._kind
        message_id = self._stored.begin(conversation_id, question, kind, scope_json(scope), reading=reading)
        self._name(conversation_id, question)
        self._start(message_id, kind, question, scope=scope, history=history, reading=reading)
        return message_id

    def ask_again(
        self, message_id: int, reading: QuestionReading | None = None, question: str | None = None
    ) -> None:
        """Answer a question once more, understood as `reading` says or as its words are, in the place of the
        answer that it has, from the documents that were chosen when it was asked; return at once. `question`:
        the words that take the place of the question's. Raises NotFound where the question was deleted, or is
        being answered."""
        message, kind = self._stored.message(message_id), self._kind
        history = self._history(message.conversation_id, message_id)
        self._stored.begin_again(message_id, kind, reading, question)
        words, scope = question or message.question, scope_of(message.scope)
        self._start(message_id, kind, words, scope=scope, history=history, reading=reading)

    @property
    def _kind(self) -> MessageKind:
        """Of an answer that is begun."""
        return "model" if self._answerer.has_model else "composed"

    def _start(
        self,
        message_id: int,
        kind: MessageKind,
        question: str,
        *,
        scope: Scope | None,
        history: Sequence[tuple[Message, str]],
        reading: QuestionReading | None,
    ) -> None:
        work = AnswerWork(self._catalog, message_id, kind, [message.id for message, _ in history])
        with self._lock:
            self._running[message_id] = work
        pairs = [(_asked(message), text) for message, text in history]
        work.thread = threading.Thread(
            target=self._work,
            args=(work, question, scope, pairs, reading),
            name=f"answer-{message_id}",
            daemon=True,
        )
        work.thread.start()

    def checks(self, message: Message) -> tuple[SentenceCheck, ...] | None:
        """What became of each sentence of an answer that was held against the documents, in order; () where
        nothing is to be checked. None while that is worked out: it does not wait."""
        with self._lock:
            is_made_here = message.id in self._running
        return None if is_made_here and message.checks is None else self._late.of(message)

    def stop(self, message_id: int) -> None:
        """Stop an answer; what has come so far is kept. One that is over stays as it is."""
        with self._lock:
            work = self._running.get(message_id)
        if work is not None:
            work.stopped.set()
        self._stored.stop(message_id)

    def wait(self, message_id: int, seconds: float | None = None) -> bool:
        """Wait until an answer that this process makes is over; False when the time is up first."""
        with self._lock:
            work = self._running.get(message_id)
        if work is not None and work.thread is not None:
            work.thread.join(seconds)
            return not work.thread.is_alive()
        return True

    def close(self) -> None:
        """Stop what this process is making."""
        with self._lock:
            running = list(self._running)
        for message_id in running:
            self.stop(message_id)
        for message_id in running:
            self.wait(message_id, 2.0)

    def _work(
        self,
        work: AnswerWork,
        question: str,
        scope: Scope | None,
        history: builtins.list[tuple[str, str]],
        reading: QuestionReading | None,
    ) -> None:
        try:
            with work.alive():
                answer = self._answerer.answer(
                    question,
                    scope,
                    history,
                    work.tell_sources,
                    reading=reading,
                    on_understood=work.tell_reading,
                )
                work.save(answer)
        except ExplorerError as error:
            self._fail(work, str(error))
        except Exception as error:  # noqa: BLE001  (whatever went wrong, the person is told)
            # Not the error's own message, which may hold words of a document.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("answer %s failed (%s)\n%s", work.message_id, type(error).__name__, where)
            self._fail(work, f"The answer failed unexpectedly ({type(error).__name__}). Ask again.")
        finally:
            with suppress(ExplorerError):  # as in `_fail`
                work.keep_sources()
            with self._lock:
                self._running.pop(work.message_id, None)

    def _fail(self, work: AnswerWork, error: str) -> None:
        # The library may have been closed meanwhile: the answer is then found abandoned at the next start.
        with suppress(ExplorerError):
            self._stored.fail(work.message_id, error)

    def _history(self, conversation_id: str, before: int | None = None) -> builtins.list[tuple[Message, str]]:
        """The last questions that were answered, with their answers; those `before` a message."""
        done = [
            message
            for message in self._stored.messages(conversation_id)
            if message.state == "done" and not message.forgotten and (before is None or message.id < before)
        ]
        # A quote stays out: as an answer it would speak with the model's own voice, outside every fence.
        return [(message, message.text or _QUOTED) for message in done[-_HISTORY:]]

    def _name(self, conversation_id: str, question: str) -> None:
        for one in self._stored.list():
            if one.id == conversation_id and one.title == UNTITLED:
                self._stored.rename(conversation_id, _shortened(question) or UNTITLED)

    def _has_orphan(self, messages: Sequence[Message]) -> bool:
        """Whether an answer was just found to be of a process that died."""
        with self._lock:
            foreign = [m for m in messages if m.state == "streaming" and m.id not in self._running]
            if not foreign or time.monotonic() - self._looked < _LOOK_SECONDS:
                return False
            self._looked = time.monotonic()
        return self._stored.stop_abandoned(ABANDONED_SECONDS) > 0

    def _in_progress(self, message: Message) -> Message:
        """With what is being done for it, where this process makes it."""
        with self._lock:
            work = self._running.get(message.id)
        return (
            message
            if work is None or work.answer is None
            else replace(message, progress=work.answer.progress)
        )

    def _checked(self, message: Message) -> Message:
        revision = self._catalog.documents.revision()
        citations = tuple(self._checked_span(span, revision) for span in message.citations)
        hits = tuple(self._checked_span(span, revision) for span in message.hits)
        whole = [one for one in (*citations, *hits) if one.end > one.start]
        return replace(message, citations=citations, hits=hits, checks=_within(message.checks, whole))

    def _checked_span(self, span: SpanRef, revision: int) -> SpanRef:
        if span.document_id is None or self._matches(span, revision):
            return span
        return replace(span, end=span.start)

    def _read_matches(self, span: SpanRef, revision: int) -> bool:  # noqa: ARG002 - part of the cache's key
        try:
            text = self._catalog.documents.span(span.document_id or "", span.start, span.end)
        except NotFound:
            return False
        return span.digest is None or digest(text) == span.digest


def _asked(message: Message) -> str:
    """The question of an earlier message, as a person had it understood, or as a model completed it."""
    reading = message.reading
    is_told = reading is not None and (reading.is_chosen or reading.is_written)
    return reading.complete if reading is not None and is_told and reading.complete else message.question


def _within(
    checks: tuple[SentenceCheck, ...] | None, whole: Sequence[SpanRef]
) -> tuple[SentenceCheck, ...] | None:
    """The checks, without spans of text that is no longer what it was."""
    if checks is None:
        return None
    return tuple(
        replace(
            check,
            spans=tuple(
                span
                for span in check.spans
                if any(
                    one.document_id == span.document_id and one.start <= span.start and span.end <= one.end
                    for one in whole
                )
            ),
        )
        for check in checks
    )


def _shortened(text: str, limit: int = _TITLE) -> str:
    """One line of at most `limit` characters, cut between words where there are any."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,.;:") + "…"
