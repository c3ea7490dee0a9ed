"""Documents that are there: the list, their text and pages, removing, renaming and tagging."""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import apsw

from explorer.catalog import checksums, forgetting, scopes, sources
from explorer.catalog import text_pieces as texts
from explorer.catalog.columns import clean, decoder, dumps, fetch_all, fetch_one, fetch_value, moment, strings
from explorer.catalog.database import Database
from explorer.catalog.forgetting import Forgetting
from explorer.catalog.originals import Originals
from explorer.catalog.records import GenerationState, Removed, StoredHeading
from explorer.errors import NotFound
from explorer.types import Counts, Document, Page, Scope

NOT_BINNED = "binned_at IS NULL"
"""SQL: of the table `document`, for what is asked of it without an edition."""
_SEPARATOR = "\x1f"


_FILE_NAME = (
    "(SELECT s.name FROM document_source s WHERE s.document_id = d.id AND s.source = coalesce(d.source, '')"
    " AND s.part_of = coalesce(d.part_of, '') ORDER BY s.name = d.name DESC, s.name LIMIT 1)"
)
"""SQL: what the file is called that a document is listed under."""


def select(state: GenerationState, *before: str) -> str:
    """SQL: the columns `before`, then those of `document_of`, of all documents with an edition in the
    generations of a state."""
    columns = (
        *before,
        "d.id, d.name, e.kind, e.pages, e.chunks, d.size, d.added_at, e.title, e.author, e.language",
        f"e.date, (SELECT group_concat(tag, '{_SEPARATOR}') FROM tag t WHERE t.document_id = d.id)",
        "e.warnings, d.source, d.part_of",
        f"nullif({_FILE_NAME}, d.name)",
    )
    return (
        f"SELECT {', '.join(columns)} FROM document d JOIN edition e ON e.document_id = d.id"
        f" JOIN generation g ON g.id = e.generation_id AND g.state = '{state}'"
    )


_SELECT = select("live")


class Documents:
    """`catalog.documents`. A document can be seen when it has an edition in the live generation, which one in
    the bin has not."""

    def __init__(self, database: Database, tidying: Forgetting, originals: Originals) -> None:
        self._database = database
        self._originals = originals
        self._tidying = tidying

    # ---- finding

    def list(self, ids: Iterable[str] | None = None) -> builtins.list[Document]:
        """All documents, or those of `ids` that exist; newest first."""
        with self._database.read() as con:
            if ids is None:
                rows = fetch_all(con, _SELECT + " ORDER BY d.added_at DESC, d.id")
            else:
                rows = fetch_all(
                    con,
                    _SELECT
                    + " WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.added_at DESC, d.id",
                    (json.dumps(list(ids)),),
                )
        return [document_of(row) for row in rows]

    def get(self, document_id: str) -> Document:
        """One document. Raises NotFound."""
        found = self._find("d.id = ?", document_id)
        if not found:
            raise NotFound(f"There is no document {document_id!r} in this library; it may have been removed.")
        return found[0]

    def by_sha256(self, sha256: str) -> Document | None:
        """The document with exactly these bytes, None where there is none."""
        return next(iter(self._find("d.sha256 = ?", sha256)), None)

    def by_name(self, name: str) -> builtins.list[Document]:
        """Documents of this name, newest first."""
        return self._find("d.name = ?", clean(name))

    def by_file_name(self, name: str) -> builtins.list[Document]:
        """Documents of this name, and those whose file is called so, newest first."""
        files = "SELECT document_id FROM document_source WHERE name = ?1"
        return self._find(f"(d.name = ?1 OR d.id IN ({files}))", clean(name))

    def by_source(self, source: str) -> builtins.list[Document]:
        """Documents whose bytes were found at this absolute path when it was last added, newest first."""
        known = "SELECT document_id FROM document_source WHERE source = ? AND source <> ''"
        return self._find(f"d.id IN ({known})", clean(source))

    def sha256(self, document_id: str) -> str:
        """The SHA-256 (hex) of the original. Raises NotFound."""
        with self._database.read() as con:
            row = fetch_one(con, f"SELECT sha256 FROM document WHERE id = ? AND {NOT_BINNED}", (document_id,))
        if row is None:
            raise NotFound(f"There is no document {document_id!r} in this library; it may have been removed.")
        return str(row[0])

    def counts(self) -> Counts:
        """Totals over all documents."""
        with self._database.read() as con:
            row = fetch_one(
                con,
                "SELECT count(*), coalesce(sum(e.pages), 0), coalesce(sum(e.chunks), 0),"
                " coalesce(sum(d.size), 0) FROM document d JOIN edition e ON e.document_id = d.id"
                " JOIN generation g ON g.id = e.generation_id AND g.state = 'live'",
            )
        return Counts(*row) if row else Counts(0, 0, 0, 0)

    def any_warned(self, words: str, without: str = "") -> bool:
        """Whether the warnings of some document hold these words, and not those of `without`."""
        with self._database.read() as con:
            row = fetch_one(
                con,
                "SELECT 1 FROM edition e JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
                " WHERE instr(e.warnings, ?) AND NOT (? <> '' AND instr(e.warnings, ?)) LIMIT 1",
                (dumps(words)[1:-1], without, dumps(without)[1:-1]),
            )
        return row is not None

    def revision(self) -> int:
        """A number that changes whenever `list` would read differently; costs microseconds."""
        with self._database.read() as con:
            return int(fetch_value(con, "SELECT value FROM counter WHERE name = 'revision'"))

    # ---- text

    def text(self, document_id: str) -> str:
        """The whole text. Raises NotFound."""
        with self._database.read() as con:
            return texts.whole(con, live_edition(con, document_id))

    def span(self, document_id: str, start: int, end: int) -> str:
        """`text[start:end]`, without reading the rest; what lies outside the text is left out.

        Raises NotFound for an unknown document and ValueError for an offset below 0.
        """
        if min(start, end) < 0:
            raise ValueError(f"A span starts at 0 or later; {start} to {end} is none.")
        with self._database.read() as con:
            return texts.Spans(con).read(live_edition(con, document_id), start, end)

    def pages(self, document_id: str) -> builtins.list[Page]:
        """All pages in order. Raises NotFound."""
        with self._database.read() as con:
            rows = con.execute(
                'SELECT number, start, "end", label FROM page WHERE edition_id = ? ORDER BY number',
                (live_edition(con, document_id),),
            )
            return [Page(*row) for row in rows]

    def page(self, document_id: str, number: int) -> Page:
        """One page. Raises NotFound."""
        return self._page(document_id, number)[0]

    def page_runs(self, document_id: str, number: int) -> bytes:
        """The reader's map from offsets of the page's text to characters of the page. Raises NotFound."""
        return self._page(document_id, number)[1]

    def page_boxes(self, document_id: str, number: int) -> bytes:
        """Where the words of a page stand that OCR recognised; empty for any other. Raises NotFound."""
        return self._page(document_id, number)[2]

    def headings(self, document_id: str) -> builtins.list[StoredHeading]:
        """The document's headings in order. Raises NotFound."""
        with self._database.read() as con:
            edition_id = live_edition(con, document_id)
            column = fetch_value(con, "SELECT headings FROM edition WHERE id = ?", (edition_id,))
        return [StoredHeading(*line) for line in json.loads(column)]

    # ---- changing

    def remove(self, ids: Iterable[str], *, spare_waiting: bool = False) -> Removed:
        """Remove documents and every trace of them, in one transaction, those in the bin too; unknown ids are
        passed over.

        With them go their text and keyword rows, the embeddings that nobody else needs, their jobs, all maps,
        what answers quoted, the originals, copies of older catalogues, and the write-ahead log. With
        `spare_waiting`, files with the same bytes that wait in the queue are still added.

        Raises StorageError.
        """
        with self._database.write() as con:
            rows = fetch_all(
                con,
                "SELECT id FROM document WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
            known = [row[0] for row in rows]
            gone = forgetting.remove(con, known, spare_waiting=spare_waiting)
        return Removed(tuple(known), self._tidying.after(gone) if known else True)

    def rename(
        self, document_id: str, name: str, name_terms: Iterable[str], *, keeps_file: bool = False
    ) -> None:
        """Give a document another name; `name_terms` are what keyword search knows it by. With `keeps_file`
        its file is known by its own name still. Raises NotFound."""
        with self._database.write() as con:
            if not exists(con, document_id):
                raise NotFound(f"There is no document {document_id!r} in this library.")
            if not keeps_file:
                sources.rename(con, document_id, clean(name))
            con.execute("UPDATE document SET name = ? WHERE id = ?", (clean(name), document_id))
            con.execute(
                "UPDATE chunk_terms SET name = ? WHERE rowid IN (SELECT c.id FROM chunk c"
                " JOIN edition e ON e.id = c.edition_id WHERE e.document_id = ?)",
                (clean(" ".join(name_terms)), document_id),
            )
            checksums.note_names(con, document_id)
            self._originals.note(con, [document_id])

    def tag(self, ids: Iterable[str], add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Add and take tags, without white space around them; empty ones and unknown ids are passed over."""
        wanted, taken, tagged = tidy_tags(add), tidy_tags(remove), list(ids)
        with self._database.write() as con:
            for document_id in tagged:
                con.executemany(
                    f"INSERT OR IGNORE INTO tag SELECT id, ?2 FROM document WHERE id = ?1 AND {NOT_BINNED}",
                    ((document_id, tag) for tag in wanted),
                )
                con.executemany(
                    "DELETE FROM tag WHERE tag = ?2 AND document_id = (SELECT id FROM document"
                    f" WHERE id = ?1 AND {NOT_BINNED})",
                    ((document_id, tag) for tag in taken),
                )
            self._originals.note(con, tagged)

    def in_scope(self, scope: Scope) -> set[str]:
        """The ids of the documents that a scope's limits leave, apart from its chunks."""
        sql = (
            "SELECT d.id FROM document d JOIN edition e ON e.document_id = d.id"
            " JOIN generation g ON g.id = e.generation_id AND g.state = 'live' WHERE "
        )
        with self._database.read() as con:
            condition, bindings = scopes.documents_where(con, scope)
            return {row[0] for row in fetch_all(con, sql + condition, bindings)}

    def tags(self) -> dict[str, int]:
        """Every tag and how many documents have it, in alphabetical order."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                "SELECT tag, count(*) FROM tag JOIN document d ON d.id = tag.document_id"
                f" WHERE {NOT_BINNED} GROUP BY tag",
            )
        return {tag: int(count) for tag, count in sorted(rows, key=lambda row: str(row[0]).casefold())}

    # ---- helpers

    def _find(self, condition: str, value: str) -> builtins.list[Document]:
        with self._database.read() as con:
            rows = fetch_all(con, f"{_SELECT} WHERE {condition} ORDER BY d.added_at DESC, d.id", (value,))
        return [document_of(row) for row in rows]

    def _page(self, document_id: str, number: int) -> tuple[Page, bytes, bytes]:
        with self._database.read() as con:
            row = fetch_one(
                con,
                'SELECT number, start, "end", label, runs, boxes FROM page'
                " WHERE edition_id = ? AND number = ?",
                (live_edition(con, document_id), number),
            )
        if row is None:
            raise NotFound(f"This document has no page {number}.")
        return Page(*row[:4]), row[4] or b"", row[5] or b""


def visible(con: apsw.Connection) -> list[str]:
    """The ids of the documents that `Documents.list` gives, as a connection sees them."""
    return [row[0] for row in fetch_all(con, f"SELECT id FROM ({_SELECT})")]


def live_edition(con: apsw.Connection, document_id: str) -> int:
    """The id of a document's visible edition. Raises NotFound."""
    row = fetch_one(
        con,
        "SELECT e.id FROM edition e JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
        " WHERE e.document_id = ?",
        (document_id,),
    )
    if row is None:
        raise NotFound(f"There is no document {document_id!r} in this library; it may have been removed.")
    return int(row[0])


@decoder
def document_of(row: tuple[Any, ...]) -> Document:
    """A row of `select`."""
    return Document(
        id=row[0],
        name=row[1],
        kind=row[2],
        pages=row[3],
        chunks=row[4],
        size=row[5],
        added_at=moment(row[6]),
        title=row[7],
        author=row[8],
        language=row[9],
        date=date.fromisoformat(row[10]) if row[10] else None,
        tags=tuple(row[11].split(_SEPARATOR)) if row[11] else (),
        warnings=strings(row[12]),
        source=row[13],
        part_of=row[14],
        file_name=row[15],
    )


def exists(con: apsw.Connection, document_id: str) -> bool:
    """Whether there is such a document, outside the bin, in whatever generation."""
    sql = f"SELECT 1 FROM document WHERE id = ? AND {NOT_BINNED}"
    return fetch_one(con, sql, (document_id,)) is not None


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Tags as they are kept: each once, without white space around it; none that is empty."""
    return [tag for tag in dict.fromkeys(clean(one).replace(_SEPARATOR, " ").strip() for one in tags) if tag]
