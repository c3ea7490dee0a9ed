"""Conversations: questions and answers, saved as they grow.

Answers in quotes keep no words of documents, only spans. Answers of a language model keep their words and the
list of documents that were shown to it, so that they go when one of these is removed. While one is in the
bin, what was said from it is kept and not read: neither here nor by whoever asks on.
"""

from __future__ import annotations

import builtins
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import apsw

from explorer.catalog import asked
from explorer.catalog.columns import clean, decoder, fetch_all, fetch_one, ids_json, moment, now
from explorer.catalog.database import Database
from explorer.catalog.documents import NOT_BINNED, exists
from explorer.errors import NotFound
from explorer.types import (
    Conversation,
    MadeFrom,
    Message,
    MessageKind,
    MessageState,
    QuestionReading,
    SentenceCheck,
    SpanRef,
)

IS_HIDDEN = (
    "(kind IN ('model', 'composed') AND EXISTS (SELECT 1 FROM message_source s"
    "  JOIN document d ON d.id = s.document_id AND d.binned_at IS NOT NULL WHERE s.message_id = message.id))"
)
"""SQL: of the table `message`, whether an answer in words that are kept drew on a document in the bin."""
_MESSAGE = (
    "SELECT id, conversation_id, question, text, kind, state, found, error, model, scope, forgotten,"
    f" created_at, {IS_HIDDEN}, reading, material FROM message"
)
HIDDEN = "This answer drew on a document that is in the bin."
"""What is read in place of such an answer. It comes back with the document."""


class ConversationTable:
    """`catalog.conversations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- conversations

    def create(self, title: str) -> str:
        """Start a conversation; returns its id."""
        conversation_id = secrets.token_hex(8)
        with self._database.write() as con:
            con.execute(
                "INSERT INTO conversation VALUES (?1, ?2, ?3, ?3)", (conversation_id, clean(title), now())
            )
        return conversation_id

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title. Raises NotFound."""
        with self._database.write() as con:
            con.execute("UPDATE conversation SET title = ? WHERE id = ?", (clean(title), conversation_id))
            if con.changes() == 0:
                raise NotFound("This conversation was deleted.")

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation for good, its words too; one that is gone already is no error."""
        with self._database.write() as con:
            con.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))
        self._database.forget(seconds=1.0)

    def list(self) -> builtins.list[Conversation]:
        """All conversations, the one used last first."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                "SELECT c.id, c.title, c.created_at, c.updated_at,"
                " (SELECT count(*) FROM message m WHERE m.conversation_id = c.id)"
                " FROM conversation c ORDER BY c.updated_at DESC, c.id",
            )
        return [_conversation(row) for row in rows]

    def messages(self, conversation_id: str) -> builtins.list[Message]:
        """All questions and answers, oldest first; [] for a conversation that is gone."""
        with self._database.read() as con:
            rows = fetch_all(con, _MESSAGE + " WHERE conversation_id = ? ORDER BY id", (conversation_id,))
            return [_message(con, row) for row in rows]

    def message(self, message_id: int) -> Message:
        """One question with its answer. Raises NotFound."""
        with self._database.read() as con:
            row = fetch_one(con, _MESSAGE + " WHERE id = ?", (message_id,))
            if row is None:
                raise NotFound("This answer was deleted.")
            return _message(con, row)

    # ---- answers

    def begin(
        self,
        conversation_id: str,
        question: str,
        kind: MessageKind,
        scope: str | None = None,
        model: str | None = None,
        *,
        reading: QuestionReading | None = None,
    ) -> int:
        """Keep a question, its answer still to come; returns the message's id.

        `scope`: JSON (`chunks.scope_json`). `reading`: as a person chose it. Raises NotFound when the
        conversation was deleted.
        """
        with self._database.write() as con:
            con.execute("UPDATE conversation SET updated_at = ? WHERE id = ?", (now(), conversation_id))
            if con.changes() == 0:
                raise NotFound("This conversation was deleted.")
            con.execute(
                "INSERT INTO message (conversation_id, question, kind, state, scope, model, created_at,"
                " updated_at, reading)"
                " VALUES (?1, ?2, ?3, 'streaming', ?4, ?5, ?6, ?6, ?7)",
                (conversation_id, clean(question), kind, scope, model, now(), asked.reading_json(reading)),
            )
            return int(con.last_insert_rowid())

    def begin_again(
        self,
        message_id: int,
        kind: MessageKind,
        reading: QuestionReading | None,
        question: str | None = None,
    ) -> None:
        """Take back the answer to a question, so that another one comes in its place. `reading`: how a person
        wants the question understood. `question`: other words for it. Raises NotFound when it was deleted, or
        is being answered."""
        with self._database.write() as con:
            con.execute(
                "UPDATE message SET text = '', kind = ?, state = 'streaming', found = 0, error = NULL,"
                " forgotten = 0, updated_at = ?, reading = ?, material = NULL,"
                " question = coalesce(?, question)"
                " WHERE id = ? AND state <> 'streaming'",
                (kind, now(), asked.reading_json(reading), question and clean(question), message_id),
            )
            if con.changes() == 0:
                raise NotFound("This question was deleted, or is being answered.")
            put_spans(con, message_id, (), ())
            con.execute("DELETE FROM message_source WHERE message_id = ?", (message_id,))
            con.execute(
                "UPDATE conversation SET updated_at = ?"
                " WHERE id = (SELECT conversation_id FROM message WHERE id = ?)",
                (now(), message_id),
            )

    def set_sources(self, message_id: int, document_ids: Iterable[str], earlier: Iterable[int] = ()) -> None:
        """Say, before a language model is asked, which documents it is shown.

        `earlier`: ids of messages that are sent along as history; what they drew on counts as shown. Raises
        NotFound when one of the documents was removed meanwhile.
        """
        with self._database.write() as con:
            for document_id in document_ids:
                if not exists(con, document_id):
                    raise NotFound("A document was removed while the answer was prepared. Ask again.")
                con.execute("INSERT OR IGNORE INTO message_source VALUES (?, ?)", (message_id, document_id))
            history = ids_json(earlier)
            for table in ("message_source", "citation", "message_hit"):
                con.execute(
                    f"INSERT OR IGNORE INTO message_source SELECT ?, document_id FROM {table}"
                    f" WHERE document_id IN (SELECT id FROM document WHERE {NOT_BINNED})"
                    " AND message_id IN (SELECT value FROM json_each(?))",
                    (message_id, history),
                )

    def append(self, message_id: int, text: str) -> bool:
        """Add what has streamed in. False: stop (stopped by the person, deleted, or a source was removed)."""
        with self._database.write() as con:
            con.execute(
                "UPDATE message SET text = text || ?, updated_at = ? WHERE id = ? AND state = 'streaming'",
                (clean(text), now(), message_id),
            )
            return con.changes() > 0

    def finish(
        self,
        message_id: int,
        *,
        found: bool,
        citations: Sequence[SpanRef] = (),
        hits: Sequence[SpanRef] = (),
        text: str | None = None,
        kind: MessageKind | None = None,
        material: MadeFrom | None = None,
    ) -> bool:
        """The answer is complete. `text` replaces what was streamed; leave it for answers in quotes.

        False, and nothing kept, when it was stopped, deleted or forgotten meanwhile. Spans of documents that
        were removed meanwhile lose their document.
        """
        with self._database.write() as con:
            con.execute(
                "UPDATE message SET state = 'done', found = ?, text = coalesce(?, text), kind ="
                " coalesce(?, kind), error = NULL, updated_at = ?, material = ?"
                " WHERE id = ? AND state = 'streaming'",
                (
                    int(found),
                    None if text is None else clean(text),
                    kind,
                    now(),
                    asked.material_json(material),
                    message_id,
                ),
            )
            if con.changes() == 0:
                return False
            put_spans(con, message_id, citations, hits)
        return True

    def set_reading(self, message_id: int, reading: QuestionReading) -> None:
        """Keep how the question of an answer that is being made was understood."""
        with self._database.write() as con:
            con.execute(
                "UPDATE message SET reading = ? WHERE id = ? AND state = 'streaming'",
                (asked.reading_json(reading), message_id),
            )

    def set_checks(self, message_id: int, checks: Sequence[SentenceCheck]) -> None:
        """Keep what became of the sentences of an answer that is complete; of another one nothing is kept."""
        with self._database.write() as con:
            con.execute(
                "UPDATE message SET material = json_set(coalesce(material, '{}'), '$.checks', json(?))"
                " WHERE id = ? AND state = 'done' AND NOT forgotten",
                (asked.checks_json(checks), message_id),
            )

    def fail(self, message_id: int, error: str) -> None:
        """The answer failed for a reason that a person can read; question and streamed text are kept."""
        self._end(message_id, "failed", error)

    def stop(self, message_id: int) -> None:
        """Stop an answer that streams; what has come so far is kept."""
        self._end(message_id, "stopped", None)

    def keep_citations(self, message_id: int, citations: Sequence[SpanRef]) -> None:
        """Keep, for an answer that was broken off, what the words it has cite; for another one nothing."""
        with self._database.write() as con:
            rows = con.execute(
                "SELECT text FROM message WHERE id = ? AND state IN ('stopped', 'failed') AND NOT forgotten",
                (message_id,),
            ).fetchall()
            for (text,) in rows:
                put_spans(con, message_id, [one for one in citations if f"[{one.number}]" in str(text)], ())

    def stop_abandoned(self, seconds: float = 60.0) -> int:
        """How many answers were stopped because no process works on them: nothing was added for `seconds`."""
        with self._database.write() as con:
            con.execute(
                "UPDATE message SET state = 'stopped' WHERE state = 'streaming' AND updated_at < ?",
                (now() - seconds,),
            )
            return con.changes()

    def _end(self, message_id: int, state: MessageState, error: str | None) -> None:
        with self._database.write() as con:
            con.execute(
                "UPDATE message SET state = ?, error = ?, updated_at = ?"
                " WHERE id = ? AND state = 'streaming'",
                (state, None if error is None else clean(error), now(), message_id),
            )


def put_spans(
    con: apsw.Connection, message_id: int, citations: Sequence[SpanRef], hits: Sequence[SpanRef]
) -> None:
    """Keep the spans of an answer in place of those it had. In the caller's transaction.

    A citation of a document that is gone stays without it; a hit does not stay.
    """
    con.execute("DELETE FROM citation WHERE message_id = ?", (message_id,))
    con.execute("DELETE FROM message_hit WHERE message_id = ?", (message_id,))
    for span in citations:
        document_id = _still_there(con, span.document_id)
        con.execute(
            "INSERT INTO citation VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                message_id,
                span.number,
                document_id,
                span.page,
                span.start,
                span.end,
                span.digest if document_id else None,
            ),
        )
    for span in hits:
        if _still_there(con, span.document_id):
            con.execute(
                "INSERT INTO message_hit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    message_id,
                    span.number,
                    span.document_id,
                    span.page,
                    span.start,
                    span.end,
                    span.digest,
                    span.score,
                ),
            )


def _still_there(con: apsw.Connection, document_id: str | None) -> str | None:
    row = fetch_one(con, "SELECT id FROM document WHERE id = ?", (document_id,))
    return None if row is None else str(row[0])


@decoder
def _conversation(row: tuple[Any, ...]) -> Conversation:
    return Conversation(row[0], row[1], moment(row[2]), moment(row[3]), row[4])


def spans_of(con: apsw.Connection, message_id: int) -> tuple[tuple[SpanRef, ...], tuple[SpanRef, ...]]:
    """(the citations of an answer, the passages that stood behind it)."""
    citations = fetch_all(
        con,
        'SELECT c.number, d.id, c.page, c.start, c."end", iif(d.id IS NULL, NULL, c.digest) FROM citation c'
        " LEFT JOIN document d ON d.id = c.document_id AND d.binned_at IS NULL WHERE c.message_id = ?"
        " ORDER BY c.number",
        (message_id,),
    )
    hits = fetch_all(
        con,
        'SELECT h.rank, d.id, h.page, h.start, h."end", h.digest, h.score FROM message_hit h'
        " JOIN document d ON d.id = h.document_id AND d.binned_at IS NULL WHERE h.message_id = ?"
        " ORDER BY h.rank",
        (message_id,),
    )
    return tuple(SpanRef(*span) for span in citations), tuple(SpanRef(*span) for span in hits)


@decoder
def _message(con: apsw.Connection, row: tuple[Any, ...]) -> Message:
    citations, hits = spans_of(con, row[0])
    is_hidden, reading = bool(row[12]), asked.reading_of(row[13])
    return Message(
        id=row[0],
        conversation_id=row[1],
        question=row[2],
        text=HIDDEN if is_hidden else row[3],
        kind=row[4],
        state=row[5],
        found=bool(row[6]) and not is_hidden,
        error=None if is_hidden else row[7],
        model=row[8],
        scope=json.loads(row[9]) if row[9] else None,
        forgotten=bool(row[10]) or is_hidden,
        created_at=moment(row[11]),
        citations=() if is_hidden else citations,
        hits=hits,
        reading=reading if reading is None or not is_hidden else replace(reading, complete=""),
        material=None if is_hidden else asked.material_of(row[14]),
        checks=None if is_hidden else asked.checks_of(row[14]),
    )
