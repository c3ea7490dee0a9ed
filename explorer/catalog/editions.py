"""Writing and dropping editions.

An edition is what one generation, one version of the index, holds of one document: its text, chunks and
keyword rows. While all is redone a document has two, the one that is searched and the one in the making.

Functions here run inside the caller's write transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import apsw

from explorer.catalog import changes, checksums, keywords, picture_rows
from explorer.catalog import text_pieces as texts
from explorer.catalog.columns import clean, dumps, fetch_all, fetch_value
from explorer.catalog.embeddings import drop_unneeded, require
from explorer.catalog.records import GenerationState, NewDocument


def insert(con: apsw.Connection, document_id: str, generation_id: int, new: NewDocument) -> None:
    """Add an edition. Raises MissingEmbeddings and ValueError (a span outside the text)."""
    _check_spans(new)
    model_id = fetch_value(con, "SELECT model_id FROM generation WHERE id = ?", (generation_id,))
    require(con, model_id, {chunk.embedded for chunk in new.chunks})
    last_used = fetch_value(con, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'chunk'")
    first = int(last_used) + 1
    headings = [[line.start, line.level, line.text] for line in new.headings]
    con.execute(
        "INSERT INTO edition (document_id, generation_id, kind, title, author, language, date, pages, chunks,"
        " characters, first_chunk, headings, warnings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document_id,
            generation_id,
            new.kind,
            _clean(new.title),
            _clean(new.author),
            _clean(new.language),
            new.date.isoformat() if new.date else None,
            len(new.pages),
            len(new.chunks),
            sum(len(page.text) for page in new.pages),
            first,
            dumps(headings),
            dumps(list(new.warnings)),
        ),
    )
    edition_id = int(con.last_insert_rowid())
    _insert_text(con, edition_id, new)
    _insert_tables(con, edition_id, new)
    _insert_chunks(con, edition_id, first, new)
    picture_rows.insert(con, edition_id, new.pictures)
    checksums.note(con, edition_id)
    if new.chunks:
        changes.record(con, generation_id, "add", first, first + len(new.chunks) - 1)


def replace(con: apsw.Connection, document_id: str, generation_id: int, new: NewDocument) -> None:
    """Put a new edition in the place of the one that a generation has of a document. Raises as `insert`."""
    edition_id, model_id, first, count = fetch_all(
        con,
        "SELECT e.id, g.model_id, e.first_chunk, e.chunks FROM edition e"
        " JOIN generation g ON g.id = e.generation_id WHERE e.document_id = ? AND g.id = ?",
        (document_id, generation_id),
    )[0]
    unneeded = _delete(con, [(edition_id, model_id, first, count)])
    if count:
        changes.record(con, generation_id, "remove", first, first + count - 1)
    insert(con, document_id, generation_id, new)
    for model, shas in unneeded.items():  # only now: the new one may need the same
        drop_unneeded(con, model, shas)


def drop_of_documents(
    con: apsw.Connection, document_ids: Iterable[str], state: GenerationState | None = None
) -> None:
    """Drop these documents' editions, and the embeddings that nobody else needs: in every generation, or in
    those of one state. A generation of the bin that is empty then goes too."""
    rows = fetch_all(
        con,
        "SELECT e.id, g.id, g.model_id, g.state, e.first_chunk, e.chunks FROM edition e"
        " JOIN generation g ON g.id = e.generation_id AND g.state = coalesce(?2, g.state)"
        " WHERE e.document_id IN (SELECT value FROM json_each(?1)) ORDER BY e.first_chunk",
        (json.dumps(list(document_ids)), state),
    )
    _drop(con, [(edition_id, model_id, first, count) for edition_id, _, model_id, _, first, count in rows])
    for _, generation_id, _, found, first, count in rows:
        if count and found != "binned":  # what is in the bin has left the indexes already
            changes.record(con, generation_id, "remove", first, first + count - 1)
    con.execute(
        "DELETE FROM generation WHERE state = 'binned' AND id NOT IN (SELECT generation_id FROM edition)"
    )


def drop_generation(con: apsw.Connection, generation_id: int, model_id: int) -> None:
    """Drop a generation with all its editions and maps; its index collection goes with it."""
    rows = fetch_all(
        con,
        "SELECT id, first_chunk, chunks FROM edition WHERE generation_id = ? ORDER BY first_chunk",
        (generation_id,),
    )
    _drop(con, [(edition_id, model_id, first, count) for edition_id, first, count in rows])
    con.execute("DELETE FROM generation WHERE id = ?", (generation_id,))
    con.execute("DELETE FROM change WHERE generation_id = ?", (generation_id,))


def _drop(con: apsw.Connection, editions: Sequence[tuple[int, int, int, int]]) -> None:
    """Drop editions given as (id, model, first chunk, number of chunks), and what nobody else needs."""
    for model_id, unneeded in _delete(con, editions).items():
        drop_unneeded(con, model_id, unneeded)


def _delete(con: apsw.Connection, editions: Sequence[tuple[int, int, int, int]]) -> dict[int, set[bytes]]:
    """Delete the same editions, but no embedding: those that they had, by model."""
    shas: dict[int, set[bytes]] = {}
    for edition_id, model_id, _, _ in editions:
        found = fetch_all(con, "SELECT DISTINCT embedded FROM chunk WHERE edition_id = ?", (edition_id,))
        shas.setdefault(model_id, set()).update(sha for (sha,) in found)
    keywords.delete(con, [(first, first + count - 1) for _, _, first, count in editions if count])
    con.executemany("DELETE FROM edition WHERE id = ?", ((edition[0],) for edition in editions))
    return shas


def _insert_text(con: apsw.Connection, edition_id: int, new: NewDocument) -> None:
    rows = []
    start = 0
    for page in new.pages:
        end = start + len(page.text)
        rows.append((edition_id, page.number, start, end, _clean(page.label), page.runs, page.boxes))
        start = end
    con.executemany(
        'INSERT INTO page (edition_id, number, start, "end", label, runs, boxes)'
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    whole = clean("".join(page.text for page in new.pages))
    con.executemany(
        "INSERT INTO piece (edition_id, number, text) VALUES (?, ?, ?)",
        ((edition_id, number, piece) for number, piece in texts.cut(whole)),
    )


def _insert_tables(con: apsw.Connection, edition_id: int, new: NewDocument) -> None:
    con.executemany(
        'INSERT INTO document_table (edition_id, number, start, "end", header_rows, apart)'
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (edition_id, number, table.start, table.end, table.header_rows, dumps(table.apart))
            for number, table in enumerate(new.tables, 1)
        ),
    )


def _insert_chunks(con: apsw.Connection, edition_id: int, first: int, new: NewDocument) -> None:
    con.executemany(
        'INSERT INTO chunk (id, edition_id, position, start, "end", page, end_page, headings, embedded)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                first + position,
                edition_id,
                position,
                chunk.start,
                chunk.end,
                chunk.page,
                chunk.end_page,
                dumps(list(chunk.headings)),
                chunk.embedded,
            )
            for position, chunk in enumerate(new.chunks)
        ),
    )
    con.executemany(
        "INSERT INTO chunk_terms (rowid, name, body) VALUES (?, ?, ?)",
        (
            (first + position, clean(" ".join(chunk.name_terms)), clean(" ".join(chunk.body_terms)))
            for position, chunk in enumerate(new.chunks)
        ),
    )


def _check_spans(new: NewDocument) -> None:
    characters = sum(len(page.text) for page in new.pages)
    numbers = {page.number for page in new.pages}
    for chunk in new.chunks:
        if not 0 <= chunk.start < chunk.end <= characters or not {chunk.page, chunk.end_page} <= numbers:
            raise ValueError(f"{new.name}: the passage {chunk.start}-{chunk.end} lies outside the text")
    last = 0
    for table in new.tables:
        if not last <= table.start < table.end <= characters:
            raise ValueError(f"{new.name}: the table {table.start}-{table.end} lies outside the text")
        last = table.end
    for picture in new.pictures:
        if not 0 <= picture.start <= picture.end <= characters or picture.page not in numbers:
            raise ValueError(f"{new.name}: a picture stands outside the text, at {picture.start}")


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)
