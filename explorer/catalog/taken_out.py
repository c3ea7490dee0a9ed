"""What an export takes out of a catalogue: the rows of documents and conversations, as one connection sees
them, so that all of it is of one moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from explorer.catalog import asked, documents, picture_rows, text_pieces
from explorer.catalog.columns import fetch_all, fetch_one
from explorer.catalog.conversations import IS_HIDDEN, spans_of
from explorer.catalog.forgetting import FORGOTTEN
from explorer.catalog.picture_rows import PictureRow
from explorer.catalog.records import KeptConversation, KeptMessage, NewTable
from explorer.catalog.tables import kept_of
from explorer.catalog.vector_forms import WIDEST, packed, unpacked

_DOCUMENT = (
    "SELECT d.id, d.sha256, d.name, d.source, d.part_of, d.size, d.added_at, e.id, e.kind, e.title, e.author,"
    " e.language, e.date, e.chunks, e.characters, e.first_chunk, e.headings, e.warnings,"
    " (SELECT json_group_array(tag) FROM (SELECT tag FROM tag WHERE document_id = d.id ORDER BY tag)),"
    " (SELECT text FROM description WHERE edition_id = e.id)"
    " FROM document d JOIN edition e ON e.document_id = d.id"
    " JOIN generation g ON g.id = e.generation_id AND g.state = 'live' WHERE d.id = ?"
)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document with its live edition, as their tables hold it; lists are JSON."""

    id: str
    sha256: str
    name: str
    source: str | None
    part_of: str | None
    size: int
    added: float
    edition_id: int
    kind: str
    title: str | None
    author: str | None
    language: str | None
    date: str | None
    chunks: int
    characters: int
    first_chunk: int
    headings: str
    warnings: str
    tags: str
    description: str | None
    """What it is about; None or empty where that is not known."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page: where it ends in the text (it starts where the one before it ends), and what lies beneath."""

    number: int
    end: int
    label: str | None
    runs: bytes
    boxes: bytes


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk with its terms and the key of its embedding; `headings` is JSON."""

    start: int
    end: int
    page: int
    end_page: int
    headings: str
    embedded: bytes
    terms: str


def document_rows(con: apsw.Connection) -> list[DocumentRow]:
    """The documents that can be seen, in the order in which their chunks were made."""
    rows = (fetch_one(con, _DOCUMENT, (document_id,)) for document_id in documents.visible(con))
    return sorted((DocumentRow(*row) for row in rows if row), key=lambda row: row.first_chunk)


def text(con: apsw.Connection, document: DocumentRow) -> str:
    """The whole text of a document."""
    return text_pieces.whole(con, document.edition_id)


def pages(con: apsw.Connection, document: DocumentRow) -> list[PageRow]:
    """The pages of a document, in order."""
    rows = fetch_all(
        con,
        "SELECT number, \"end\", label, coalesce(runs, x''), coalesce(boxes, x'') FROM page"
        " WHERE edition_id = ? ORDER BY number",
        (document.edition_id,),
    )
    return [PageRow(*row) for row in rows]


def pictures(con: apsw.Connection, document: DocumentRow) -> list[PictureRow]:
    """The pictures of a document, in order."""
    return picture_rows.of_edition(con, document.edition_id)


def chunks(con: apsw.Connection, document: DocumentRow) -> list[ChunkRow]:
    """The chunks of a document, in order."""
    rows = fetch_all(
        con,
        'SELECT c.start, c."end", c.page, c.end_page, c.headings, c.embedded, t.c1 FROM chunk c'
        " JOIN chunk_terms_content t ON t.id = c.id WHERE c.edition_id = ? ORDER BY c.id",
        (document.edition_id,),
    )
    return [ChunkRow(*row) for row in rows]


def tables(con: apsw.Connection, document: DocumentRow) -> list[NewTable]:
    """The tables of a document, in order."""
    rows = fetch_all(
        con,
        'SELECT start, "end", header_rows, apart FROM document_table WHERE edition_id = ? ORDER BY number',
        (document.edition_id,),
    )
    return [kept_of(*row) for row in rows]


def name_terms(con: apsw.Connection, document: DocumentRow) -> str:
    """What keyword search knows the document's name by."""
    row = fetch_one(con, "SELECT c0 FROM chunk_terms_content WHERE id = ?", (document.first_chunk,))
    return "" if row is None else str(row[0])


def vectors(con: apsw.Connection, document: DocumentRow) -> Iterator[bytes]:
    """The embedding of each chunk of a document, in order: float32, little endian."""
    rows = con.execute(
        "SELECT v.vector, v.width FROM chunk c JOIN edition e ON e.id = c.edition_id"
        " JOIN generation g ON g.id = e.generation_id"
        " JOIN embedding v ON v.model_id = g.model_id AND v.sha = c.embedded"
        " WHERE c.edition_id = ? ORDER BY c.id",
        (document.edition_id,),
    )
    return (
        row[0] if row[1] is None else next(iter(packed(unpacked([(row[0], row[1])]), WIDEST))) for row in rows
    )


def sources(con: apsw.Connection, document: DocumentRow) -> list[tuple[str, str, str]]:
    """Every file that held the document's bytes: path ("" for an upload), name, archive ("" for none)."""
    rows = fetch_all(
        con,
        "SELECT source, name, part_of FROM document_source WHERE document_id = ? ORDER BY source, name",
        (document.id,),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def conversations(con: apsw.Connection) -> list[KeptConversation]:
    """Every conversation with its messages; an answer that still streams counts as stopped."""
    rows = fetch_all(
        con, "SELECT id, title, created_at, updated_at FROM conversation ORDER BY created_at, id"
    )
    return [KeptConversation(row[0], row[1], row[2], row[3], messages=_messages(con, row[0])) for row in rows]


def chunk_places(con: apsw.Connection, chunk_ids: list[int]) -> list[tuple[str, int, int]]:
    """Where these chunks stand, of those that can be seen: SHA-256 of the document, start and end."""
    rows = fetch_all(
        con,
        'SELECT d.sha256, c.start, c."end" FROM chunk c JOIN edition e ON e.id = c.edition_id'
        " JOIN document d ON d.id = e.document_id WHERE c.id IN (SELECT value FROM json_each(?))"
        " ORDER BY c.id",
        (json.dumps(chunk_ids),),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _messages(con: apsw.Connection, conversation_id: str) -> tuple[KeptMessage, ...]:
    rows = fetch_all(
        con,
        f"SELECT id, question, iif({IS_HIDDEN}, ?2, text), kind, iif(state = 'streaming', 'stopped', state),"
        f" found AND NOT {IS_HIDDEN}, iif({IS_HIDDEN}, NULL, error), model, scope, forgotten OR {IS_HIDDEN},"
        f" created_at, updated_at, iif({IS_HIDDEN}, json_set(reading, '$.complete', ''), reading),"
        f" iif({IS_HIDDEN}, NULL, material) FROM message WHERE conversation_id = ?1 ORDER BY id",
        (conversation_id, FORGOTTEN),
    )
    return tuple(_message(con, row) for row in rows)


def _message(con: apsw.Connection, row: tuple[Any, ...]) -> KeptMessage:
    citations, hits = spans_of(con, row[0])
    shown = fetch_all(
        con,
        "SELECT s.document_id FROM message_source s JOIN document d ON d.id = s.document_id"
        " AND d.binned_at IS NULL WHERE s.message_id = ?",
        (row[0],),
    )
    return KeptMessage(
        question=row[1],
        text=row[2],
        kind=row[3],
        state=row[4],
        found=bool(row[5]),
        error=row[6],
        model=row[7],
        scope=json.loads(row[8]) if row[8] else None,
        forgotten=bool(row[9]),
        created_at=row[10],
        updated_at=row[11],
        citations=citations,
        hits=hits,
        sources=tuple(document_id for (document_id,) in shown),
        reading=asked.reading_of(row[12]),
        material=asked.material_of(row[13]),
    )
