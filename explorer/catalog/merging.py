"""What an import puts into a catalogue beside documents: conversations, and what is known of documents that
are there already. To do it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from explorer.catalog import asked, sources
from explorer.catalog.columns import clean, dumps, fetch_all, fetch_one
from explorer.catalog.conversations import put_spans
from explorer.catalog.records import KeptConversation, KeptMessage


def conversation(con: apsw.Connection, kept: KeptConversation) -> bool:
    """Put in a conversation, or those messages of it that are not there; False where nothing was missing.

    In the caller's transaction. Every document that it names by id is there, except in citations.
    """
    con.execute(
        "INSERT OR IGNORE INTO conversation (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)",
        (kept.id, clean(kept.title), kept.created_at, kept.updated_at),
    )
    is_changed = con.changes() > 0
    for message in kept.messages:
        is_changed = _message(con, kept.id, message) or is_changed
    if is_changed:
        con.execute(
            "UPDATE conversation SET updated_at = max(updated_at, ?) WHERE id = ?", (kept.updated_at, kept.id)
        )
    return is_changed


def document_sources(
    con: apsw.Connection, document_id: str, found: Iterable[tuple[str | None, str, str | None]]
) -> None:
    """Note every file that held a document's bytes: path, name, archive. In the caller's transaction."""
    for source, name, part_of in found:
        sources.record(con, document_id, source, name, part_of)


def document_id_of(con: apsw.Connection, sha256: str) -> str | None:
    """The document with exactly these bytes, None where there is none."""
    row = fetch_one(con, "SELECT id FROM document WHERE sha256 = ?", (sha256,))
    return None if row is None else str(row[0])


def lacks_tags(con: apsw.Connection, document_id: str, tags: Iterable[str]) -> bool:
    """Whether a document has not all of these tags."""
    known = {row[0] for row in fetch_all(con, "SELECT tag FROM tag WHERE document_id = ?", (document_id,))}
    return not known.issuperset(tags)


def chunk_at(con: apsw.Connection, document_id: str, start: int, end: int) -> int | None:
    """The chunk of a document that is exactly this span of its text; None where there is none."""
    row = fetch_one(
        con,
        "SELECT c.id FROM chunk c JOIN edition e ON e.id = c.edition_id JOIN generation g"
        " ON g.id = e.generation_id AND g.state = 'live'"
        ' WHERE e.document_id = ? AND c.start = ? AND c."end" = ?',
        (document_id, start, end),
    )
    return None if row is None else int(row[0])


def _message(con: apsw.Connection, conversation_id: str, kept: KeptMessage) -> bool:
    known = fetch_one(
        con,
        "SELECT 1 FROM message WHERE conversation_id = ? AND question = ? AND created_at = ?",
        (conversation_id, clean(kept.question), kept.created_at),
    )
    if known is not None:
        return False
    con.execute(
        "INSERT INTO message (conversation_id, question, text, kind, state, found, error, model, scope,"
        " forgotten, created_at, updated_at, reading, material)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation_id,
            clean(kept.question),
            clean(kept.text),
            kept.kind,
            kept.state,
            int(kept.found),
            None if kept.error is None else clean(kept.error),
            None if kept.model is None else clean(kept.model),
            None if kept.scope is None else dumps(kept.scope),
            int(kept.forgotten),
            kept.created_at,
            kept.updated_at,
            asked.reading_json(kept.reading),
            asked.material_json(kept.material),
        ),
    )
    message_id = int(con.last_insert_rowid())
    put_spans(con, message_id, kept.citations, kept.hits)
    con.executemany(
        "INSERT OR IGNORE INTO message_source VALUES (?, ?)", ((message_id, one) for one in kept.sources)
    )
    return True
